"""Words of a message that point at what was said before it."""

from __future__ import annotations

from collections.abc import Sequence

from domain.cast import Gender
from domain.naming.word_lists import word_list
from domain.wording import content_words
from domain.words import Word

_HE = word_list("he him his himself he'd he'll")
_SHE = word_list("she her hers herself she'd she'll")
_THEY = word_list("they them their theirs themselves they're they've they'd they'll")
_GENDERS = dict.fromkeys(_HE, Gender.MALE) | dict.fromkeys(_SHE, Gender.FEMALE)

_BE = word_list("is are was were be been isn't aren't wasn't weren't")
_AUXILIARIES = _BE | word_list("""
do does did has have had will would can could may might must shall should mean means happen
happened matter
""")
# "that" after one of these, or before an auxiliary, points back; elsewhere it joins clauses.
_BEFORE_A_POINTER = _AUXILIARIES | word_list("""
after of with like by in on at than from before since about for to why what how where when who and
but or then done
""")
# Where "it" stands for nothing: "Is it true that ...".
_DUMMY = word_list("true possible likely raining snowing late early time worth clear")
_BEFORE_ONE = word_list("the that this which other last first next")
_OPENERS = word_list("and but so or then also well ok okay")
_GAPS = word_list("""
else another other others same again instead more either neither too former latter otherwise
""")
_GREETINGS = frozenset({("who", "are", "you"), ("how", "are", "you"), ("what", "are", "you")})
_FEW = 3  # words that carry meaning: with so few, a gap is one
_ENOUGH = 4  # before an "it", for what it stands for to be among them


def gender_of(word: Word) -> Gender | None:
    """Of whom a pronoun stands for."""
    return _GENDERS.get(word.said)


def is_several(words: Sequence[Word]) -> bool:
    return any(word.said in _THEY for word in words)


def points_back(words: Sequence[Word]) -> bool:
    """By "it", "there", "that", "those", "the other one"."""
    said = [word.said for word in words]
    return points_at_what_was_said(words) or any(
        _is_thing(said, place) or _is_place(said, place) for place in range(len(said))
    )


def points_at_what_was_said(words: Sequence[Word]) -> bool:
    """By "that" or "this", which may be all of an answer."""
    said = [word.said for word in words]
    return any(_is_pointer(said, place) for place in range(len(said)))


def has_a_gap(words: Sequence[Word]) -> bool:
    """Whether the message is a piece of a sentence: "Why?", "And Percy?", "What else?"."""
    said = tuple(word.said for word in words)
    substance = len(content_words(" ".join(said)))
    if substance == 0:
        return bool(said) and said not in _GREETINGS
    opens = said[0] in _OPENERS or said[:2] in (("what", "about"), ("how", "about"))
    return substance <= _FEW and (opens or not _GAPS.isdisjoint(said))


def _is_pointer(said: Sequence[str], place: int) -> bool:
    if said[place] not in ("that", "this"):
        return False
    before, after = said[:place][-1:], said[place + 1 :][:1]
    return not (before and after) or before[0] in _BEFORE_A_POINTER or after[0] in _AUXILIARIES


def _is_thing(said: Sequence[str], place: int) -> bool:
    word, before, after = said[place], said[:place], said[place + 1 :]
    if word in ("one", "ones"):
        return bool(before) and before[-1] in _BEFORE_ONE
    if word in ("these", "those"):
        return after[:1] not in (["who"], ["that"], ["which"])
    if word in ("it", "its", "itself", "it'd", "it'll"):
        known = len(content_words(" ".join(before))) >= _ENOUGH
        return not known and _DUMMY.isdisjoint(after[:2])
    return False


def _is_place(said: Sequence[str], place: int) -> bool:
    """ "Is there a letter?" points nowhere."""
    before, after = said[:place][-1:], said[place + 1 :][:1]
    if said[place] in ("there", "here", "then") and not after:
        return True
    if said[place] not in ("there", "here"):
        return False
    return bool(before) and before[0] not in _AUXILIARIES and after[0] not in _BE
