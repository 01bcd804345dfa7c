"""Documents that have any of some words, best first.

TypeSense looks for documents that have all words of a query, and drops words from its end while it
finds too few; so a question would find nothing by its last words. Instead each word is searched
for by itself, and all of them together, in one request
(https://typesense.org/docs/latest/api/federated-multi-search.html), and a document's words are
weighed by how rare they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adapters.outbound.typesense.client import TypesenseConnection

A_PAGE = 250  # TypeSense gives no more at a time
MOST_PAGES = 8  # of one word, so that some words have room in a request
SEARCHES = 50  # in one request, by default
OFTEN = 1.4  # how much more a word counts where it stands twice: what BM25 gives it


@dataclass(frozen=True, slots=True)
class Wanted:
    """`words` hold letters and figures alone: nothing that TypeSense's query syntax knows."""

    collection: str
    words: Sequence[str]
    fields: str  # comma-separated, the weightiest first
    shown: str  # fields of the answer, comma-separated
    limit: int
    filter_by: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    document: dict[str, Any]
    score: float


async def find(typesense: TypesenseConnection, wanted: Wanted) -> list[Found]:
    """Raises Absent, Refused, StoreUnavailable."""
    pages = min(math.ceil(wanted.limit / A_PAGE), MOST_PAGES)
    words = list(dict.fromkeys(wanted.words))[: SEARCHES // pages - 1]
    if not words:
        return []
    queries = [*words, " ".join(words)] if len(words) > 1 else words
    searches = [_search(wanted, query, page) for query in queries for page in range(1, pages + 1)]
    results = await typesense.search(searches)
    by_query = [results[n : n + pages] for n in range(0, len(results), pages)]
    return _ranked(by_query, len(words))[: wanted.limit]


def _search(wanted: Wanted, query: str, page: int) -> dict[str, Any]:
    """The word as a whole, or, where nobody has it, as a reader may have misspelt it."""
    search = {
        "collection": wanted.collection,
        "q": query,
        "query_by": wanted.fields,
        "include_fields": wanted.shown,
        "highlight_fields": "none",
        "prefix": "false",
        "num_typos": "1",
        "min_len_1typo": 5,
        "typo_tokens_threshold": 1,
        "drop_tokens_threshold": 0,
        "per_page": A_PAGE,  # also for fewer: what has several of the words may be far down
        "page": page,
    }
    return search | ({"filter_by": wanted.filter_by} if wanted.filter_by else {})


def _ranked(by_query: list[list[dict[str, Any]]], words: int) -> list[Found]:
    documents: dict[str, dict[str, Any]] = {}
    scores: dict[str, float] = {}
    weights = [_weight(pages[0]) for pages in by_query[:words]]
    for pages, weight in zip(by_query, weights, strict=False):
        hits = [hit for page in pages for hit in page["hits"]]
        least = min((hit["text_match"] for hit in hits), default=0)
        for hit in hits:
            key = hit["document"]["id"]
            documents[key] = hit["document"]
            more = OFTEN if hit["text_match"] > least else 1.0
            scores[key] = scores.get(key, 0.0) + weight * more
    for page in (page for pages in by_query[words:] for page in pages):
        for hit in page["hits"]:  # all words, though the pages of some may have missed it
            key = hit["document"]["id"]
            documents[key] = hit["document"]
            scores[key] = max(scores.get(key, 0.0), sum(weights))
    order = sorted(scores, key=lambda key: -scores[key])
    return [Found(documents[key], scores[key]) for key in order]


def _weight(result: dict[str, Any]) -> float:
    """A word's inverse document frequency, as in BM25."""
    have, all_ = result["found"], max(result["out_of"], result["found"])
    return math.log(1.0 + (all_ - have + 0.5) / (have + 0.5))
