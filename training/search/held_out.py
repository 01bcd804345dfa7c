"""What was learned without a fold of books each."""

from __future__ import annotations

import json
from pathlib import Path

from adapters.outbound.embedding.query_heads import QueryHeads
from adapters.outbound.reranking.learned_order import load_learned
from domain.ranking import Learned

HELD_OUT = Path(__file__).parent / "held_out"


def held_out(folder: Path = HELD_OUT) -> dict[str, tuple[Learned, QueryHeads]]:
    """By book: what was learned without its fold."""
    found: dict[str, tuple[Learned, QueryHeads]] = {}
    for path in sorted(folder.glob("*.json")):
        learned = load_learned(path), QueryHeads(path.with_suffix(".npz"))
        without = json.loads(path.read_text(encoding="utf-8"))["without_books"]
        found.update(dict.fromkeys(without, learned))
    return found
