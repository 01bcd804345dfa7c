"""Messages that lean on what was said before, told from those that stand alone, and made able to be
searched for by themselves: by rule, with no language model."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from domain.cast import Gender
from domain.pointers import gender_of, has_a_gap, is_several, points_at_what_was_said, points_back
from domain.sentences import sentences
from domain.span import Span
from domain.spoken_names import SpokenNames
from domain.wording import content_words
from domain.words import Word, words_of

_DEPTH = 3  # of questions that lean on one another
_LONGEST_ANSWER = 200  # code points of an answer that a message may lean on


def leans(message: str, earlier: Sequence[str], names: Mapping[str, Gender | None]) -> bool:
    """Whether the message cannot be understood without what was said before it."""
    return bool(earlier) and _leans(message, SpokenNames(names))


def standalone_query(
    message: str,
    earlier: Sequence[str],
    names: Mapping[str, Gender | None],
    listener: Collection[str] = (),
) -> str:
    """The message, and after it what its pronouns and gaps lean on.

    `earlier`: what was said before, oldest first, the reader's own questions at even places.
    `names`: all that the characters are called; `listener`: those of the character whom the reader
    talks with, who is no "he" or "she". "What did she do?" gains the woman spoken of; a message
    with no word of its own ("And then?") gains the question before it, and what that leans on. One
    that stands alone comes back as it is.
    """
    others = SpokenNames({n: gender for n, gender in names.items() if n not in set(listener)})
    return "\n".join([message, *dict.fromkeys(_additions(message, earlier, others, _DEPTH))])


def _leans(message: str, names: SpokenNames) -> bool:
    words = words_of(message)
    return (
        any(_unknown_persons(words, names))
        or is_several(words)
        or points_back(words)
        or has_a_gap(words)
    )


def _additions(
    message: str, earlier: Sequence[str], names: SpokenNames, depth: int
) -> Iterator[str]:
    if not earlier or depth == 0:
        return
    words = words_of(message)
    found = [_spoken_of(gender, earlier, names) for gender in _unknown_persons(words, names)]
    if is_several(words):
        found += _several(earlier, names) or [None]
    yield from (name for name in found if name)
    if None in found or points_back(words) or has_a_gap(words):
        yield from _last_question(earlier, names, depth)
    if points_at_what_was_said(words) or (has_a_gap(words) and not content_words(message)):
        yield from _last_answer(earlier)


def _unknown_persons(words: Sequence[Word], names: SpokenNames) -> Iterator[Gender]:
    """The genders of the pronouns that stand for nobody whom the message itself names before."""
    told: set[Gender] = set()
    for place, word in enumerate(words):
        gender = gender_of(word)
        if gender is None or gender in told:
            continue
        told.add(gender)
        if not names.has_one(words, place, gender):
            yield gender


def _spoken_of(gender: Gender, earlier: Sequence[str], names: SpokenNames) -> str | None:
    """Of the exchanges, the latest first: whom the reader asked about, else whom the answer is
    about. Where the question has the same pronoun, it goes on about somebody from before."""
    spare: str | None = None
    for genders in ({gender}, {gender, None}):
        for question, answer in _exchanges(earlier):
            if asked := names.first(question, genders):
                return asked
            answered = names.first(answer, genders)
            if any(gender_of(word) == gender for word in words_of(question)):
                spare = spare or answered
            elif answered:
                return answered
    return spare


def _several(earlier: Sequence[str], names: SpokenNames) -> list[str | None]:
    question, answer = next(_exchanges(earlier))
    asked, answered = names.all(question), names.all(answer)
    return [*(asked if len(asked) > 1 else answered)]


def _last_question(earlier: Sequence[str], names: SpokenNames, depth: int) -> Iterator[str]:
    place = _last_question_place(earlier)
    yield earlier[place]
    yield from _additions(earlier[place], earlier[:place], names, depth - 1)


def _last_answer(earlier: Sequence[str]) -> Iterator[str]:
    """What of it tells something first."""
    _, answer = next(_exchanges(earlier))
    for sentence in sentences(answer, Span(0, len(answer))):
        if content_words(sentence.of(answer)):
            yield sentence.of(answer)[:_LONGEST_ANSWER]
            return


def _exchanges(earlier: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each question with its answer, the latest first."""
    for place in range(_last_question_place(earlier), -1, -2):
        yield earlier[place], earlier[place + 1] if place + 1 < len(earlier) else ""


def _last_question_place(earlier: Sequence[str]) -> int:
    return (len(earlier) - 1) // 2 * 2
