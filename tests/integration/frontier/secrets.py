"""What a reader at a frontier must not be told: names and titles that stand only after it."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.book import BookLayout
from domain.cast import Cast

PLACES = {"start", "end", "known_from", "offset", "read_up_to"}

_WORD = re.compile(r"\w+|,")  # "Anne, Elliot" names two people
_APART = "\0"  # between texts that are not one
_WORD_OR_APART = re.compile(rf"{_WORD.pattern}|{_APART}")
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

    def after(self, offset: int, *known: str) -> "Hidden":
        """Those that a reader of the text up to the offset has not come to; `known`: what stands on
        the cover. A word that the offset cuts may make another."""
        seen = _spaced([self.text[max(0, offset - _LONGEST) : offset], *known])
        return Hidden.of(
            name
            for name, end in self.revealed.items()
            if end > offset and f" {' '.join(_words(name))} " not in seen
        )


@dataclass(frozen=True, slots=True)
class Hidden:
    """What nobody may be told at one frontier, ready to be looked for in thousands of answers."""

    names: Mapping[str, str]  # as they are looked for, their words between spaces
    by_word: Mapping[str, Sequence[str]]  # under the longest of its words, which is the rarest

    @classmethod
    def of(cls, names: Iterable[str]) -> "Hidden":
        spaced = {name: f" {' '.join(_words(name))} " for name in names if _words(name)}
        by_word: defaultdict[str, list[str]] = defaultdict(list)
        for name in spaced:
            by_word[max(_words(name), key=len)].append(name)
        return cls(spaced, by_word)

    def told_by(self, texts: Iterable[str], asked: Iterable[str] = ()) -> set[str]:
        """Those that are in the texts, as whole words, however they are spaced; but for those that
        whoever asked has said."""
        spaced = _spaced(texts)
        found = {
            name
            for word in self.by_word.keys() & set(spaced.split(" "))
            for name in self.by_word[word]
            if self.names[name] in spaced
        }
        return {name for name in found if not any(name in words for words in asked)}


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


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer's body tells."""

    strings: Sequence[str]
    places: Sequence[int]

    @classmethod
    def by(cls, body: str) -> "Told":
        """A body of JSON, of server-sent events (with the text that their pieces make), or as it
        stands."""
        values: list[object] = []
        if body.startswith(("event:", "id:", ":")):
            events = [
                json.loads(line.removeprefix("data: "))
                for line in body.splitlines()
                if line.startswith("data: ")
            ]
            pieces = (str(data.get("token", data.get("text", ""))) for data in events)
            values = [*events, "".join(pieces)]
        else:
            try:
                values = [json.loads(body)]
            except ValueError:
                values = [body]
        return cls(list(strings_of(values)), list(places_of(values)))


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
    return f" {' '.join(_WORD_OR_APART.findall(_APART.join(texts)))} "


def _words(text: str) -> list[str]:
    return _WORD.findall(text)
