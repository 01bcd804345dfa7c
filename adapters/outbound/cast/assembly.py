"""People, references and speaker probabilities made into the domain's cast."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from adapters.outbound.cast.confidence import BETTER_UNKNOWN, confidence_of
from adapters.outbound.cast.guises import Disclosure
from adapters.outbound.cast.model import Kind, Person, Reference, Voice
from adapters.outbound.cast.quotations import Quotation
from adapters.outbound.cast.references import References
from adapters.outbound.cast.tokens import Tokens
from adapters.outbound.cast.utterances import Utterance
from domain.cast import (
    Alias,
    AttributionKind,
    Cast,
    Character,
    Mention,
    MentionKind,
    Merge,
    Quote,
)
from domain.ids import CharacterId, QuoteId
from domain.naming.aliases import aliases_of, as_shown
from domain.naming.given_names import is_given_name
from domain.naming.name_key import name_key
from domain.span import Span

NARRATOR_NAME = "The narrator"
_SLIP = 0.05  # of the mentions, in narration or what was taken for it
_FULL_NAME_SHARE = 0.08  # of the mentions that a full name needs to be shown


class Reading(NamedTuple):
    """All that the stages found in a text."""

    text: str
    tokens: Tokens
    quotations: Sequence[Quotation]
    people: Sequence[Person]
    references: References
    utterances: Sequence[Utterance]
    speakers: Sequence[Mapping[int, float]]
    kinds: Sequence[str]  # of the utterances: how their speakers are told
    genders_told_from: Mapping[int, int]  # offsets, by person
    disclosures: Sequence[Disclosure] = ()


def assemble(reading: Reading) -> Cast:
    mentions = _mentions(reading)
    speaker_of = [
        _likeliest(probabilities, kind)
        for probabilities, kind in zip(reading.speakers, reading.kinds, strict=True)
    ]
    quotes_by = Counter(
        person
        for turn, (person, _) in zip(reading.utterances, speaker_of, strict=True)
        for _ in range(turn.first, turn.last)
        if person is not None
    )
    present = {
        p for p in mentions if mentions[p] and not _is_mere_address(reading, p, mentions[p])
    } | set(quotes_by)
    order = sorted(
        present,
        key=lambda p: (
            -quotes_by[p],
            -len(mentions[p]),
            mentions[p][0].first if mentions[p] else 0,
        ),
    )
    ids = {person: CharacterId(f"c{number}") for number, person in enumerate(order)}
    characters = tuple(
        _character(reading, reading.people[p], ids[p], mentions[p], quotes_by[p]) for p in order
    )
    return Cast(
        characters=characters,
        quotes=_quotes(reading, speaker_of, ids),
        mentions=tuple(_domain_mentions(reading, mentions, ids)),
        merges=tuple(
            Merge(ids[told.guise], ids[told.person], told.known_from)
            for told in reading.disclosures
            if told.guise in ids and told.person in ids
        ),
    )


def _mentions(reading: Reading) -> dict[int, list[Reference]]:
    """The references that mean each person: names, role nouns, and the narrator's "I"."""
    narrator = next((p.id for p in reading.people if p.is_narrator), None)
    found: dict[int, list[Reference]] = defaultdict(list)
    quoted = reading.tokens.quoted
    for reference in reading.references.all:
        if reference.person is not None:
            found[reference.person].append(reference)
        elif (
            narrator is not None
            and reference.voice is Voice.NARRATOR
            and not quoted[reference.first]
        ):
            found[narrator].append(reference)
    return found


def _is_mere_address(reading: Reading, person: int, mentions: Sequence[Reference]) -> bool:
    """Whether a word like "Mamma" is only what people in the book call somebody.

    Of a given name or a title with a name that is as good as a person, talked about or not.
    """
    quoted = reading.tokens.quoted
    narrated = sum(not quoted[r.first] for r in mentions)
    return narrated <= _SLIP * len(mentions) and not any(
        key.titles or key.is_full or is_given_name(key.words[0])
        for key in reading.people[person].keys
    )


def _likeliest(probabilities: Mapping[int, float], kind: str) -> tuple[int | None, float]:
    """The speaker with the confidence in him; nobody where he is better left unknown."""
    if not probabilities:
        return None, 0.0
    best = max(probabilities, key=lambda person: (probabilities[person], -person))
    confidence = confidence_of(probabilities[best], kind)
    return (best, confidence) if confidence >= BETTER_UNKNOWN else (None, 0.0)


def _character(
    reading: Reading, person: Person, id_: CharacterId, mentions: Sequence[Reference], quotes: int
) -> Character:
    called = {_surface(reading, r) for r in mentions if r.kind is Kind.NAME}
    named = [r for r in mentions if r.kind is not Kind.PRONOUN]
    spans = [_span(reading.tokens, reference) for reference in named]
    aliases = aliases_of(
        ((span.of(reading.text), span.end) for span in spans),
        tied_from=lambda name: _tied_from(name, person),
    )
    first = min(_span(reading.tokens, r) for r in mentions)
    if not aliases:
        aliases = [Alias(NARRATOR_NAME, first.end)]
    return Character(
        id=id_,
        name=_shown_name([a for a in aliases if a.text in called] or aliases, person),
        aliases=tuple(aliases),
        first_mention=first,
        gender=person.gender,
        mention_count=len(mentions),
        quote_count=quotes,
        is_narrator=person.is_narrator,
        gender_known_from=reading.genders_told_from.get(person.id, 0),
        narrator_known_from=person.narrator_known_from if person.is_narrator else 0,
    )


def _tied_from(name: str, person: Person) -> int:
    """Where the text tells that the name is theirs; 0 where it is so from the start."""
    key = name_key(name)
    return next((guise.known_from for guise in person.guises if key in guise.keys), 0)


def _shown_name(aliases: Sequence[Alias], person: Person) -> str:
    """The full name if the text uses it now and then, else the commonest."""
    total = sum(a.count for a in aliases)
    full = {" ".join(k.words) for k in person.keys if k.is_full and not k.titles}
    for alias in aliases:
        if alias.text in full and alias.count >= max(2, _FULL_NAME_SHARE * total):
            return alias.text
    return aliases[0].text


def _surface(reading: Reading, reference: Reference) -> str:
    return as_shown(_span(reading.tokens, reference).of(reading.text))


def _span(tokens: Tokens, reference: Reference) -> Span:
    return Span(tokens.starts[reference.first], tokens.ends[reference.last - 1])


def _quotes(
    reading: Reading,
    speaker_of: Sequence[tuple[int | None, float]],
    ids: Mapping[int, CharacterId],
) -> tuple[Quote, ...]:
    quotes = []
    for number, turn in enumerate(reading.utterances):
        person, confidence = speaker_of[number]
        beside = _addressee(reading, speaker_of, number)
        spoken_to = None if beside is None else speaker_of[beside][0]
        addressees = (ids[spoken_to],) if spoken_to is not None and spoken_to in ids else ()
        tag_end = _tag_end(reading, turn)
        answered = _told_from(reading, _answer(reading, number)) if turn.tag is None else 0
        for index in range(turn.first, turn.last):
            quotation = reading.quotations[index]
            quotes.append(
                Quote(
                    id=QuoteId(f"q{index}"),
                    span=quotation.span,
                    utterance=number,
                    speaker_id=None if person is None else ids[person],
                    confidence=confidence,
                    attribution=_kind(turn),
                    addressee_ids=addressees,
                    known_from=max(quotation.end, tag_end, answered),
                    addressees_known_from=_told_from(reading, beside) if addressees else 0,
                )
            )
    return tuple(quotes)


def _addressee(
    reading: Reading, speaker_of: Sequence[tuple[int | None, float]], number: int
) -> int | None:
    """The turn of the one who spoke just before or, where that is nobody else, just after."""
    turn, speaker = reading.utterances[number], speaker_of[number][0]
    for other in (number - 1, number + 1):
        if 0 <= other < len(reading.utterances):
            neighbour = reading.utterances[other]
            apart = abs(neighbour.first_paragraph - turn.first_paragraph)
            person = speaker_of[other][0]
            if apart <= _CONVERSING and person is not None and person != speaker:
                return other
    return None


def _answer(reading: Reading, number: int) -> int | None:
    """The next turn of the conversation, by which an untagged one may be known."""
    following = reading.utterances[number + 1 : number + 2]
    turn = reading.utterances[number]
    near = (u.first_paragraph - turn.last_paragraph <= _CONVERSING for u in following)
    return number + 1 if any(near) else None


def _told_from(reading: Reading, number: int | None) -> int:
    """Where the first words of a turn have told who speaks."""
    if number is None:
        return 0
    turn = reading.utterances[number]
    return max(reading.quotations[turn.first].end, _tag_end(reading, turn))


def _tag_end(reading: Reading, turn: Utterance) -> int:
    return reading.tokens.ends[turn.tag.end - 1] if turn.tag else 0


def _kind(turn: Utterance) -> AttributionKind:
    if turn.tag is None:
        return AttributionKind.IMPLICIT
    if turn.tag.subject.kind is Kind.NAME:
        return AttributionKind.EXPLICIT
    return AttributionKind.ANAPHORIC


def _domain_mentions(
    reading: Reading, mentions: Mapping[int, Sequence[Reference]], ids: Mapping[int, CharacterId]
) -> list[Mention]:
    kinds = {
        Kind.NAME: MentionKind.NAME,
        Kind.NOMINAL: MentionKind.NOMINAL,
        Kind.PRONOUN: MentionKind.PRONOUN,
    }
    found = [
        Mention(
            _span(reading.tokens, r),
            ids[person],
            kinds[r.kind],
            "" if r.kind is Kind.PRONOUN else _surface(reading, r),
        )
        for person, references in mentions.items()
        if person in ids
        for r in references
    ]
    return sorted(found, key=lambda m: m.span)


_CONVERSING = 3  # paragraphs between question and answer at most
