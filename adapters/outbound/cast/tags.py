"""Speech tags: the words of narration beside a quotation that say who speaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from adapters.outbound.cast.lexicon.speech import (
    SPEECH_NOUNS,
    SPEECH_VERBS,
    STRONG_SPEECH_VERBS,
    TAG_FILLERS,
)
from adapters.outbound.cast.model import Kind, Reference, Voice
from adapters.outbound.cast.references import References
from adapters.outbound.cast.tokens import Tokens
from domain.naming.word_lists import word_list

_OBJECT_LEADS = word_list("""
to of at with for by on upon from in into about towards toward after against like than told
asked called behind beside before over near between his her their my its
""")
_CONJUNCTIONS = word_list("""
and but that when as while until till then so for because before after if though where which
""")
_ARTICLES = word_list("the a an")
_INVERSION_FILLERS = word_list(
    "poor old little dear young good great big the out on in again then at last once"
)
_POSSESSIVES = {"his": Voice.MALE, "her": Voice.FEMALE, "my": Voice.NARRATOR}
_MAX_SENTENCE = 80  # words
_MAX_TAG = 18  # words from subject to verb: "Tom, who had come in with the lamp, replied"


class Tag(NamedTuple):
    """Who a tag names. strength: 3 sure, 2 likely, 1 perhaps."""

    subject: Reference
    strength: int
    end: int  # word after the last of subject and verb


class TagFinder:
    def __init__(self, tokens: Tokens, references: References) -> None:
        self._tokens = tokens
        self._references = references

    def after(self, first: int, last: int) -> Tag | None:
        """The tag in the words first:last that follow a quotation, in their first sentence."""
        last = self._sentence_end(first, last)
        noun_tag = self._noun_tag(first, last)
        if noun_tag is not None:
            return noun_tag
        subjects = self._references.narrated_between(first, last)
        for verb in self._verbs(first, last):
            tag = (
                self._straight(first, verb, subjects)
                or self._inverted(first, verb, subjects)
                or self._appositive(first, verb, subjects)
            )
            if tag is not None:
                return tag
        return None

    def before(self, first: int, last: int, lead_in: str) -> Tag | None:
        """The tag in the last sentence of the words first:last, ahead of a quotation.

        `lead_in`: the mark that the narration ends in; only a comma, colon or dash leads in.
        """
        if not lead_in or lead_in not in ",:-—–":
            return None
        first = self._sentence_start(first, last)
        subjects = self._references.narrated_between(first, last)
        if not subjects:
            return None
        verbs = [v for v in self._verbs(first, last) if not self._is_aside(v, subjects)]
        if not verbs:
            likely = [s for s in subjects if self.is_subject(s)]
            return Tag(likely[0], 2 if lead_in == ":" else 1, last) if likely else None
        return self._subject_of(verbs[-1], subjects, last)

    def is_subject(self, reference: Reference) -> bool:
        """Whether a reference can be the subject of its clause: no object, no possessor."""
        tokens = self._tokens
        if tokens.possessive[reference.last - 1]:
            return False
        if reference.kind is Kind.PRONOUN:
            return True
        i = reference.first - 1
        if i >= 0 and tokens.lower(i) in _ARTICLES and tokens.gaps[i + 1] == " ":
            i -= 1
        if i >= 0 and tokens.lower(i) in _OBJECT_LEADS and tokens.gaps[i + 1].isspace():
            return False
        following = reference.last
        return not (
            following < len(tokens)
            and tokens.lower(following) == "of"
            and tokens.gaps[following] == " "
        )

    def _verbs(self, first: int, last: int) -> list[int]:
        words, quoted = self._tokens.words, self._tokens.quoted
        return [i for i in range(first, last) if words[i] in SPEECH_VERBS and not quoted[i]]

    def _sentence_end(self, first: int, last: int) -> int:
        opens = self._tokens.opens_sentence
        stop = min(last, first + _MAX_SENTENCE)
        return next((i for i in range(first + 1, stop) if opens[i]), stop)

    def _sentence_start(self, first: int, last: int) -> int:
        opens = self._tokens.opens_sentence
        first = max(first, last - _MAX_SENTENCE)
        for i in range(last - 1, first, -1):
            if opens[i] and self._tokens.gaps[i].strip()[:1] not in {"-", "—", "'", "’", "‘"}:
                return i
        return first

    def _inverted(self, first: int, verb: int, subjects: Sequence[Reference]) -> Tag | None:
        """'said Tom', 'replied the old man', 'was the answer Tom gave'."""
        if verb - first > 2:
            return None
        subject = next((s for s in subjects if s.first > verb), None)
        if subject is None or not self._fills(verb + 1, subject.first):
            return None
        if self._tokens.gaps[verb + 1].strip() or self._tokens.possessive[subject.last - 1]:
            return None
        if (
            subject.kind is Kind.PRONOUN
            and subject.voice is Voice.NARRATOR
            and subject.first > verb + 1
        ):
            return None
        return Tag(subject, self._strength(verb), subject.last)

    def _fills(self, first: int, last: int) -> bool:
        """Whether the words first:last may stand between a verb and its inverted subject."""
        return last - first <= 3 and all(
            (word := self._tokens.lower(i)) in _INVERSION_FILLERS or word.endswith("ly")
            for i in range(first, last)
        )

    def _straight(self, first: int, verb: int, subjects: Sequence[Reference]) -> Tag | None:
        """'Tom said', 'Tom then quietly said'."""
        nearest = self._subject_before(verb, subjects)
        if nearest is None or not self._only_fillers(nearest.last, verb):
            return None
        sure = nearest.first - first <= 1
        return Tag(nearest, self._strength(verb) if sure else 2, verb + 1)

    def _appositive(self, first: int, verb: int, subjects: Sequence[Reference]) -> Tag | None:
        """'Tom, who had come in, replied'."""
        opening = next((s for s in subjects if s.last <= verb and self.is_subject(s)), None)
        if opening is None or opening.first - first > 1 or verb - opening.last > _MAX_TAG:
            return None
        return Tag(opening, max(1, self._strength(verb) - 1), verb + 1)

    def _subject_before(self, verb: int, subjects: Sequence[Reference]) -> Reference | None:
        before = [s for s in subjects if s.last <= verb and self.is_subject(s)]
        return before[-1] if before else None

    def _noun_tag(self, first: int, last: int) -> Tag | None:
        """'was her frigid reply', 'came Tom's answer'."""
        tokens = self._tokens
        if last - first < 3 or tokens.words[first] not in ("was", "came"):
            return None
        noun = next(
            (i for i in range(first + 2, min(last, first + 6)) if tokens.words[i] in SPEECH_NOUNS),
            None,
        )
        if noun is None:
            return None
        voice = _POSSESSIVES.get(tokens.words[first + 1])
        if voice is not None:
            return Tag(Reference(first + 1, first + 2, Kind.PRONOUN, None, voice), 3, noun + 1)
        owner = next(iter(self._references.narrated_between(first + 1, first + 3)), None)
        if owner is None or not tokens.possessive[owner.last - 1]:
            return None
        return Tag(owner, 3, noun + 1)

    def _only_fillers(self, first: int, last: int) -> bool:
        return all(
            (word := self._tokens.lower(i)) in TAG_FILLERS or word.endswith("ly")
            for i in range(first, last)
        )

    def _strength(self, verb: int) -> int:
        return 3 if self._tokens.words[verb] in STRONG_SPEECH_VERBS else 2

    def _subject_of(self, verb: int, subjects: Sequence[Reference], last: int) -> Tag | None:
        before = [s for s in subjects if s.last <= verb and self.is_subject(s)]
        if before:
            nearest = before[-1]
            if self._only_fillers(nearest.last, verb):
                return Tag(nearest, self._strength(verb), last)
            clausal = [s for s in before if self._opens_clause(s)]
            return Tag((clausal or before)[-1 if clausal else 0], 2, last)
        after = [s for s in subjects if s.first > verb]
        if after and self._fills(verb + 1, after[0].first):
            return Tag(after[0], self._strength(verb), last)
        return None

    def _is_aside(self, verb: int, subjects: Sequence[Reference]) -> bool:
        """'at what he said', 'as she spoke': somebody's speech, but not this one."""
        subject = self._subject_before(verb, subjects)
        if subject is None or not self._only_fillers(subject.last, verb) or not subject.first:
            return False
        return self._tokens.lower(subject.first - 1) in ("what", "which", "whom", "as")

    def _opens_clause(self, reference: Reference) -> bool:
        tokens, i = self._tokens, reference.first
        if tokens.opens_sentence[i] or "," in tokens.gaps[i] or i == 0:
            return True
        return tokens.lower(i - 1) in _CONJUNCTIONS
