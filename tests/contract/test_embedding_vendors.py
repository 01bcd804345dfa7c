"""What is special to embedders that ask a vendor's server, for each of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from adapters.outbound.embedding import batching
from adapters.outbound.embedding.cohere import CohereEmbedder
from adapters.outbound.embedding.jina import JinaEmbedder
from adapters.outbound.embedding.openai import OpenAiEmbedder
from application.ports.embedder import Embedder, EmbeddingKind
from application.retrying import Patience
from domain.errors import (
    Misconfigured,
    ModelFailed,
    ModelRateLimited,
    ModelTimedOut,
    ModelUnavailable,
)
from tests.stubs.cohere import cohere_server
from tests.stubs.jina import jina_server
from tests.stubs.openai_embeddings import openai_embeddings
from tests.stubs.serving import served
from tests.stubs.word_vectors import KEY, Instead, ModelServer


@dataclass(frozen=True)
class Vendor:
    embedder: Callable[..., Any]
    stub: Callable[[ModelServer], Any]
    path: str
    texts: str  # the field of a request that holds them
    texts_a_call: int
    key: str


VENDORS = {
    "openai": Vendor(OpenAiEmbedder, openai_embeddings, "/v1", "input", 32, "OPENAI_API_KEY"),
    "cohere": Vendor(CohereEmbedder, cohere_server, "", "texts", 96, "COHERE_API_KEY"),
    "jina": Vendor(JinaEmbedder, jina_server, "", "input", 128, "JINA_API_KEY"),
}


@dataclass(frozen=True)
class Asked:
    vendor: Vendor
    server: ModelServer
    url: str
    embedder: Embedder

    def texts(self) -> list[list[str]]:
        return [asked[self.vendor.texts] for asked in self.server.asked]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    hasty = Patience(attempts=3, first_pause=0.0)
    monkeypatch.setattr(batching, "PATIENCE", {"query": hasty, "document": hasty})


@pytest.fixture(params=VENDORS)
def vendor(request: pytest.FixtureRequest) -> Vendor:
    return VENDORS[request.param]


@pytest.fixture
async def asked(vendor: Vendor) -> AsyncIterator[Asked]:
    server = ModelServer()
    async with served(vendor.stub(server)) as url:
        embedder = vendor.embedder(
            api_key=KEY, model=None, dimension=512, base_url=url + vendor.path
        )
        yield Asked(vendor, server, url, embedder)
        await embedder.aclose()


async def test_many_texts_are_sent_in_calls_of_the_vendors_size(asked: Asked) -> None:
    most = asked.vendor.texts_a_call
    texts = [f"text {n}" for n in range(2 * most + 3)]

    vectors = await asked.embedder.embed(texts, "document")

    assert sorted(len(call) for call in asked.texts()) == [3, most, most]
    assert len(vectors) == len(texts)


async def test_only_so_many_calls_are_open_at_once(asked: Asked) -> None:
    texts = [f"text {n}" for n in range(12 * asked.vendor.texts_a_call)]

    await asked.embedder.embed(texts, "document")

    assert len(asked.server.asked) == 12
    assert asked.server.most_at_once <= batching.CALLS_AT_ONCE


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_may_pass_is_asked_again(asked: Asked, status: int) -> None:
    asked.server.instead.append(Instead(status, {"retry-after": "0"}))

    (vector,) = await asked.embedder.embed(["words"], "document")

    assert len(vector) == 512
    assert not asked.server.instead


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_what_is_refused_is_not_asked_again(asked: Asked, status: int) -> None:
    asked.server.instead.extend([Instead(status)] * 2)

    with pytest.raises(ModelFailed):
        await asked.embedder.embed(["words"], "document")

    assert len(asked.server.instead) == 1


@pytest.mark.parametrize("status", [401, 403])
async def test_a_bad_key_is_told_by_its_variable(asked: Asked, status: int) -> None:
    asked.server.instead.append(Instead(status))

    with pytest.raises(ModelFailed, match=asked.vendor.key) as told:
        await asked.embedder.embed(["words"], "query")

    assert KEY not in told.value.message


async def test_too_many_requests_say_when_to_come_back(asked: Asked) -> None:
    asked.server.instead.append(Instead(429, {"retry-after": "90"}))

    with pytest.raises(ModelRateLimited) as told:
        await asked.embedder.embed(["words"], "document")

    assert told.value.retry_after == 90


async def test_a_server_that_stays_away_is_unavailable(asked: Asked) -> None:
    asked.server.instead.extend([Instead(503)] * 3)
    with pytest.raises(ModelUnavailable):
        await asked.embedder.embed(["words"], "document")
    assert not asked.server.instead


async def test_nobody_at_the_address_is_unavailable(vendor: Vendor) -> None:
    async with served(vendor.stub(ModelServer())) as url:
        gone = url + vendor.path
    embedder = vendor.embedder(api_key=KEY, model=None, dimension=512, base_url=gone)
    with pytest.raises(ModelUnavailable):
        await embedder.embed(["words"], "query")
    await embedder.aclose()


async def test_a_server_that_says_nothing_is_given_up(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(batching.SECONDS, "query", 0.05)
    asked.server.silent = True
    with pytest.raises(ModelTimedOut):
        await asked.embedder.embed(["words"], "query")


async def test_a_cancelled_caller_leaves_no_call_behind(asked: Asked) -> None:
    asked.server.silent = True
    before = asyncio.all_tasks()
    asking = asyncio.create_task(
        asked.embedder.embed(["words"] * (asked.vendor.texts_a_call + 1), "document")
    )
    async with asyncio.timeout(30):
        while asked.server.come < 2:
            await asyncio.sleep(0.005)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    ours = [t for t in asyncio.all_tasks() - before if "embed_in_calls" in repr(t.get_coro())]
    assert ours == []


@pytest.mark.parametrize(
    "body",
    [
        "words",
        {},
        {"data": None},
        {"data": []},
        {"data": [{"index": 0}]},
        {"embeddings": {}},
        {"id": "1", "embeddings": {"base64": []}},
        {"id": "1", "embeddings": {"base64": ["not packed"]}},
        {"data": [{"index": 0, "embedding": ["a", "b"]}], "embeddings": {"base64": [None]}},
        {"data": [{"index": 0, "embedding": [[1.0]]}], "embeddings": {"base64": ["YQ=="]}},
    ],
)
async def test_an_answer_without_the_vectors_is_refused(asked: Asked, body: object) -> None:
    asked.server.instead.append(Instead(200, body=body))
    with pytest.raises(ModelFailed):
        await asked.embedder.embed(["words"], "document")


async def test_the_doctor_is_told_what_it_is_or_what_to_mend(asked: Asked) -> None:
    well = await asked.embedder.check()  # type: ignore[attr-defined]
    assert well.ok
    assert well.detail.endswith(f"{asked.embedder.model}, 512 wide")

    asked.server.instead.append(Instead(401))
    ill = await asked.embedder.check()  # type: ignore[attr-defined]
    assert not ill.ok
    assert asked.vendor.key in ill.detail


async def test_half_a_character_is_no_reason_to_fail(asked: Asked) -> None:
    assert len(await asked.embedder.embed(["half \ud83d"], "query")) == 1


@pytest.mark.parametrize(
    ("kind", "jina", "cohere"),
    [
        ("query", "retrieval.query", "search_query"),
        ("document", "retrieval.passage", "search_document"),
    ],
)
async def test_the_kind_of_text_is_told_where_the_vendor_wants_to_know(
    asked: Asked, kind: EmbeddingKind, jina: str, cohere: str
) -> None:
    await asked.embedder.embed(["words"], kind)
    (sent,) = asked.server.asked
    told = sent.get("task"), sent.get("input_type")
    wanted = {"cohere": (None, cohere), "jina": (jina, None), "openai": (None, None)}
    assert told == next(wanted[name] for name, v in VENDORS.items() if v is asked.vendor)


class TestWidth:
    @pytest.mark.parametrize(
        ("name", "model", "dimension", "line"),
        [
            ("openai", "text-embedding-3-small", 3072, "EMBEDDING_DIMENSION=1536"),
            ("openai", "text-embedding-ada-002", 384, "EMBEDDING_DIMENSION=1536"),
            ("cohere", None, 384, "EMBEDDING_DIMENSION=1536"),
            ("cohere", "embed-english-v3.0", 512, "EMBEDDING_DIMENSION=1024"),
            ("jina", None, 2048, "EMBEDDING_DIMENSION=1024"),
        ],
    )
    def test_one_that_a_model_is_known_not_to_give_is_refused_at_once(
        self, name: str, model: str | None, dimension: int, line: str
    ) -> None:
        with pytest.raises(Misconfigured, match=line):
            VENDORS[name].embedder(api_key=KEY, model=model, dimension=dimension)

    @pytest.mark.parametrize(
        ("name", "model", "line"),
        [
            ("openai", "nomic-embed-text", "EMBEDDING_DIMENSION=768"),
            ("jina", "jina-embeddings-v2-base-en", "EMBEDDING_DIMENSION=768"),
        ],
    )
    async def test_of_a_model_that_is_not_known_shows_in_its_answer(
        self, name: str, model: str, line: str
    ) -> None:
        vendor = VENDORS[name]
        async with served(vendor.stub(ModelServer())) as url:
            embedder = vendor.embedder(
                api_key=KEY, model=model, dimension=384, base_url=url + vendor.path
            )
            with pytest.raises(Misconfigured, match=line):
                await embedder.embed(["words"], "document")
            await embedder.aclose()

    async def test_of_a_fixed_model_is_not_asked_for(self) -> None:
        server = ModelServer()
        async with served(cohere_server(server)) as url:
            embedder = CohereEmbedder(
                api_key=KEY, model="embed-english-v3.0", dimension=1024, base_url=url
            )
            (vector,) = await embedder.embed(["words"], "document")
            await embedder.aclose()
        assert len(vector) == 1024
        assert "output_dimension" not in server.asked[0]


class TestOpenAiAlone:
    async def test_an_account_without_credit_is_not_asked_again(self) -> None:
        server = ModelServer()
        spent = {"message": "m", "type": "t", "param": None, "code": "insufficient_quota"}
        server.instead.extend([Instead(429, body={"error": spent})] * 2)
        async with served(openai_embeddings(server)) as url:
            embedder = OpenAiEmbedder(api_key=KEY, model=None, dimension=512, base_url=f"{url}/v1")
            with pytest.raises(ModelFailed, match="no credit"):
                await embedder.embed(["words"], "document")
            await embedder.aclose()
        assert len(server.instead) == 1

    async def test_a_text_that_is_too_long_is_cut(self) -> None:
        server = ModelServer()
        async with served(openai_embeddings(server)) as url:
            embedder = OpenAiEmbedder(api_key=KEY, model=None, dimension=512, base_url=f"{url}/v1")
            await embedder.embed(["word " * 9_000, "“" * 9_000], "document")
            await embedder.aclose()
        assert [len(text.encode()) for text in server.asked[0]["input"]] == [8_192, 8_190]
