"""How like what somebody says elsewhere in the book an utterance sounds, by its words.

A unigram model for each person, smoothed with that of all speech (Dirichlet prior; Zhai and
Lafferty 2004), counted from the speakers as a first reading has them. Words that few others use
tell most: a person's turns of phrase, and the matter of a long talk.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

_PRIOR = 10_000.0  # words of all speech that each person's model is smoothed with
_BOUND = 2.0  # log-odds that one utterance's words may tell
_HEARD_ENOUGH = 60.0  # words
_SURE_ENOUGH = 0.3  # of the speaker, to count an utterance as his


class Idiolects:
    """`said`: the words of each utterance, small letters; `speakers`: person -> probability."""

    def __init__(
        self, said: Sequence[Sequence[str]], speakers: Sequence[Mapping[int, float]]
    ) -> None:
        self._speakers = speakers
        self._said = [Counter(words) for words in said]
        self._total: dict[int, float] = defaultdict(float)
        self._counts: dict[int, dict[str, float]] = defaultdict(dict)
        common: Counter[str] = Counter()
        for counts, probable in zip(self._said, speakers, strict=True):
            common.update(counts)
            for person, probability in probable.items():
                if probability > _SURE_ENOUGH:
                    self._total[person] += probability * counts.total()
                    own = self._counts[person]
                    for word, times in counts.items():
                        own[word] = own.get(word, 0.0) + probability * times
        # Word -> the count at which it is as likely from a person as from the prior.
        scale = _PRIOR / max(1, common.total())
        self._expected = {word: times * scale for word, times in common.items()}

    def likeness(self, utterance: int, people: Iterable[int]) -> dict[int, float]:
        """Person -> log of how much likelier the words are from that one than from anybody.

        Of those heard enough; the utterance itself does not count for its likely speaker.
        """
        counts = self._said[utterance]
        length = counts.total()
        result = {}
        for person in people:
            probability = self._speakers[utterance].get(person, 0.0)
            own = probability if probability > _SURE_ENOUGH else 0.0
            total = self._total.get(person, 0.0) - own * length
            if total < _HEARD_ENOUGH:
                continue
            said = self._counts[person]
            likeness = length * math.log(_PRIOR / (total + _PRIOR))
            for word, times in counts.items():
                elsewhere = said.get(word, 0.0) - own * times
                if elsewhere > 0:
                    likeness += times * math.log1p(elsewhere / self._expected[word])
            result[person] = max(-_BOUND, min(_BOUND, likeness))
        return result
