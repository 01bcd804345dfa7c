"""Words by which one speaks to another without his name, with the gender they tell."""

from __future__ import annotations

from domain.cast import Gender
from domain.naming.word_lists import word_list

_MALE = "sir sirrah mister monsieur signor senor papa dad daddy grandpa"
_FEMALE = "madam ma'am ma’am madame miss missus mademoiselle mamma mama mum mummy granny"
# Only with "my", "old", "dear" before them: "my boy", "old fellow".
_MALE_WITH_EPITHET = "boy man fellow chap lad son lord friend-of-mine brother father uncle"
_FEMALE_WITH_EPITHET = "girl lady lass daughter child-of-mine mother sister aunt woman"

TERMS_WITH_EPITHET = word_list(f"{_MALE_WITH_EPITHET} {_FEMALE_WITH_EPITHET}")
TERMS_OF_ADDRESS = dict.fromkeys(word_list(f"{_MALE} {_MALE_WITH_EPITHET}"), Gender.MALE) | (
    dict.fromkeys(word_list(f"{_FEMALE} {_FEMALE_WITH_EPITHET}"), Gender.FEMALE)
)
ADDRESS_EPITHETS = word_list("my old dear young good little poor")
VERBS_TO_SOMEBODY = word_list("asked told answered assured reminded informed begged warned advised")
# What a tag tells of the turn: that it is taken up, or kept.
ANSWERING_VERBS = word_list(
    "answered replied returned rejoined retorted responded answer reply retort"
)
CONTINUING_VERBS = word_list(
    "continued added resumed repeated concluded pursued proceeded went persisted"
)
