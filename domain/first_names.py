"""Where the names of a book stand first: of its people, and of places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from domain.cast import Cast
from domain.common_names import EVERYDAY_NAMES, WORLD_NAMES
from domain.frontier import Frontier
from domain.naming.given_names import is_given_name
from domain.naming.titles import EPITHETS, MARRIED_TITLES, TITLES, TITLES_OF_ESTATE
from domain.words import Word, words_of

_TIMES_PROPER = 2  # that a word is written as a name alone, for it to be one
_TIMES_ALONE = 2  # and that it stands alone, to be one where any word has a capital
_NAME_BYTES = 600  # a name, in all that is kept of it
_SHORTEST = 3  # letters of a word whose last may be a plural's

_TITLES = frozenset(title.casefold() for title in TITLES)
# That tell of a marriage or an inheritance; any other may be put before a name that is known.
_TELLING_TITLES = frozenset(
    title.casefold() for title in {*MARRIED_TITLES, *TITLES_OF_ESTATE, "Lady", "Sir", "Dame"}
)
_LEADS = frozenset({"the", "a", "an", "my", "our", "your", "his", "her", "their"})
_NO_NAMES = _TITLES | _LEADS | frozenset(word.casefold() for word in EPITHETS)

Name: TypeAlias = tuple[str, ...]


class FirstNames:
    """Of a whole text."""

    def __init__(self, words: Sequence[Word], cast: Cast) -> None:
        self._people = [[n for a in c.aliases if (n := _name(a.text))] for c in cast.characters]
        proper, people = _first_proper_words(words), _first_names(words, cast)
        self._names = proper | people
        alone = _often_alone(words)
        self._unsure = {
            name
            for name in proper.keys() - people
            if not _is_given(name[0]) and name[0] not in alone
        }
        self._capitals = _first_capitals(words, {w for name in self._names for w in name})
        self._small = _also_small(words, self._names)

    @property
    def nbytes(self) -> int:
        return len(self._names) * _NAME_BYTES

    def after(self, frontier: Frontier, heard: Sequence[Sequence[str]]) -> set[Name]:
        """Those that are news at the frontier to a reader who has `heard` these words."""
        late = {name for name in self._names if not frontier.knows(self._known_since(name))}
        said = {word for words in heard for word in words}
        return {
            name
            for name in late - set(self._guessed(late))
            if not any(_contains(words, name) for words in heard)
            and not self._made_of(name, said, frontier)
        }

    def is_doubtful(self, name: Name) -> bool:
        """Whether it may be another word where a capital tells nothing."""
        return len(name) == 1 and (
            name in self._unsure or name[0] in self._small or name[0] in EVERYDAY_NAMES
        )

    def _known_since(self, name: Name) -> int:
        """A name of one word is also known from its plural: the Allens, the Martians."""
        since = self._names[name]
        return min(since, self._capital(name[0], since)) if len(name) == 1 else since

    def _capital(self, word: str, otherwise: int = 0) -> int:
        return self._capitals.get(_singular(word), otherwise)

    def _guessed(self, late: Collection[Name]) -> Iterator[Name]:
        """Those that put together what is known of a person: "Isabella Thorpe" is no news where
        Isabella has been called Miss Thorpe; "Mrs. Darcy" is."""
        for names in self._people:
            known = {word for name in names if name not in late for word in name}
            for name in names:
                if name in late and all(_is_known(word, known) for word in name):
                    yield name

    def _made_of(self, name: Name, said: Collection[str], frontier: Frontier) -> bool:
        """Whether the reader said whatever is new in it."""
        new = [w for w in name if w not in _TITLES and not frontier.knows(self._capital(w))]
        return bool(new) and all(word in said for word in new)


def is_written_as_name(words: Sequence[Word]) -> bool:
    return all(word.is_capital for word in words if word.said not in _NO_NAMES)


def _first_names(words: Sequence[Word], cast: Cast) -> dict[Name, int]:
    """Each name of the cast with the end of its first mention, wherever it is a name at all."""
    names: dict[Name, int] = {}
    for character in cast.characters:
        for alias in character.aliases:
            if name := _name(alias.text):
                names[name] = min(names.get(name, alias.known_from), alias.known_from)
    beginnings: dict[str, list[Name]] = {}
    for name in names:
        beginnings.setdefault(name[0], []).append(name)
    for start, word in enumerate(words):
        for name in beginnings.get(word.said, ()):
            run = words[start : start + len(name)]
            if tuple(w.said for w in run) == name and is_written_as_name(run):
                names[name] = min(names[name], run[-1].span.end)
    return names


def _first_proper_words(words: Sequence[Word]) -> dict[Name, int]:
    """Other names: places, and people of whom the cast knows nothing. Words that are never written
    small, and more than once within a sentence; a given name, once."""
    small = {word.said for word in words if not word.is_capital}
    within = Counter(w.said for w in words if w.is_capital and not w.opens and w.said not in small)
    known = WORLD_NAMES | _NO_NAMES | {"st"}
    proper = {
        word
        for word, times in within.items()
        if (times >= _TIMES_PROPER or _is_given(word)) and known.isdisjoint((word, _singular(word)))
    }
    first: dict[Name, int] = {}
    for word in words:
        if word.said in proper:
            first.setdefault((word.said,), word.span.end)
    return first


def _often_alone(words: Sequence[Word]) -> frozenset[str]:
    """Words with a capital within a sentence, beside no other that has one: "Rosings", but not
    "Street", which is an everyday word for all that the book never writes it small."""
    alone = Counter(
        word.said
        for before, word, after in zip(words, words[1:], words[2:], strict=False)
        if word.is_capital and not (word.opens or before.is_capital or after.is_capital)
    )
    return frozenset(word for word, times in alone.items() if times >= _TIMES_ALONE)


def _is_given(word: str) -> bool:
    return is_given_name(word.capitalize())


def _name(alias: str) -> Name:
    """Without "the" and the like; () for what is no name: "the Captain", "her aunt"."""
    words = words_of(alias)
    while words and words[0].said in _LEADS:
        words = words[1:]
    is_name = any(word.is_capital and word.said not in _NO_NAMES for word in words)
    return tuple(word.said for word in words) if is_name else ()


def _first_capitals(words: Sequence[Word], wanted: Collection[str]) -> Mapping[str, int]:
    """By the singular, in any case."""
    singulars = {_singular(word) for word in wanted}
    first: dict[str, int] = {}
    for word in words:
        if word.is_capital and (one := _singular(word.said)) in singulars:
            first.setdefault(one, word.span.end)
    return first


def _singular(word: str) -> str:
    """Alike for a name and its plural; that "James" becomes "jame" does no harm."""
    return word[:-1] if word.endswith("s") and len(word) > _SHORTEST else word


def _also_small(words: Sequence[Word], names: Iterable[Name]) -> frozenset[str]:
    """The names of one word that the book has in small letters, too."""
    single = {name[0] for name in names if len(name) == 1}
    return frozenset(w.said for w in words if w.said in single and not w.is_capital)


def _is_known(word: str, known: Collection[str]) -> bool:
    return word in known or (word in _TITLES and word not in _TELLING_TITLES and bool(known))


def _contains(words: Sequence[str], run: Name) -> bool:
    starts = (i for i, word in enumerate(words) if word == run[0])
    return any(tuple(words[i : i + len(run)]) == run for i in starts)
