"""Character ids: minted once a book, and found again when the book is read anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID, uuid5

from domain.cast import Cast, Character
from domain.ids import BookId, CharacterId, QuoteId

# Names our ids apart from other uses of UUID version 5 (RFC 9562) on the same book id.
_CHARACTERS = UUID("6b1f7f0e-3c0a-5d0e-9a58-2f6f1f6d9c11")
_QUOTES = UUID("0d9c3a52-64f5-57f3-8d3b-7a1c6f1f2e42")


def with_lasting_ids(book_id: BookId, cast: Cast, previous: Cast | None = None) -> Cast:
    """The same cast under ids that last.

    A character of the previous cast is known again by a shared name, the nearest first mention
    winning, and keeps the id; where the previous cast tells no places (`Span(0, 0)`), the same
    name to show wins, then the most names in common. A new one gets an id made from book, first
    mention and the first name that the text has of them: an interrupted run, repeated, mints the
    same, and no later name can be read out of an id by trying.
    """
    ids = _match(cast.characters, previous.characters if previous else ())
    taken = set(ids.values())
    for character in cast.characters:
        if character.id not in ids:
            ids[character.id] = _mint(book_id, character, taken)
            taken.add(ids[character.id])
    return _relabelled(book_id, cast, ids)


def _match(
    characters: Iterable[Character], previous: Iterable[Character]
) -> dict[CharacterId, CharacterId]:
    old = list(previous)
    candidates = sorted(
        (unlikeness, new.name, new.id, was.id)
        for new in characters
        for was in old
        if (unlikeness := _unlikeness(new, was)) is not None
    )
    matched: dict[CharacterId, CharacterId] = {}
    for _, _, new_id, old_id in candidates:
        if new_id not in matched and old_id not in matched.values():
            matched[new_id] = old_id
    return matched


def _unlikeness(new: Character, was: Character) -> tuple[int, int] | None:
    """Least first; None: another person."""
    if was.first_mention.end > 0:
        if not (was.is_called(new.name) or new.is_called(was.name)):
            return None
        return abs(new.first_mention.start - was.first_mention.start), 0
    common = sum(was.is_called(alias.text) for alias in new.aliases)
    if not common:
        return None
    return int(new.name.casefold() != was.name.casefold()), -common


def _mint(book_id: BookId, character: Character, taken: set[CharacterId]) -> CharacterId:
    first = min(character.aliases, key=lambda a: (a.known_from, a.text), default=None)
    name = character.name if first is None else first.text
    seed = f"{book_id}/{name}/{character.first_mention.start}"
    minted = CharacterId(str(uuid5(_CHARACTERS, seed)))
    while minted in taken:
        seed += "+"
        minted = CharacterId(str(uuid5(_CHARACTERS, seed)))
    return minted


def _relabelled(book_id: BookId, cast: Cast, ids: dict[CharacterId, CharacterId]) -> Cast:
    return Cast(
        characters=tuple(replace(c, id=ids[c.id]) for c in cast.characters),
        quotes=tuple(
            replace(
                q,
                id=QuoteId(str(uuid5(_QUOTES, f"{book_id}/{q.span.start}:{q.span.end}"))),
                speaker_id=ids[q.speaker_id] if q.speaker_id else None,
                addressee_ids=tuple(ids[a] for a in q.addressee_ids),
            )
            for q in cast.quotes
        ),
        mentions=tuple(replace(m, character_id=ids[m.character_id]) for m in cast.mentions),
        merges=tuple(
            replace(m, absorbed_id=ids[m.absorbed_id], into_id=ids[m.into_id]) for m in cast.merges
        ),
        warnings=cast.warnings,
    )
