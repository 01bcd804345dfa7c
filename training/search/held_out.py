"""Where lies what was learned without a fold of books each."""

from pathlib import Path

HELD_OUT = Path(__file__).parent / "held_out"
