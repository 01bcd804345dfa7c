"""The decoder fed: scores from features, turn weights from distance, two passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.outbound.cast.conversation import Clues
from adapters.outbound.cast.decode import Step, speaker_probabilities
from adapters.outbound.cast.features import Features, Featurizer, kind_of
from adapters.outbound.cast.model import Person
from adapters.outbound.cast.role_affinity import Affinity
from adapters.outbound.cast.utterances import Utterance
from adapters.outbound.cast.weights import SPEAKER_WEIGHTS, TURN_WEIGHTS

_MAX_CANDIDATES = 9
_COMPANY = 8  # utterances either side that make the conversation of one
_TAKES_PART = 0.05  # expected utterances
_FULL_PART = 3.0
_SAME_CONVERSATION = 6  # paragraphs at most between two utterances of one conversation


def attribute(
    people: Sequence[Person],
    utterances: Sequence[Utterance],
    clues: Sequence[Clues],
    affinity: Affinity,
) -> list[dict[int, float]]:
    """For each utterance, person -> probability of being its speaker."""
    featurizer = Featurizer(people, utterances, clues, affinity)
    features = [featurizer.of(i) for i in range(len(utterances))]
    first = speaker_probabilities(_steps(utterances, clues, features))
    _add_participation(featurizer, utterances, clues, features, first)
    return speaker_probabilities(_steps(utterances, clues, features))


def _steps(
    utterances: Sequence[Utterance], clues: Sequence[Clues], features: Sequence[dict[int, Features]]
) -> list[Step]:
    scored = [_best(_scores(candidates)) for candidates in features]
    steps = []
    for i, scores in enumerate(scored):
        goes_on, answers = _turn_scores(utterances, clues, i)
        steps.append(Step(scores, goes_on, answers))
    return steps


def _scores(candidates: Mapping[int, Features]) -> dict[int, float]:
    weights = SPEAKER_WEIGHTS
    return {
        person: sum(weights.get(name, 0.0) * value for name, value in features.items())
        for person, features in candidates.items()
    }


def _best(scores: dict[int, float]) -> dict[int, float]:
    if len(scores) <= _MAX_CANDIDATES:
        return scores
    kept = sorted(scores, key=lambda person: -scores[person])[:_MAX_CANDIDATES]
    return {person: scores[person] for person in kept}


def _turn_scores(
    utterances: Sequence[Utterance], clues: Sequence[Clues], index: int
) -> tuple[float, float]:
    if index == 0:
        return 0.0, 0.0
    turn, previous = utterances[index], utterances[index - 1]
    gap = turn.first_paragraph - previous.last_paragraph
    if gap == 0:
        distance = "same paragraph"
    else:
        distance = "adjoining" if gap == 1 else "near" if gap <= 3 else "far"
    kind = kind_of(clues[index])
    goes_on = TURN_WEIGHTS.get(f"{kind}{distance}, goes on", 0.0)
    if gap == 1 and previous.asks:
        goes_on += TURN_WEIGHTS.get(f"{kind}adjoining, goes on after asking", 0.0)
    return goes_on, TURN_WEIGHTS.get(f"{kind}{distance}, answers", 0.0)


def _add_participation(
    featurizer: Featurizer,
    utterances: Sequence[Utterance],
    clues: Sequence[Clues],
    features: Sequence[dict[int, Features]],
    probabilities: Sequence[Mapping[int, float]],
) -> None:
    """Add to the features how much of the conversation around is each candidate's."""
    for i, candidates in enumerate(features):
        if clues[i].tagged is not None:
            continue
        name = kind_of(clues[i]) + "takes part"
        share: dict[int, float] = {}
        for j in _conversation(utterances, i):
            for person, probability in probabilities[j].items():
                share[person] = share.get(person, 0.0) + probability
        for person, amount in share.items():
            if amount >= _TAKES_PART:
                if person not in candidates:
                    candidates[person] = featurizer.of_newcomer(i, person)
                candidates[person][name] = min(amount, _FULL_PART) / _FULL_PART


def _conversation(utterances: Sequence[Utterance], index: int) -> list[int]:
    """The utterances around one that are of one talk with it."""
    members = []
    for step in (-1, 1):
        for j in range(index + step, index + step * (_COMPANY + 1), step):
            if not 0 <= j < len(utterances):
                break
            one, other = utterances[min(j, j - step)], utterances[max(j, j - step)]
            if other.first_paragraph - one.last_paragraph > _SAME_CONVERSATION:
                break
            members.append(j)
    return members
