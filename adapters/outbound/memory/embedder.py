from array import array
from collections.abc import Sequence
from hashlib import sha256
from math import sqrt

from application.ports.embedder import EmbeddingKind, Vector
from application.ports.token_vectors import (
    QUERY_HEADS,
    AdaptedTokens,
    Encoded,
    EncodedQuery,
    TextTokens,
)
from domain.terms import term_of, terms, words_for_search

DIMENSION = 64


class TermEmbedder:
    """Texts that share terms are near: each term has a place of its own in the vector. Every word
    that is no stop word is a token."""

    model = "terms"
    dimension = DIMENSION
    encoding = "terms"
    token_width = DIMENSION

    def __init__(self) -> None:
        self.embedded: list[str] = []

    async def embed(self, texts: Sequence[str], kind: EmbeddingKind) -> list[Vector]:
        self.embedded += texts
        return [_vector(text) for text in texts]

    async def encode(self, texts: Sequence[str]) -> list[Encoded]:
        vectors = await self.embed(texts, "document")
        return [Encoded(v, _tokens(text)) for v, text in zip(vectors, texts, strict=True)]

    async def encode_query(self, query: str) -> EncodedQuery:
        (vector,) = await self.embed([query], "query")
        return EncodedQuery(vector, _tokens(query), _as_they_are(_tokens(query)))


def _vector(text: str) -> Vector:
    counts = [0.0] * DIMENSION
    for term in terms(text) or [text]:
        counts[_place(term)] += 1
    length = sqrt(sum(c * c for c in counts))
    return array("f", (c / length for c in counts))


def _as_they_are(tokens: TextTokens) -> AdaptedTokens:
    """By heads that move nothing."""
    size = len(tokens.spans)
    factors, shares = ((1.0,) * size,) * QUERY_HEADS, ((0.0,) * size,) * QUERY_HEADS
    return AdaptedTokens(tokens.spans, tokens.levels * QUERY_HEADS, factors, shares)


def _tokens(text: str) -> TextTokens:
    spans = tuple(words_for_search(text))
    levels = array("b")
    for span in spans:
        levels.extend([0] * DIMENSION)
        levels[_place(term_of(span.of(text))) - DIMENSION] = 127
    return TextTokens(spans, levels)


def _place(term: str) -> int:
    return sha256(term.encode()).digest()[0] % DIMENSION
