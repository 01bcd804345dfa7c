"""How what a correction is about is found again, in another reading of the book."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import cached_property
from itertools import takewhile

from domain.cast import Cast, Character, Quote
from domain.corrections import CharacterAnchor, Place, QuoteAnchor
from domain.ids import CharacterId

CONTEXT = 60  # code points kept on either side of a place
_TELLING = 12  # letters: so many words are hardly said twice by chance
_AGREEING = 8  # letters of context that agree: the same place in the text
_ALIKE = 0.8  # of two wordings (Ratcliff and Obershelp): one is a variant of the other


def anchor_of(character: Character) -> CharacterAnchor:
    names = tuple(dict.fromkeys((character.name, *(a.text for a in character.aliases))))
    return CharacterAnchor(character.id, names, character.first_mention.start)


def place_at(text: str, start: int, end: int | None = None) -> Place:
    """The context of a stretch of the text, or of one offset."""
    end = start if end is None else end
    return Place(start, text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT])


def quote_anchor(quote: Quote, text: str) -> QuoteAnchor:
    place = place_at(text, quote.span.start, quote.span.end)
    return QuoteAnchor(quote.id, quote.span.of(text), place)


def found_character(cast: Cast, anchor: CharacterAnchor) -> Character | None:
    """By id, as itself or as whom it was merged into for good; else by name: most names in common,
    then the nearest first mention."""
    known = cast.character(lasting_id(cast, anchor.id))
    if known is not None:
        return known
    named = [
        (-common, abs(c.first_mention.start - anchor.first_mention), c.id, c)
        for c in cast.characters
        if (common := sum(c.is_called(name) for name in anchor.names))
    ]
    return min(named)[3] if named else None


def lasting_id(cast: Cast, character_id: CharacterId) -> CharacterId:
    """Whom the id stands for by now, where it is no character's own any more."""
    there = {c.id for c in cast.characters}
    into = {m.absorbed_id: m.into_id for m in cast.merges}
    while character_id not in there and character_id in into:
        character_id = into.pop(character_id)
    return character_id


class Anchored:
    """A text and its quotations, in which anchors are looked for."""

    def __init__(self, text: str, quotes: Sequence[Quote]) -> None:
        self._text = text
        self._quotes = quotes

    def quote(self, anchor: QuoteAnchor) -> Quote | None:
        """The one with the same words; of several the one in the same context, then the nearest.
        Where none has them, one that is cut otherwise, or worded a little otherwise."""
        words = _plain(anchor.words)
        same = self._by_words.get(words, ())
        if (found := self._best(same, anchor, is_telling=len(words) >= _TELLING)) is not None:
            return found
        if len(words) < _TELLING:
            return None
        cut = [q for q, said in self._said if words in said or _holds(said, words)]
        if (found := self._best(cut, anchor, is_telling=True)) is not None:
            return found
        return self._best(
            [q for q, said in self._said if _are_alike(words, said)], anchor, is_telling=False
        )

    def offset(self, place: Place) -> int | None:
        """Where the same words stand around it."""
        around = place.before + place.after
        start = place.offset - len(place.before)
        if start >= 0 and self._text.startswith(around, start):
            return place.offset
        exact = (s + len(place.before) for s in _occurrences(around, self._text))
        found = _nearest(exact, place)
        return self._plainly(place) if found is None else found

    def _plainly(self, place: Place) -> int | None:
        """The same by letters and figures alone, so that typography does not matter."""
        before, around = _plain(place.before), _plain(place.before + place.after)
        if len(around) < _TELLING:
            return None
        letters, offsets = self._letters
        nexts = (at + len(before) for at in _occurrences(around, letters))
        if not before:
            return _nearest((offsets[at] for at in nexts), place)
        marks = _marks_at_end(place.before)
        return _nearest(
            (min(offsets[at - 1] + 1 + marks, offsets[at]) for at in nexts),
            place,
        )

    def _best(
        self, quotes: Iterable[Quote], anchor: QuoteAnchor, *, is_telling: bool
    ) -> Quote | None:
        rated = [
            (self._agreement(q, anchor.place), -abs(q.span.start - anchor.place.offset), q.id, q)
            for q in quotes
        ]
        if not rated:
            return None
        agreement, _, _, best = max(rated)
        return best if is_telling or agreement >= _AGREEING else None

    def _agreement(self, quote: Quote, place: Place) -> int:
        """How many letters next to it are the same."""
        here = place_at(self._text, quote.span.start, quote.span.end)
        before = _in_common(_plain(here.before)[::-1], _plain(place.before)[::-1])
        return before + _in_common(_plain(here.after), _plain(place.after))

    @cached_property
    def _said(self) -> list[tuple[Quote, str]]:
        return [(q, _plain(q.span.of(self._text))) for q in self._quotes]

    @cached_property
    def _by_words(self) -> dict[str, list[Quote]]:
        found = defaultdict(list)
        for quote, said in self._said:
            found[said].append(quote)
        return found

    @cached_property
    def _letters(self) -> tuple[str, list[int]]:
        """And where each stands; at last, where the text ends."""
        pairs = [(p, at) for at, character in enumerate(self._text) for p in _plain(character)]
        return "".join(p for p, _ in pairs), [*(at for _, at in pairs), len(self._text)]


def first_place_of(name: str, text: str) -> int | None:
    """The end of its first occurrence as whole words."""
    for at in _occurrences(name, text):
        end = at + len(name)
        if not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
            return end
    return None


def _marks_at_end(text: str) -> int:
    return sum(1 for _ in takewhile(lambda c: not c.isalnum(), reversed(text)))


def _in_common(some: str, other: str) -> int:
    """How many characters they begin with alike."""
    pairs = zip(some, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _nearest(offsets: Iterable[int], place: Place) -> int | None:
    return min(offsets, key=lambda at: abs(at - place.offset), default=None)


def _occurrences(words: str, text: str) -> Iterator[int]:
    at = text.find(words) if words else -1
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _plain(text: str) -> str:
    """Letters and figures alone, without case and accents."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
    return "".join(filter(str.isalnum, text.casefold()))


def _holds(said: str, words: str) -> bool:
    """Whether what is said now is a good part of the words as they were."""
    return len(said) >= max(_TELLING, len(words) // 2) and said in words


def _are_alike(words: str, said: str) -> bool:
    match = SequenceMatcher(None, said, words, autojunk=False)
    return (
        match.real_quick_ratio() >= _ALIKE
        and match.quick_ratio() >= _ALIKE
        and match.ratio() >= _ALIKE
    )
