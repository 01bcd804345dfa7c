"""Questions that lean on what was said before, made able to be searched for by themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from domain.cast import Gender
from domain.wording import content_words, words

_PRONOUNS: Mapping[str, frozenset[Gender | None]] = {
    **dict.fromkeys(("he", "him", "his", "himself"), frozenset({Gender.MALE, None})),
    **dict.fromkeys(("she", "her", "hers", "herself"), frozenset({Gender.FEMALE, None})),
}
_LEANING = frozenset({"it", "its", "that", "this", "they", "them", "their", "these", "those"})
_FEW = 3  # words that carry meaning: with so few, a word that points back decides


def standalone_query(
    message: str, earlier: Sequence[str], names: Mapping[str, Gender | None]
) -> str:
    """The message, and after it what its pronouns and gaps lean on.

    `earlier`: what was said before, oldest first, the reader's own questions at even places.
    `names`: all that the characters are called. "What did she do?" gains the woman named last; a
    message with no word of its own ("And then?") gains the question before it. One that
    stands alone comes back as it is.
    """
    said = words(message)
    additions = [
        referent
        for genders in dict.fromkeys(_PRONOUNS[w] for w in said if w in _PRONOUNS)
        if (referent := _last_named(genders, (*earlier, message), names))
    ]
    substance = len(content_words(message))
    leans = substance == 0 or (substance <= _FEW and not _LEANING.isdisjoint(said))
    if leans and not additions and earlier:
        additions.append(earlier[-2] if len(earlier) > 1 else earlier[-1])
    return "\n".join([message, *additions])


def _last_named(
    genders: frozenset[Gender | None], texts: Sequence[str], names: Mapping[str, Gender | None]
) -> str | None:
    candidates = sorted((n for n, gender in names.items() if gender in genders), key=len)
    if not candidates:
        return None
    # The longest of the names that begin at one place: "Mrs. Sparsit" before "Mrs".
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, reversed(candidates)))})(?!\w)")
    for text in reversed(texts):
        if named := pattern.findall(text):
            return str(named[-1])
    return None
