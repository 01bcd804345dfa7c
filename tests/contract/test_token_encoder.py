import asyncio
from array import array
from collections.abc import Iterator
from math import sqrt

import pytest

from adapters.outbound.embedding.minilm import MiniLmEmbedder
from adapters.outbound.memory.embedder import TermEmbedder
from application.ports.embedder import Vector
from application.ports.token_vectors import UNIT, Encoded, TokenEncoder

TEXT = "The captain steered his ship, the Été 🕯️, into the harbour."
OTHER = "A harbour is where ships lie."


def cosine(a: "Vector | array[int]", b: "Vector | array[int]") -> float:
    lengths = sqrt(sum(x * x for x in a) * sum(y * y for y in b))
    return sum(x * y for x, y in zip(a, b, strict=True)) / lengths


def row_of(encoder: TokenEncoder, encoded: Encoded, text: str, word: str) -> "array[int]":
    """The token vector of the word's first piece."""
    start = text.index(word)
    place = next(n for n, span in enumerate(encoded.tokens.spans) if span.start == start)
    width = encoder.token_width
    return encoded.tokens.levels[place * width : (place + 1) * width]


class TokenEncoderContract:
    @pytest.fixture
    def encoder(self) -> TokenEncoder:
        raise NotImplementedError

    async def test_its_encoding_is_fit_for_a_key(self, encoder: TokenEncoder) -> None:
        assert encoder.encoding
        assert all(c.isascii() and (c.isalnum() or c in "-._") for c in encoder.encoding)

    async def test_a_row_for_each_token_where_it_stands(self, encoder: TokenEncoder) -> None:
        for one, text in zip(
            await encoder.encode([TEXT, "", OTHER], "document"), [TEXT, "", OTHER], strict=True
        ):
            spans = one.tokens.spans
            assert one.tokens.levels.typecode == "b"
            assert len(one.tokens.levels) == len(spans) * encoder.token_width
            assert list(spans) == sorted(spans)
            assert all(span.of(text).strip() for span in spans)
        (first, *_) = await encoder.encode([TEXT], "document")
        assert {"captain", "ship", "harbour"} <= {s.of(TEXT) for s in first.tokens.spans}

    async def test_each_row_is_of_one_length(self, encoder: TokenEncoder) -> None:
        (encoded,) = await encoder.encode([TEXT], "document")
        levels, width = encoded.tokens.levels, encoder.token_width
        for start in range(0, len(levels), width):
            row = levels[start : start + width]
            assert sqrt(sum(x * x for x in row)) == pytest.approx(UNIT, rel=0.02)

    async def test_the_same_word_is_nearer_than_another(self, encoder: TokenEncoder) -> None:
        one, other = await encoder.encode([TEXT, OTHER], "document")
        harbour = row_of(encoder, one, TEXT, "harbour")
        assert cosine(harbour, row_of(encoder, other, OTHER, "harbour")) > cosine(
            harbour, row_of(encoder, other, OTHER, "lie")
        )

    async def test_no_texts_no_tokens(self, encoder: TokenEncoder) -> None:
        assert await encoder.encode([], "query") == []

    async def test_a_text_that_is_too_long_is_cut(self, encoder: TokenEncoder) -> None:
        (long,) = await encoder.encode(["harbour " * 5000], "document")
        assert 0 < len(long.tokens.spans) <= 5000


class TestTermEmbedder(TokenEncoderContract):
    @pytest.fixture
    def encoder(self) -> TokenEncoder:
        return TermEmbedder()


@pytest.fixture(scope="module")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniLmEmbedder]:
    embedder = MiniLmEmbedder(tmp_path_factory.mktemp("models"), threads=2)
    yield embedder
    asyncio.run(embedder.aclose())


class TestMiniLmEmbedder(TokenEncoderContract):
    @pytest.fixture
    def encoder(self, minilm: MiniLmEmbedder) -> TokenEncoder:
        return minilm

    async def test_its_vectors_are_those_that_it_embeds(self, minilm: MiniLmEmbedder) -> None:
        (encoded,) = await minilm.encode([TEXT], "document")
        (vector,) = await minilm.embed([TEXT], "document")
        assert encoded.vector == vector
