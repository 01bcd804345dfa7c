"""A reply held against what its reader has not read: late names and wordings in it are leaks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.late_words import LateWords
from domain.leak import HELD_BACK, Leak, LeakKind
from domain.sentence_stream import SentenceStream
from domain.span import Span
from domain.words import words_of

_CONTEXT = 160  # code points before a sentence: a wording may have begun there


class Unchecked:
    """Lets everything through."""

    leaks: tuple[Leak, ...] = ()

    def __init__(self, lack: str = "") -> None:
        self.lack = lack  # what the reply is told to have done without

    def feed(self, delta: str) -> str:
        return delta

    def end(self) -> str:
        return ""


class LeakCheck:
    """Reads one reply as it comes. However it is cut into deltas, the same is found."""

    lack = ""

    def __init__(self, late: LateWords, *, holds: bool = False) -> None:
        self._late = late
        self._holds = holds
        self._sentences = SentenceStream()
        self._before = ""  # the end of what came before the sentence
        self._told = ""
        self._found: list[tuple[LeakKind, Span]] = []

    def feed(self, delta: str) -> str:
        """What may be told now: all of it, or the sentences that are clean."""
        sentences = list(self._sentences.feed(delta))
        return self._released(sentences) if self._holds else self._noted(sentences, delta)

    def end(self) -> str:
        """The rest of it."""
        sentences = list(self._sentences.end())
        return self._released(sentences) if self._holds else self._noted(sentences, "")

    @property
    def leaks(self) -> tuple[Leak, ...]:
        """Of what was told, in order; also of a last sentence that broke off."""
        if self._holds:
            return tuple(Leak(kind, span, HELD_BACK, is_held=True) for kind, span in self._found)
        unfinished = self._sentences.held
        rest = self._leaks_of(unfinished, len(self._told) - len(unfinished))
        return tuple(
            Leak(kind, span, span.of(self._told)) for kind, span in _joined([*self._found, *rest])
        )

    def _noted(self, sentences: Sequence[str], delta: str) -> str:
        self._told += delta
        start = len(self._told) - len(self._sentences.held) - sum(map(len, sentences))
        for sentence in sentences:
            self._found += self._leaks_of(sentence, start)
            self._pass(sentence)
            start += len(sentence)
        return delta

    def _released(self, sentences: Sequence[str]) -> str:
        start = len(self._told)
        for sentence in sentences:
            kinds = [kind for kind, _ in self._leaks_of(sentence, len(self._before))]
            self._pass(sentence)
            if kinds:
                self._hold(min(kinds), sentence)
            else:
                self._told += sentence
        return self._told[start:]

    def _hold(self, kind: LeakKind, sentence: str) -> None:
        """One mark stands for all the sentences in a row that are held back."""
        if not self._told.rstrip().endswith(HELD_BACK):
            space = sentence[len(sentence.rstrip()) :]
            self._told += HELD_BACK + space
        end = len(self._told.rstrip())
        self._found.append((kind, Span(end - len(HELD_BACK), end)))

    def _leaks_of(self, sentence: str, start: int) -> list[tuple[LeakKind, Span]]:
        """In order; `start`: of the sentence in the reply."""
        if not sentence:
            return []
        text = self._before + sentence
        shift = start - len(self._before)
        words = words_of(text)
        known = sum(word.span.end <= len(self._before) for word in words)
        found = [
            (kind, Span(words[first].span.start + shift, words[last - 1].span.end + shift))
            for kind, places in (
                (LeakKind.NAME, self._late.names_in(words)),
                (LeakKind.PHRASE, self._late.wordings_in(words)),
            )
            for first, last in places
            if last > known
        ]
        return _joined(found)

    def _pass(self, sentence: str) -> None:
        before = self._before + sentence
        cut = max(0, len(before) - _CONTEXT)
        # From a whole word on.
        space = before.find(" ", cut) if cut else -1
        self._before = before[space + 1 if space >= 0 else cut :]


def _joined(found: Iterable[tuple[LeakKind, Span]]) -> list[tuple[LeakKind, Span]]:
    """Those of one kind that overlap are one."""
    joined: list[tuple[LeakKind, Span]] = []
    for kind, span in sorted(found):
        if joined and joined[-1][0] == kind and joined[-1][1].end >= span.start:
            last = joined.pop()[1]
            span = Span(last.start, max(last.end, span.end))
        joined.append((kind, span))
    return sorted(joined, key=lambda leak: (leak[1], leak[0]))
