"""What a reader at a frontier must not be told: names and titles that stand only after it."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from domain.book import BookLayout
from domain.cast import Cast

PLACES = {"start", "end", "known_from", "offset", "read_up_to"}

_WORD = re.compile(r"\w+")
_APART = "\0"  # between texts that are not one
_LONGEST = 200  # code points of a name or title


@dataclass(frozen=True, slots=True)
class Secrets:
    """Names and chapter titles, each with where it first stands in the text, as whole words."""

    text: str
    revealed: Mapping[str, int]  # the end of the first place

    @classmethod
    def of(cls, text: str, layout: BookLayout, cast: Cast, names: Iterable[str]) -> "Secrets":
        """`names`: those that people have noted down, beside the cast's own."""
        own = {a.text: a.known_from for c in cast.characters for a in c.aliases}
        titles = {title for c in layout.chapters for title in (c.title, *c.parents)}
        places = _first_places({*own, *titles, *names}, text)
        # A name that nobody but us has put together is known from where the cast says.
        return cls(text, own | places)

    def after(self, offset: int, *known: str) -> set[str]:
        """Those that a reader of the text up to the offset has not come to; `known`: what stands on
        the cover. A word that the offset cuts may make another."""
        read = f"{' '.join(_words(self.text[max(0, offset - _LONGEST) : offset]))}"
        seen = _spaced([read, *known])
        return {
            name
            for name, end in self.revealed.items()
            if end > offset and f" {' '.join(_words(name))} " not in seen
        }


def told(texts: Iterable[str], secrets: set[str]) -> set[str]:
    """Those of the secrets that are in the texts, as whole words, however they are spaced."""
    spaced = _spaced(texts)
    there = set(spaced.split())
    return {
        name
        for name in secrets
        if there.issuperset(parts := _words(name)) and f" {' '.join(parts)} " in spaced
    }


def strings_of(value: object) -> Iterator[str]:
    """Every string of a JSON value, keys among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from strings_of(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings_of(inner)


def places_of(value: object) -> Iterator[int]:
    """Every offset of a JSON value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in PLACES and isinstance(inner, int):
                yield inner
            yield from places_of(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from places_of(inner)


def places_of_answer(body: str) -> Iterator[int]:
    for line in body.splitlines() if body.startswith(("event:", "id:", ":")) else [body]:
        with suppress(ValueError):
            yield from places_of(json.loads(line.removeprefix("data: ")))


def strings_of_answer(body: str) -> Iterator[str]:
    """Of JSON, of server-sent events (with the text that their pieces make), or as it stands."""
    if body.startswith(("event:", "id:", ":")):
        pieces = ""
        for line in body.splitlines():
            if line.startswith("data: "):
                data = json.loads(line.removeprefix("data: "))
                pieces += str(data.get("token", data.get("text", "")))
                yield from strings_of(data)
        yield pieces
        return
    try:
        yield from strings_of(json.loads(body))
    except ValueError:
        yield body


def _first_places(names: set[str], text: str) -> dict[str, int]:
    """The end of the first place of each name that the text has."""
    by_first_word: defaultdict[str, list[tuple[str, list[str]]]] = defaultdict(list)
    for name in names:
        if parts := _words(name):
            by_first_word[parts[0]].append((name, parts))
    matches = list(_WORD.finditer(text))
    words = [m[0] for m in matches]
    found: dict[str, int] = {}
    for place, word in enumerate(words):
        for name, parts in by_first_word.get(word, ()):
            if name not in found and words[place : place + len(parts)] == parts:
                found[name] = matches[place + len(parts) - 1].end()
    return found


def _spaced(texts: Iterable[str]) -> str:
    return f" {f' {_APART} '.join(' '.join(_words(text)) for text in texts)} "


def _words(text: str) -> list[str]:
    return _WORD.findall(text)
