"""Files as BookNLP writes them, for a text and what was found in it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
_TOKENS = (
    "paragraph_ID",
    "sentence_ID",
    "token_ID_within_sentence",
    "token_ID_within_document",
    "word",
    "lemma",
    "byte_onset",
    "byte_offset",
    "POS_tag",
    "fine_POS_tag",
    "dependency_relation",
    "syntactic_head_ID",
    "event",
)
_ENTITIES = ("COREF", "start_token", "end_token", "prop", "cat", "text")
_QUOTES = (
    "quote_start",
    "quote_end",
    "mention_start",
    "mention_end",
    "mention_phrase",
    "char_id",
    "quote",
)
_SUPERSENSES = ("start_token", "end_token", "supersense_category", "text")


@dataclass
class Written:
    """Places are given by their words: the text's first such words, or those after `after`."""

    text: str
    events: Sequence[str] = ()
    entities: list[list[object]] = field(default_factory=list)
    quotes: list[list[object]] = field(default_factory=list)
    supersenses: list[list[object]] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._spans = [match.span() for match in _WORD.finditer(self.text)]

    def tokens_of(self, words: str, after: int = 0) -> tuple[int, int]:
        start = self.text.index(words, after)
        end = start + len(words)
        inside = [n for n, (a, b) in enumerate(self._spans) if start <= a and b <= end]
        return inside[0], inside[-1]

    def entity(
        self, coref: int, words: str, kind: str = "PROP", category: str = "PER", after: int = 0
    ) -> tuple[int, int]:
        first, last = self.tokens_of(words, after)
        self.entities.append([coref, first, last, kind, category, " ".join(words.split())])
        self.entities.sort(key=lambda row: (row[1], row[2]))
        return first, last

    def quote(
        self, words: str, speaker: int | None = None, mention: tuple[int, int] | None = None
    ) -> None:
        first, last = self.tokens_of(words)
        self.quotes.append([first, last, *(mention or (None, None)), None, speaker, words])

    def supersense(self, words: str, category: str) -> None:
        self.supersenses.append([*self.tokens_of(words), category, words])

    def person(
        self, coref: int, gender: str | None = None, share: float = 1.0, **roles: str
    ) -> None:
        told = {role: roles.get(role, "").split() for role in ("agent", "patient", "mod", "poss")}
        self.people.append(
            {
                "id": coref,
                "g": None if gender is None else {"argmax": gender, "max": share},
                **{r: [{"w": w, "i": self.tokens_of(w)[0]} for w in told[r]] for r in told},
            }
        )

    def files(self) -> Mapping[str, str]:
        return {
            "tokens": _table(_TOKENS, [self._token(n) for n in range(len(self._spans))]),
            "entities": _table(_ENTITIES, self.entities),
            "quotes": _table(_QUOTES, self.quotes),
            "supersense": _table(_SUPERSENSES, self.supersenses),
            "book": json.dumps({"characters": self.people}),
        }

    def _token(self, number: int) -> list[object]:
        start, end = self._spans[number]
        word, paragraph = self.text[start:end], self.text.count("\n\n", 0, start)
        event = "EVENT" if word in self.events else "O"
        place = [paragraph, paragraph, 0, number, word, word.lower(), start, end]
        return [*place, "NOUN", "NN", "ROOT", number, event]


def _table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    return "".join("\t".join(map(str, row)) + "\n" for row in (header, *rows))
