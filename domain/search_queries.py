"""A reader's message as what is searched for: by meaning, and by words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from domain.prompt_data import one_line

LONGEST_NARRATIVE = 600  # code points
LONGEST_KEYWORDS = 200


@dataclass(frozen=True, slots=True)
class SearchQueries:
    narrative: str
    keywords: str

    def to_json(self) -> bytes:
        return json.dumps({"narrative": self.narrative, "keywords": self.keywords}).encode()


def queries_schema() -> Mapping[str, Any]:
    return {
        "type": "object",
        "properties": {"narrative": {"type": "string"}, "keywords": {"type": "string"}},
        "required": ["narrative", "keywords"],
        "additionalProperties": False,
    }


def read_queries(written: str | bytes) -> SearchQueries | None:
    """What `queries_schema` describes; None if it is anything else, or finds nothing."""
    try:
        found = json.loads(written)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    narrative, keywords = found.get("narrative"), found.get("keywords")
    if not _searches(narrative) or not _searches(keywords):
        return None
    return SearchQueries(
        one_line(narrative, LONGEST_NARRATIVE), one_line(keywords, LONGEST_KEYWORDS)
    )


def _searches(words: Any) -> TypeGuard[str]:
    return isinstance(words, str) and any(c.isalnum() for c in words)
