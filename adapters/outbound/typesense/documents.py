"""What is kept of a passage in TypeSense."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from domain.book import ContentVersion
from domain.passage import Passage
from domain.terms import terms

# TypeSense takes punctuation out of words instead of parting them there, and parts by ASCII
# signs alone: "the lamp—the keeper’s" would hold "lampthe". So what we search by are our own
# terms, which are the same in every store, and in the ranking. Those that a passage has more
# than once are in a field of their own too, for TypeSense does not count.
TERMS, REPEATED = "terms", "repeated"

FIELDS: list[dict[str, Any]] = [
    {"name": "text", "type": "string"},  # indexed for others who look under the book's id
    {"name": "context", "type": "string"},
    {"name": TERMS, "type": "string", "store": False},
    {"name": REPEATED, "type": "string", "store": False},
    {"name": "chunk_index", "type": "int32"},
    {"name": "start", "type": "int64"},
    {"name": "end", "type": "int64", "range_index": True},
]


def schema(version: ContentVersion) -> dict[str, Any]:
    return {"name": str(version), "fields": FIELDS, "default_sorting_field": "chunk_index"}


def document(version: ContentVersion, passage: Passage) -> Mapping[str, Any]:
    counted = Counter(terms(f"{passage.text} {passage.context}"))
    return {
        "id": f"{version.book_id}:{passage.index}",
        "text": passage.text,
        "context": passage.context,
        TERMS: " ".join(counted),
        REPEATED: " ".join(term for term, times in counted.items() if times > 1),
        "chunk_index": passage.index,
        "start": passage.span.start,
        "end": passage.span.end,
    }
