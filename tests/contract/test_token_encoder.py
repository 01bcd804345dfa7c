import asyncio
from array import array
from collections.abc import Iterator
from math import inf, sqrt

import pytest

from adapters.outbound.embedding.minilm import MiniLmEmbedder
from adapters.outbound.memory.embedder import TermEmbedder
from application.ports.embedder import Vector
from application.ports.token_vectors import QUERY_HEADS, UNIT, Encoded, TokenEncoder

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


def rows_of(levels: "array[int]", width: int) -> list["array[int]"]:
    return [levels[start : start + width] for start in range(0, len(levels), width)]


class TokenEncoderContract:
    @pytest.fixture
    def encoder(self) -> TokenEncoder:
        raise NotImplementedError

    async def test_its_encoding_is_fit_for_a_key(self, encoder: TokenEncoder) -> None:
        assert encoder.encoding
        assert all(c.isascii() and (c.isalnum() or c in "-._") for c in encoder.encoding)

    async def test_a_row_for_each_token_where_it_stands(self, encoder: TokenEncoder) -> None:
        for one, text in zip(
            await encoder.encode([TEXT, "", OTHER]), [TEXT, "", OTHER], strict=True
        ):
            spans = one.tokens.spans
            assert one.tokens.levels.typecode == "b"
            assert len(one.tokens.levels) == len(spans) * encoder.token_width
            assert list(spans) == sorted(spans)
            assert all(span.of(text).strip() for span in spans)
        (first, *_) = await encoder.encode([TEXT])
        assert {"captain", "ship", "harbour"} <= {s.of(TEXT) for s in first.tokens.spans}

    async def test_each_row_is_of_one_length(self, encoder: TokenEncoder) -> None:
        (encoded,) = await encoder.encode([TEXT])
        for row in rows_of(encoded.tokens.levels, encoder.token_width):
            assert sqrt(sum(x * x for x in row)) == pytest.approx(UNIT, rel=0.02)

    async def test_the_same_word_is_nearer_than_another(self, encoder: TokenEncoder) -> None:
        one, other = await encoder.encode([TEXT, OTHER])
        harbour = row_of(encoder, one, TEXT, "harbour")
        assert cosine(harbour, row_of(encoder, other, OTHER, "harbour")) > cosine(
            harbour, row_of(encoder, other, OTHER, "lie")
        )

    async def test_a_query_has_the_tokens_of_its_text(self, encoder: TokenEncoder) -> None:
        query = await encoder.encode_query(OTHER)
        (encoded,) = await encoder.encode([OTHER])
        assert query.tokens.spans == encoded.tokens.spans
        width = encoder.token_width
        rows = zip(
            rows_of(query.tokens.levels, width), rows_of(encoded.tokens.levels, width), strict=True
        )
        assert all(cosine(one, other) > 0.99 for one, other in rows)

    async def test_each_head_moves_every_token_and_weighs_it(self, encoder: TokenEncoder) -> None:
        for text in (TEXT, "ship", "?"):
            adapted = (await encoder.encode_query(text)).adapted
            assert len(adapted.factors) == len(adapted.shares) == QUERY_HEADS
            for weights in (*adapted.factors, *adapted.shares):
                assert len(weights) == len(adapted.spans)
                assert all(0 <= weight < inf for weight in weights)
            rows = rows_of(adapted.levels, encoder.token_width)
            assert len(rows) == len(adapted.factors) * len(adapted.spans)
            for row in rows:
                assert sqrt(sum(x * x for x in row)) == pytest.approx(UNIT, rel=0.02)

    async def test_no_texts_no_tokens(self, encoder: TokenEncoder) -> None:
        assert await encoder.encode([]) == []

    async def test_a_text_that_is_too_long_is_cut(self, encoder: TokenEncoder) -> None:
        (long,) = await encoder.encode(["harbour " * 5000])
        assert 0 < len(long.tokens.spans) <= 5000
        query = await encoder.encode_query("harbour " * 5000)
        assert query.tokens.spans == long.tokens.spans


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
        (encoded,) = await minilm.encode([TEXT])
        (vector,) = await minilm.embed([TEXT], "document")
        assert encoded.vector == vector
        (of_query,) = await minilm.embed([TEXT], "query")
        assert (await minilm.encode_query(TEXT)).vector == of_query
