"""What a reader has not met yet, to be looked for in what they are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from domain.cast import Cast
from domain.first_names import FirstNames, Name, is_written_as_name
from domain.first_wordings import FirstWordings, wordings
from domain.frontier import Frontier
from domain.words import Word, words_of


class FirstMentions:
    """Of one content version, whole: where each name and wording stands first.

    Takes one to two seconds and 1.7 MB for a novel.
    """

    def __init__(self, text: str, cast: Cast) -> None:
        """`cast`: with the characters as they stand before any merge."""
        words = words_of(text)
        self.names = FirstNames(words, cast)
        self.wordings = FirstWordings(words)

    @property
    def nbytes(self) -> int:
        return self.names.nbytes + self.wordings.nbytes


class LateWords:
    """What a reply may not say to one reader: names by their first word, and wordings."""

    def __init__(
        self, mentions: FirstMentions, frontier: Frontier, told: Iterable[str] = ()
    ) -> None:
        """Nothing that stands in the texts `told` is late: the title of the book, and what the
        reader said."""
        heard = [[word.said for word in words_of(text)] for text in told]
        self._mentions = mentions
        self._frontier = frontier
        self._heard = {run for words in heard for _, _, run in wordings(words)}
        self._names: dict[str, list[Name]] = {}
        for name in sorted(mentions.names.after(frontier, heard), key=len, reverse=True):
            self._names.setdefault(name[0], []).append(name)

    def names_in(self, words: Sequence[Word]) -> Iterator[tuple[int, int]]:
        """Where a late name stands, as places of words, the end exclusive; the longest of those
        that begin at one place."""
        for start, word in enumerate(words):
            for name in self._names.get(word.said, ()):
                if self._stands(name, words[start : start + len(name)]):
                    yield start, start + len(name)
                    break

    def wordings_in(self, words: Sequence[Word]) -> Iterator[tuple[int, int]]:
        for start, end, run in wordings([word.said for word in words]):
            late = not self._frontier.knows(self._mentions.wordings.known_from(run))
            if late and run not in self._heard:
                yield start, end

    def _stands(self, name: Name, words: Sequence[Word]) -> bool:
        if tuple(word.said for word in words) != name:
            return False
        if not is_written_as_name(words):
            return False
        return not (words[0].opens and self._mentions.names.is_doubtful(name))
