"""What each utterance tells of who may be speaking it, before any speaker is decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from adapters.outbound.cast.addressees import find_address
from adapters.outbound.cast.antecedents import Antecedents, Sighting
from adapters.outbound.cast.evidence import is_vocative
from adapters.outbound.cast.lexicon.address import ANSWERING_VERBS, CONTINUING_VERBS
from adapters.outbound.cast.model import Kind, Person, Reference, Voice
from adapters.outbound.cast.references import References
from adapters.outbound.cast.tags import TagFinder
from adapters.outbound.cast.tokens import Tokens
from adapters.outbound.cast.utterances import Utterance
from domain.cast import Gender
from domain.span import Span

MAX_DISTANCE = 40  # paragraphs back that a name is still in mind
MAX_RECENT = 12  # people
_MAX_SIGHTINGS = 300  # names and pronouns looked back over
_AROUND = 12  # paragraphs either side
_AROUND_WORDS = 3000  # at most: for texts of few paragraphs
_BESIDE = 150  # words of its paragraph, either side of the speech


@dataclass(slots=True)
class Recent:
    """Somebody named in the narration before an utterance."""

    person: int
    rank: int  # 0: the last one named
    paragraphs: int  # how far back


@dataclass(slots=True)
class Clues:
    """What the text around one utterance says. People are ids."""

    tagged: int | None = None  # the one a tag names
    tag_strength: int = 0
    tag_voice: Voice | None = None  # of a tag by pronoun or role
    tag_head: str = ""  # its role noun, alone
    tag_turn: str = ""  # "replying" or "continuing", by its verb
    tag_phrase: str = ""  # and with its adjectives: "old man"
    recent: list[Recent] = field(default_factory=list)
    antecedents: dict[Gender, int] = field(default_factory=dict)
    beside: list[int] = field(default_factory=list)  # named in the narration of its paragraph
    beside_before: set[int] = field(default_factory=set)
    beside_subject: int | None = None
    beside_voice: Voice | None = None  # the first subject there, if a pronoun
    lead_subject: int | None = None  # last subject in the narration just before the speech
    lead_voice: Voice | None = None  # the same, if a pronoun
    following_subject: int | None = None  # first word after the speech
    following_voice: Voice | None = None
    previous_subjects: tuple[int, ...] = ()  # of a paragraph of narration just before
    previous_voices: tuple[Voice, ...] = ()
    next_subject: int | None = None
    addressed: frozenset[int] = frozenset()
    told: int | None = None  # the one whom the tag says it is said to
    addressee: Gender | None = None  # as "sir" or "said to her" tells
    introduced: frozenset[int] = frozenset()  # "My name is Tom"
    around: dict[int, int] = field(default_factory=dict)  # times named near, before and after
    mentioned: frozenset[int] = frozenset()
    narrator_beside: bool = False
    words: Sequence[str] = ()  # what is said, in small letters
    unmet: frozenset[int] = frozenset()  # people named near by, and for the first time after it

    @property
    def voice_beside(self) -> Voice | None:
        """The pronoun nearest the speech, among the subjects of its paragraph."""
        return self.following_voice or self.lead_voice or self.beside_voice


class Scene:
    """The references of a text with the lookups that clues are made from."""

    def __init__(
        self,
        paragraphs: Sequence[Span],
        tokens: Tokens,
        references: References,
        finder: TagFinder,
        people: Sequence[Person],
    ) -> None:
        self._paragraphs = paragraphs
        self._tokens = tokens
        self._references = references
        self._finder = finder
        self._people = people
        self._narrator = next((p.id for p in people if p.is_narrator), None)
        self._sightings = list(self._see())
        self._first_named: dict[int, int] = {}
        for reference in references.all:
            person = self._person(reference)
            if person is not None:
                self._first_named.setdefault(person, reference.first)

    def clues(
        self, utterances: Sequence[Utterance], vocatives: Sequence[frozenset[int]]
    ) -> list[Clues]:
        spoken = {p for u in utterances for p in range(u.first_paragraph, u.last_paragraph + 1)}
        result = []
        trackers = Antecedents(self._people)
        seen = first = last = 0
        around: dict[int, int] = {}
        for turn, addressed in zip(utterances, vocatives, strict=True):
            clues = Clues(addressed=addressed)
            pivot = self._pivot(turn)
            while seen < len(self._sightings) and self._sightings[seen].first < pivot:
                trackers.see(self._sightings[seen])
                seen += 1
            clues.antecedents = dict(trackers.current)
            clues.recent = list(self._recent(seen, turn.first_paragraph))
            self._read_tag(turn, clues)
            self._read_paragraph(turn, clues)
            self._read_neighbours(turn, clues, spoken)
            clues.mentioned = self._mentioned(turn) - addressed
            clues.words = self._words_of(turn)
            self._read_address(turn, clues)
            start, end = self._tokens.index_at(turn.start), self._tokens.index_at(turn.end)
            while last < len(self._sightings) and (
                self._sightings[last].paragraph <= turn.last_paragraph + _AROUND
                and self._sightings[last].first <= end + _AROUND_WORDS
            ):
                self._count(around, last, 1)
                last += 1
            while first < last and (
                self._sightings[first].paragraph < turn.first_paragraph - _AROUND
                or self._sightings[first].first < start - _AROUND_WORDS
            ):
                self._count(around, first, -1)
                first += 1
            clues.around = dict(around)
            clues.unmet = frozenset(p for p in around if self._first_named[p] >= end)
            result.append(clues)
        return result

    def _count(self, around: dict[int, int], sighting: int, times: int) -> None:
        person = self._sightings[sighting].person
        if person is not None:
            around[person] = around.get(person, 0) + times
            if not around[person]:
                del around[person]

    def _read_address(self, turn: Utterance, clues: Clues) -> None:
        address = find_address(turn, clues.words, self._tokens, self._references)
        clues.addressee, clues.introduced = address.gender, address.introduced
        if address.told is not None:
            clues.told = self._person(address.told)

    def _pivot(self, turn: Utterance) -> int:
        """The word before which names count as said before the utterance."""
        if turn.tag is not None and turn.tag.subject.kind is not Kind.NAME:
            return turn.tag.subject.first
        return self._tokens.index_at(turn.start)

    def _see(self) -> Iterator[Sighting]:
        for reference in self._references.narrated:
            paragraph = self._tokens.paragraph[reference.first]
            person = self._person(reference)
            subject = self._finder.is_subject(reference)
            if person is not None or reference.kind is Kind.PRONOUN:
                yield Sighting(reference.first, person, reference.voice, paragraph, subject)

    def _person(self, reference: Reference) -> int | None:
        if reference.kind is Kind.PRONOUN and reference.voice is Voice.NARRATOR:
            return self._narrator
        return reference.person

    def _recent(self, seen: int, paragraph: int) -> Iterator[Recent]:
        found: set[int] = set()
        for i in range(seen - 1, max(-1, seen - 1 - _MAX_SIGHTINGS), -1):
            sighting = self._sightings[i]
            distance = paragraph - sighting.paragraph
            if distance > MAX_DISTANCE or len(found) == MAX_RECENT:
                return
            if sighting.person is not None and sighting.person not in found:
                yield Recent(sighting.person, len(found), distance)
                found.add(sighting.person)

    def _read_tag(self, turn: Utterance, clues: Clues) -> None:
        if turn.tag is None:
            return
        subject = turn.tag.subject
        clues.tag_strength = turn.tag.strength
        near = range(max(0, subject.first - 3), min(len(self._tokens), subject.last + 4))
        verbs = {self._tokens.words[i] for i in near if not self._tokens.quoted[i]}
        if not ANSWERING_VERBS.isdisjoint(verbs):
            clues.tag_turn = "replying"
        elif not CONTINUING_VERBS.isdisjoint(verbs):
            clues.tag_turn = "continuing"
        clues.tagged = self._person(subject)
        if clues.tagged is None:
            clues.tag_voice = subject.voice
            clues.tag_head, clues.tag_phrase = subject.head, subject.phrase

    def _read_paragraph(self, turn: Utterance, clues: Clues) -> None:
        first, last = self._words(turn.first_paragraph, turn.last_paragraph)
        start, end = self._tokens.index_at(turn.start), self._tokens.index_at(turn.end)
        first, last = max(first, start - _BESIDE), min(last, end + _BESIDE)
        subject_known = False
        for reference in self._references.narrated_between(first, last):
            person = self._person(reference)
            voice = None if person is not None else reference.voice
            subject = reference.kind is not Kind.NOMINAL and self._finder.is_subject(reference)
            if reference.voice is Voice.NARRATOR:
                clues.narrator_beside = True
            if person is not None:
                clues.beside.append(person)
                if reference.first < start:
                    clues.beside_before.add(person)
            if subject and not subject_known:
                subject_known = True
                clues.beside_subject, clues.beside_voice = person, voice
            if subject and reference.first < start and self._opens_clause(reference.first):
                clues.lead_subject, clues.lead_voice = person, voice
            if subject and reference.first == end < last:
                clues.following_subject, clues.following_voice = person, voice

    def _opens_clause(self, word: int) -> bool:
        tokens = self._tokens
        return (
            bool(tokens.opens_sentence[word])
            or "," in tokens.gaps[word]
            or (word > 0 and tokens.words[word - 1] in ("and", "but", "as", "then", "The", "the"))
        )

    def _read_neighbours(self, turn: Utterance, clues: Clues, spoken: set[int]) -> None:
        before, after = turn.first_paragraph - 1, turn.last_paragraph + 1
        if before >= 0 and before not in spoken and turn.place_in_paragraph == 0:
            subjects = self._subjects(before)
            clues.previous_subjects = tuple(p for p, _ in subjects if p is not None)
            clues.previous_voices = tuple(self._voice(p, v) for p, v in subjects)
        if after < len(self._paragraphs) and after not in spoken:
            clues.next_subject = next((p for p, _ in self._subjects(after) if p is not None), None)

    def _subjects(self, paragraph: int) -> list[tuple[int | None, Voice]]:
        first, last = self._words(paragraph, paragraph)
        return [
            (self._person(r), r.voice)
            for r in self._references.narrated_between(first, last)
            if r.kind is not Kind.NOMINAL and self._finder.is_subject(r)
        ]

    def _voice(self, person: int | None, voice: Voice) -> Voice:
        if person is None:
            return voice
        gender = self._people[person].gender
        return Voice.ANYONE if gender is None else Voice(gender.value)

    def _mentioned(self, turn: Utterance) -> frozenset[int]:
        first, last = self._tokens.index_at(turn.start), self._tokens.index_at(turn.end)
        return frozenset(
            r.person
            for r in self._references.between(first, last)
            if r.person is not None and self._tokens.quoted[r.first]
        )

    def _words_of(self, turn: Utterance) -> list[str]:
        tokens = self._tokens
        said = range(tokens.index_at(turn.start), tokens.index_at(turn.end))
        return [tokens.lower(i) for i in said if tokens.quoted[i]]

    def _words(self, first_paragraph: int, last_paragraph: int) -> tuple[int, int]:
        return (
            self._tokens.index_at(self._paragraphs[first_paragraph].start),
            self._tokens.index_at(self._paragraphs[last_paragraph].end),
        )


def vocatives_of(
    utterances: Sequence[Utterance], tokens: Tokens, references: References
) -> list[frozenset[int]]:
    """For each utterance, the people it addresses by name."""
    return [
        frozenset(
            r.person
            for r in references.between(tokens.index_at(u.start), tokens.index_at(u.end))
            if r.person is not None
            and tokens.quoted[r.first]
            and is_vocative(tokens, r.first, r.last)
        )
        for u in utterances
    ]


def narrated_mentions(references: References) -> Counter[int]:
    return Counter(r.person for r in references.narrated if r.person is not None)
