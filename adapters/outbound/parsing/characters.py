"""Which code points a canonical text may hold.

Code points are kept as the author's file has them (no normalisation form is imposed), but for
what no reader sees and every search stumbles over: line ends of other systems, control
characters, soft hyphens, joiners without a meaning, and invisible tag characters, by which
instructions can be hidden from a human eye. ZERO WIDTH (NON-)JOINER stay: Persian, Urdu and
Indic scripts are spelled with them.
"""

from __future__ import annotations

import re

_LINE_ENDS = re.compile("\r\n|[\r\u000b\u000c\u0085\u2028\u2029]")
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f"  # controls; tab and LF stay
    "\u00ad\u180e\u200b\u2060-\u2064\ufeff"  # soft hyphen, zero width
    "\ufff9-\ufffc\ufffe\uffff"  # interlinear marks, non-characters
    "\U000e0000-\U000e007f]"  # tags
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_QUOTE_MARKS = "\"'\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a"
# Typesetters part nested quotation marks by a hair: “ ‘Tis. The marks belong together.
_HAIR_SPACE = re.compile(f"(?<=[{_QUOTE_MARKS}])\u200a|\u200a(?=[{_QUOTE_MARKS}\u2026])")
_FIXED_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def clean(text: str) -> str:
    """Text fit to be canonical; LF ends its lines."""
    text = _LINE_ENDS.sub("\n", text)
    text = _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)
    text = _UNSEEN.sub("", text)
    text = _HAIR_SPACE.sub("", text)
    return _FIXED_SPACES.sub(" ", text)


def collapse(text: str) -> str:
    """One line with single spaces, as inline text of a markup language reads."""
    return " ".join(text.split())


def word_list(words: str) -> tuple[str, ...]:
    """Words written in one string with spaces between."""
    return tuple(words.split())
