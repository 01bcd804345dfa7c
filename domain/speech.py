"""How a character speaks, measured against everybody else in the book."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log
from statistics import median

from domain.ids import CharacterId
from domain.sentences import sentences
from domain.span import Span
from domain.wording import content_words, words

MAX_EXPRESSIONS = 8
_EVIDENCE = 3  # places kept for each expression
_LEAST_USES = 3
_LEAST_SURENESS = 3.84  # chi-squared, one degree of freedom: one chance in twenty
# Fewer odd words, or fewer kinds of them, are no dialect but a subject of conversation.
_DIALECT_SHARE = 0.03  # of all words said
_DIALECT_KINDS = 4

_CLAUSE = re.compile(r"[^.,;:!?…—–()\n“”\"]+")
_ENDEARMENT = (
    r"(?:my|dear|old|young|good|poor)(?: (?:dear|old|young|good|poor|own|little))*"
    r" (?:friend|fellow|boy|girl|lad|lass|child|man|woman|sir|lady|lord|love|darling|son|chap|dear)"
)
_TITLE = r"sir|ma'am|madam|miss|mister|missus|my lord|my lady|your (?:honou?r|grace|majesty)"
_KINSHIP = r"father|mother|papa|mamma|mama|brother|sister|uncle|aunt|my dear"


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """A stretch of the text: something said, or a sentence of the narration."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Expression:
    text: str  # in lower case, unless a name
    count: int
    evidence: tuple[Span, ...]  # the first lines that it stands in


@dataclass(frozen=True, slots=True)
class SpeechStyle:
    lines: int
    words: int
    words_per_sentence: int  # the median
    question_share: float  # of the sentences, 0..1
    exclamation_share: float
    favourites: tuple[Expression, ...]  # said far more often than others say it, surest first
    spellings: tuple[Expression, ...]  # dialect: words that the narration never uses
    address: tuple[Expression, ...]  # what they call the people they speak to


class Voices:
    """All that is said in a book, counted once, so that one speaker can be set against the rest."""

    def __init__(
        self,
        lines: Mapping[CharacterId, Sequence[Line]],
        narration: str,
        names: Sequence[str],
    ) -> None:
        self._lines = lines
        self._said = {who: _phrases(said) for who, said in lines.items()}
        self._total: Counter[str] = Counter()
        for counts in self._said.values():
            self._total.update(counts)
        self._total_words = sum(n for phrase, n in self._total.items() if " " not in phrase)
        self._narrated = frozenset(words(narration))
        self._name_words = frozenset(word for name in names for word in words(name))
        self._vocative = _vocatives(names)

    def style_of(self, who: CharacterId) -> SpeechStyle | None:
        """None for somebody who says nothing."""
        said = self._lines.get(who, ())
        counts = self._said.get(who, Counter())
        size = sum(n for phrase, n in counts.items() if " " not in phrase)
        if not size:
            return None
        spoken = [sentence for line in said for sentence in _sentences(line)]
        spellings = self._spellings(counts, size)
        favourites = [p for p in self._favourites(counts, size) if p not in spellings]
        return SpeechStyle(
            lines=len(said),
            words=size,
            words_per_sentence=round(median(len(words(s)) for s in spoken)),
            question_share=_share(spoken, "?"),
            exclamation_share=_share(spoken, "!"),
            favourites=_located(favourites[:MAX_EXPRESSIONS], counts, said),
            spellings=tuple(
                replace(e, text=_with_apostrophe(e.text, said))
                for e in _located(spellings[:MAX_EXPRESSIONS], counts, said)
            ),
            address=self._address(said),
        )

    def _favourites(self, counts: Counter[str], size: int) -> list[str]:
        sure = {p: self._sureness(p, n, size) for p, n in counts.items() if n >= _LEAST_USES}
        ranked = sorted(
            (p for p, sureness in sure.items() if sureness > _LEAST_SURENESS and self._tells(p)),
            key=lambda p: (-sure[p], p),
        )
        kept: list[str] = []
        for phrase in ranked:
            if not any(_overlap(phrase, other) for other in kept):
                kept.append(phrase)
        return kept

    def _tells(self, phrase: str) -> bool:
        """Names tell whom they speak of, not how they speak."""
        parts = phrase.split(" ")
        return not any(p.removesuffix("'s") in self._name_words for p in parts) and any(
            len(p) > 2 and content_words(p) for p in parts
        )

    def _sureness(self, phrase: str, count: int, size: int) -> float:
        """How little chance explains that this speaker says it so often: the log-likelihood ratio
        (Dunning, "Accurate Methods for the Statistics of Surprise and Coincidence", 1993); 0.0
        for what they say less often than the others do."""
        others, others_size = self._total[phrase] - count, self._total_words - size
        rate = (count + others) / (size + others_size)
        if count <= rate * size:
            return 0.0
        surprise = count * log(count / (rate * size))
        if others:
            surprise += others * log(others / (rate * others_size))
        return 2 * surprise

    def _spellings(self, counts: Counter[str], size: int) -> list[str]:
        odd = [
            word
            for word, n in counts.most_common()
            if n >= _LEAST_USES
            and " " not in word
            and word not in self._narrated
            and word not in self._name_words
            and content_words(word)
            and n * 2 > self._total[word]
        ]
        is_dialect = len(odd) >= _DIALECT_KINDS and (
            sum(counts[w] for w in odd) > size * _DIALECT_SHARE
        )
        return odd if is_dialect else []

    def _address(self, said: Sequence[Line]) -> tuple[Expression, ...]:
        places: dict[str, list[Span]] = {}
        for line in said:
            for match in self._vocative.finditer(_straight(line.text)):
                called = match["name"] or match["form"].lower()
                places.setdefault(called, []).append(line.span)
        commonest = sorted(places.items(), key=lambda item: (-len(item[1]), item[0]))
        return tuple(
            Expression(called, len(spans), tuple(spans[:_EVIDENCE]))
            for called, spans in commonest[:MAX_EXPRESSIONS]
            if len(spans) > 1
        )


def _straight(text: str) -> str:
    return text.replace("’", "'")


def _phrases(said: Sequence[Line]) -> Counter[str]:
    """Words, and runs of two and three words within a clause."""
    counts: Counter[str] = Counter()
    for line in said:
        for clause in _CLAUSE.findall(line.text):
            run = words(clause)
            counts.update(run)
            counts.update(f"{a} {b}" for a, b in pairwise(run))
            counts.update(f"{a} {b} {c}" for a, b, c in zip(run, run[1:], run[2:], strict=False))
    return counts


def _overlap(phrase: str, other: str) -> bool:
    return not set(content_words(phrase)).isdisjoint(content_words(other))


def _sentences(line: Line) -> list[str]:
    return [s.of(line.text) for s in sentences(line.text, Span(0, len(line.text)))]


def _share(spoken: Sequence[str], mark: str) -> float:
    return sum(mark in s for s in spoken) / len(spoken)


def _located(
    phrases: Sequence[str], counts: Counter[str], said: Sequence[Line]
) -> tuple[Expression, ...]:
    return tuple(
        Expression(phrase, counts[phrase], tuple(_places(phrase, said))) for phrase in phrases
    )


def _with_apostrophe(word: str, said: Sequence[Line]) -> str:
    """ "th" as it is mostly written: "th'"."""
    ends = [
        text[match.end() : match.end() + 1] == "'"
        for text in (_straight(line.text) for line in said)
        for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
    ]
    return f"{word}'" if sum(ends) * 2 > len(ends) else word


def _places(phrase: str, said: Sequence[Line]) -> Iterator[Span]:
    run = r"\W+".join(map(re.escape, phrase.split(" ")))
    pattern = re.compile(rf"(?<!\w){run}(?!\w)", re.IGNORECASE)
    found = 0
    for line in said:
        if found < _EVIDENCE and pattern.search(_straight(line.text)):
            found += 1
            yield line.span


def _vocatives(names: Sequence[str]) -> re.Pattern[str]:
    """A form of address set off by punctuation on both sides: ", sir." or "Louisa, ..."."""
    called = "|".join(re.escape(_straight(n)) for n in sorted(names, key=len, reverse=True))
    return re.compile(
        r"(?:^|[,;:!?.—–]\s*)"
        rf"(?:(?P<name>{called or '(?!)'})|(?P<form>(?i:{_ENDEARMENT}|{_TITLE}|{_KINSHIP})))"
        r"(?=[,;!?.—–]|$)"
    )
