"""The numbers by which a reply cites its passages: [2], as it is asked to, and what models make of
that: [1, 3], [1-3], [1 and 2], [passage 2], [^2], 【2】, 【2†source】."""

import re
from collections.abc import Iterator

LONGEST = 160  # code points, at most

_WORDS = r"(?:passages?|sources?|references?|refs?|citations?|cites?|numbers?|nos?\.?)\s?:?\s?"
_AND = r"\s?(?:[,;&–—-]|,?\s?(?:and|to)\b)\s?"
_NUMBERS = rf"\d{{1,3}}(?:{_AND}\d{{1,3}}){{0,7}}"
_RANGE = re.compile(r"(\d+)(?:\s?(?:[–—-]|to)\s?(\d+))?", re.IGNORECASE)

BEGINNING = rf"[\[【［]\s?(?:{_WORDS})?[#^]?\s?\d"
MARKER = re.compile(
    rf"[\[【［]\s?(?:{_WORDS})?[#^]?\s?(?P<numbers>{_NUMBERS})(?:†[^\[\]【】\n]{{0,40}})?\s?[\]】］]",
    re.IGNORECASE,
)


def numbers_of(marker: re.Match[str], last: int) -> Iterator[int]:
    """Those of a match of MARKER, in its order. Passages are numbered from 1 to `last`; there are
    no others, so that a range ends with it."""
    for first, end in _RANGE.findall(marker["numbers"]):
        yield from range(max(1, int(first)), min(int(end or first), last) + 1)
