"""How sure to be: curves from the chain's probabilities to the share of right answers.

An excerpt of 2,000 words hardly names some of its speakers, and cannot tell their genders; a novel
does, of nearly all who speak. So the curves are fitted to quotations of people that the excerpt
names often, from excerpts whose paragraphs are as printed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from adapters.outbound.cast.weights import Curve
from training.cast.figures import KINDS, Answer
from training.cast.line_breaks import CORRECTIONS

_NAMED_OFTEN = 8
_START = (0.5, 0.0)
_HOLD = 2.0  # pull towards the start, in answers
_NEARLY = 1e-6
_STEPS = 60


def curves_of(given: Sequence[Answer]) -> dict[str, Curve]:
    """A curve for each kind of utterance."""
    fit = [a for a in given if _is_like_a_novels(a)]
    return {kind: _curve([a for a in fit if a.kind == kind]) for kind in KINDS}


def _is_like_a_novels(answer: Answer) -> bool:
    return (
        answer.mentions >= _NAMED_OFTEN
        and answer.gender_known
        and answer.excerpt.split("_")[0] in CORRECTIONS
    )


def _curve(given: Sequence[Answer]) -> Curve:
    """Logistic regression of being right on the log-odds (Platt 1999), by Newton's method."""
    p = np.clip([a.probability for a in given], _NEARLY, 1 - _NEARLY)
    inputs = np.stack([np.log(p / (1 - p)), np.ones(len(given))], axis=1)
    right = np.array([float(a.right) for a in given])
    start = np.array(_START)

    def worth(w: np.ndarray) -> float:
        z = inputs @ w
        fit = (right * z - np.logaddexp(0, z)).sum()
        return float(fit - _HOLD / 2 * ((w - start) ** 2).sum())

    values = start
    for _ in range(_STEPS):
        expected = 1 / (1 + np.exp(-np.clip(inputs @ values, -30, 30)))
        slope = inputs.T @ (right - expected) - _HOLD * (values - start)
        bend = (inputs * (expected * (1 - expected))[:, None]).T @ inputs + _HOLD * np.eye(2)
        step = np.linalg.solve(bend, slope)
        while worth(values + step) < worth(values) and np.abs(step).max() > _NEARLY:
            step = step / 2
        values = values + step
    return Curve(float(values[0]), float(values[1]))
