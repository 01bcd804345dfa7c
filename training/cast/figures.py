"""How many of LitBank's quotations get their speaker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from adapters.outbound.cast.attribution import attribute
from adapters.outbound.cast.features import ANAPHORIC, TAGGED, UNTAGGED, kind_of
from adapters.outbound.cast.weights import Weights
from training.cast.gold import NO_CANDIDATE, Example

KINDS = {TAGGED: "named by a tag", ANAPHORIC: "pronoun or role", UNTAGGED: "no tag"}


class Answer(NamedTuple):
    """What is said of one quotation whose utterance was found."""

    excerpt: str
    kind: str
    probability: float
    right: bool
    has_candidate: bool  # the true speaker is one of the people
    mentions: int  # of the true speaker, by name
    gender_known: bool


def answers(examples: Sequence[Example], weights: Weights) -> list[Answer]:
    return [answer for example in examples for answer in _answers(example, weights)]


def _answers(example: Example, weights: Weights) -> list[Answer]:
    talk = example.talk
    found = attribute(talk.people, talk.utterances, talk.clues, talk.affinity, weights)
    result = []
    for _, utterance, speaker in example.quotes:
        kind = "" if utterance is None else kind_of(talk.clues[utterance])
        probable = {} if utterance is None else found[utterance]
        best = max(probable, key=lambda p: (probable[p], -p), default=NO_CANDIDATE)
        true = talk.people[speaker] if speaker != NO_CANDIDATE else None
        result.append(
            Answer(
                example.name,
                kind if utterance is not None else "missed",
                probable.get(best, 0.0),
                true is not None and best == speaker,
                true is not None,
                true.mentions if true else 0,
                true is not None and true.gender is not None,
            )
        )
    return result


def report(title: str, given: Sequence[Answer]) -> str:
    """Shares of right answers: of all quotations, of those whose speaker is known, by kind."""
    known = [a for a in given if a.has_candidate and a.kind != "missed"]
    of_kind = Counter(a.kind for a in known)
    right = Counter(a.kind for a in known if a.right)
    parts = [
        f"all {_share(sum(a.right for a in given), len(given))}",
        f"speaker among the people {_share(right.total(), len(known))}",
        *(f"{name} {_share(right[kind], of_kind[kind])}" for kind, name in KINDS.items()),
    ]
    return f"{title}: {'; '.join(parts)}"


def _share(part: int, whole: int) -> str:
    return f"{part / max(whole, 1):.3f} of {whole}"
