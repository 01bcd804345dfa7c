"""What each feature is worth, in log-odds. Set by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Weights(NamedTuple):
    speaker: Mapping[str, float]
    turn: Mapping[str, float]


SPEAKER_WEIGHTS: dict[str, float] = {
    # A tag names the speaker.
    "tag:named": 12.0,
    "tag:weakly named": 6.0,
    # A tag by pronoun or role: gender and recency decide.
    "he:gender agrees": 2.5,
    "he:gender unknown": 0.3,
    "he:gender differs": -7.0,
    "he:is narrator": -8.0,
    "he:goes by the role": 2.5,
    "he:never heard": -1.5,
    "he:rank": 0.9,
    "he:last named": 0.6,
    "he:near": 1.0,
    "he:antecedent": 1.0,
    "he:beside": 1.5,
    "he:beside subject": 0.5,
    "he:beside before": 1.0,
    "he:leads in": 1.0,
    "he:in previous narration": 0.3,
    "he:first in previous narration": 0.6,
    "he:last in previous narration": 0.5,
    "he:in company": 0.4,
    "he:prominence": 1.5,
    "he:addressed here": -4.0,
    "he:mentioned here": -1.5,
    "he:addressed in previous": 1.5,
    "he:addressed in next": 1.5,
    "he:addressed in second previous": -1.0,
    "he:addressed in second next": -1.0,
    "he:mentioned in previous": -0.5,
    "he:mentioned in next": -0.5,
    # No tag.
    "never heard": -1.5,
    "rank": 0.6,
    "last named": 0.3,
    "near": 0.8,
    "beside": 2.2,
    "beside subject": 1.8,
    "beside before": 0.8,
    "leads in": 2.0,
    "follows": 3.2,
    "in previous narration": 0.3,
    "first in previous narration": 0.5,
    "last in previous narration": 0.7,
    "next subject": -0.2,
    "in company": 0.5,
    "prominence": 1.8,
    "addressed here": -6.0,
    "mentioned here": -1.5,
    "addressed in previous": 2.5,
    "addressed in next": 2.0,
    "addressed in previous but one": 1.0,
    "addressed in next but one": 1.0,
    "addressed in second previous": -1.5,
    "addressed in second next": -1.5,
    "mentioned in previous": -0.7,
    "mentioned in next": -0.7,
    "narrator beside": 2.0,
    "beside gender agrees": 1.0,
    "beside gender differs": -2.0,
    "beside antecedent": 1.0,
    "first in previous gender agrees": 0.3,
    "first in previous gender differs": -0.3,
    "last in previous gender agrees": 0.4,
    "last in previous gender differs": -0.4,
    # Whom the narration says it is said to.
    "told here": -3.0,
    "told in previous": 2.0,
    "told in next": 1.0,
    "he:told here": -3.0,
    "he:told in previous": 2.0,
    "he:told in next": 1.0,
    "introduced here": 3.0,
    "he:introduced here": 3.0,
    # From the first pass: the words that each uses elsewhere, and how much a candidate takes part
    # in the conversation.
    "sounds like": 1.0,
    "he:sounds like": 1.0,
    "takes part": 2.0,
    "he:takes part": 2.0,
}

# Whether the one who spoke last goes on, or the one before takes the turn, by how far apart the two
# utterances stand; against anybody else's taking it.
TURN_WEIGHTS: dict[str, float] = {
    "same paragraph, goes on": 3.0,
    "same paragraph, answers": 0.5,
    "adjoining, goes on": -3.0,
    "adjoining, goes on after asking": -1.0,
    "adjoining, answers": 2.5,
    "near, goes on": -0.5,
    "near, answers": 1.2,
    "far, goes on": 0.0,
    "far, answers": 0.3,
    "he:same paragraph, goes on": 3.0,
    "he:same paragraph, answers": 0.5,
    "he:adjoining, goes on": -1.5,
    "he:adjoining, goes on after asking": -0.5,
    "he:adjoining, answers": 1.5,
    "he:near, goes on": 0.2,
    "he:near, answers": 0.7,
    "he:far, goes on": 0.2,
    "he:far, answers": 0.3,
    "he:replying, goes on": -1.0,
    "he:replying, answers": 0.5,
    "he:continuing, goes on": 1.0,
    "he:continuing, answers": -0.5,
    "tag:adjoining, goes on": -2.5,
    "tag:adjoining, answers": 1.5,
}

WEIGHTS = Weights(SPEAKER_WEIGHTS, TURN_WEIGHTS)
