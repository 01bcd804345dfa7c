"""Names of people as they are said in a conversation: readers often write them small."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from domain.cast import Gender
from domain.common_names import EVERYDAY_NAMES
from domain.naming.titles import TITLES
from domain.naming.word_lists import by_gender
from domain.words import Word, words_of

# Who are spoken of by no name.
_SOMEBODY = {title.casefold(): gender for title, gender in TITLES.items()} | by_gender(
    "woman girl lady widow wife daughter maid landlady mistress",
    "man boy gentleman widower husband son master",
    "lodger child servant stranger printer clerk narrator horse dog cat",
)
_NOBODY = "nobody"
_BE = frozenset({"is", "was"})  # "Whose widow is she?" asks of her
_CLAUSES = frozenset({"when", "before", "after", "while", "as", "if", "since", "because"})


class SpokenNames:
    def __init__(self, names: Mapping[str, Gender | None]) -> None:
        self._genders = names
        self._beginnings: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in sorted(names, key=len, reverse=True):
            if said := tuple(word.said for word in words_of(name)):
                self._beginnings.setdefault(said[0], []).append((said, name))

    def first(self, text: str, genders: Collection[Gender | None]) -> str | None:
        named = self._in(words_of(text))
        return next((name for _, name in named if self._genders[name] in genders), None)

    def all(self, text: str) -> list[str]:
        return list(dict.fromkeys(name for _, name in self._in(words_of(text))))

    def has_one(self, words: Sequence[Word], place: int, gender: Gender) -> bool:
        """Whether somebody of the gender, or of none that is known, is spoken of before that place;
        or after it, where the words begin with a clause: "When she woke, what did Winifred do?"."""
        end = len(words) if words[0].said in _CLAUSES else place
        fitting = (gender, None)
        if any(at < end and self._genders[name] in fitting for at, name in self._in(words)):
            return True
        is_asked_of = 0 < place == len(words) - 1 and words[place - 1].said in _BE
        return not is_asked_of and any(
            _SOMEBODY.get(word.said, _NOBODY) in fitting for word in words[:place]
        )

    def _in(self, words: Sequence[Word]) -> Iterator[tuple[int, str]]:
        """Where names begin, the longest of those that begin at one place."""
        end = 0
        for start, word in enumerate(words):
            for said, name in self._beginnings.get(word.said, ()):
                run = words[start : start + len(said)]
                if start >= end and tuple(w.said for w in run) == said and _is_name(run):
                    yield start, name
                    end = start + len(said)
                    break


def _is_name(words: Sequence[Word]) -> bool:
    """An everyday word needs its capital to be one."""
    if len(words) > 1:
        return True
    (word,) = words
    return word.is_capital or word.said not in EVERYDAY_NAMES
