"""BookNLP's rows made into the domain's cast."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from adapters.outbound.booknlp.files import PERSON, Entity, Output
from adapters.outbound.booknlp.repair import NARRATOR, in_one_piece, is_named
from adapters.outbound.booknlp.speech import Line, lines_of, quoted_tokens
from domain.cast import Alias, Cast, Character, Gender, Mention, MentionKind, Quote
from domain.frontier import WHOLE_BOOK
from domain.ids import CharacterId, QuoteId
from domain.naming.aliases import aliases_of, as_shown
from domain.naming.name_key import name_key
from domain.naming.titles import title_gender

NARRATOR_NAME = "The narrator"
NO_NAMES = "No names of people were found in this text."
NO_SPEECH = "No direct speech was found in this text."
_FIRST_PERSON = frozenset({"i", "me", "my", "myself"})
_TELLS = 1 / 500  # of the words that are "I": more than an author's aside
_KINDS = {"PROP": MentionKind.NAME, "NOM": MentionKind.NOMINAL, "PRON": MentionKind.PRONOUN}
_GENDERS = {"he/him/his": Gender.MALE, "she/her": Gender.FEMALE}
_PRONOUNS = {
    **dict.fromkeys(("he", "him", "his", "himself"), Gender.MALE),
    **dict.fromkeys(("she", "her", "hers", "herself"), Gender.FEMALE),
}
_SURE_OF_GENDER = 0.6  # the least share of the pronouns
_CONVERSING = 3  # paragraphs between question and answer at most


def cast_of(output: Output, text: str) -> Cast:
    """Shown are those with a proper name, and the narrator; a quotation of anyone else has no
    speaker. Only proper names are aliases: "his wife" may be anyone's."""
    output = in_one_piece(output, text)
    lines = lines_of(output, text)
    narrator = _narrator(output, text)
    mentions = _mentions(output, text, narrator)
    said = Counter(line.speaker for line in lines if line.speaker in mentions)
    order = sorted(mentions, key=lambda c: (-said[c], -len(mentions[c]), mentions[c][0].span))
    characters = tuple(
        _character(output, text, coref, mentions[coref], said[coref], coref == narrator)
        for coref in order
    )
    return Cast(
        characters=characters,
        quotes=tuple(_quotes(lines, frozenset(mentions))),
        mentions=tuple(sorted((m for of in mentions.values() for m in of), key=lambda m: m.span)),
        warnings=tuple(
            warning
            for warning, holds in ((NO_NAMES, not characters), (NO_SPEECH, not lines))
            if holds
        ),
    )


def _id(coref: int) -> CharacterId:
    return CharacterId(f"b{coref}")


def _people(output: Output) -> Iterator[Entity]:
    return (entity for entity in output.entities if entity.category == PERSON)


def _narrator(output: Output, text: str) -> int | None:
    """The id 0, if it is one who tells: without a narrator anyone may have that id."""
    quoted = quoted_tokens(output)
    told = sum(
        entity.coref == NARRATOR
        and entity.first not in quoted
        and output.span(entity.first, entity.last).of(text).lower() in _FIRST_PERSON
        for entity in _people(output)
    )
    return NARRATOR if told > _TELLS * (len(output.tokens) - len(quoted)) else None


def _mentions(output: Output, text: str, narrator: int | None) -> dict[int, list[Mention]]:
    named = {entity.coref for entity in _people(output) if is_named(output, entity, text)}
    found: dict[int, list[Mention]] = defaultdict(list)
    for entity in _people(output):
        if entity.coref in named or entity.coref == narrator:
            span = output.span(entity.first, entity.last)
            kind = _KINDS[entity.kind]
            alias = as_shown(span.of(text)) if kind is MentionKind.NAME else ""
            found[entity.coref].append(Mention(span, _id(entity.coref), kind, alias))
    for mentions in found.values():
        mentions.sort(key=lambda m: m.span)
    return found


def _character(
    output: Output,
    text: str,
    coref: int,
    mentions: Sequence[Mention],
    quotes: int,
    is_narrator: bool,
) -> Character:
    first = mentions[0].span
    named = [mention.span for mention in mentions if mention.alias]
    aliases = aliases_of((span.of(text), span.end) for span in named)
    if not aliases:  # only the narrator is shown without a name
        aliases = [Alias(NARRATOR_NAME, first.end)]
    gender = _gender(output, coref)
    return Character(
        id=_id(coref),
        name=aliases[0].text,
        aliases=tuple(aliases),
        first_mention=first,
        gender=gender,
        gender_known_from=0 if gender is None else _told_from(gender, mentions, text),
        mention_count=len(mentions),
        quote_count=quotes,
        is_narrator=is_narrator,
    )


def _gender(output: Output, coref: int) -> Gender | None:
    person = output.persons.get(coref)
    if person is None or person.gender is None or person.gender_share < _SURE_OF_GENDER:
        return None
    return _GENDERS.get(person.gender)


def _told_from(gender: Gender, mentions: Sequence[Mention], text: str) -> int:
    """The offset at which a title, or the pronouns so far, tell the gender; the end of the book
    where nothing does before."""
    votes: Counter[Gender] = Counter()
    for mention in mentions:
        if mention.kind is MentionKind.PRONOUN:
            voted = _PRONOUNS.get(mention.span.of(text).lower())
            votes.update([] if voted is None else [voted])
            if votes[gender] > _SURE_OF_GENDER * votes.total():
                return mention.span.end
        elif (key := name_key(mention.alias)) and title_gender(key.titles) is gender:
            return mention.span.end
    return WHOLE_BOOK.offset


def _quotes(lines: Sequence[Line], shown: frozenset[int]) -> Iterator[Quote]:
    addressees = _addressees(lines)
    for number, line in enumerate(lines):
        speaker = line.speaker if line.speaker in shown else None
        addressee, told_from = addressees.get(line.utterance, (None, 0))
        yield Quote(
            id=QuoteId(f"q{number}"),
            span=line.span,
            utterance=line.utterance,
            speaker_id=None if speaker is None else _id(speaker),
            confidence=0.0 if speaker is None else line.confidence,
            attribution=line.attribution,
            addressee_ids=() if addressee not in shown else (_id(addressee),),
            known_from=line.known_from,
            addressees_known_from=told_from if addressee in shown else 0,
        )


def _addressees(lines: Sequence[Line]) -> Mapping[int, tuple[int | None, int]]:
    """By utterance the one who spoke just before or, where that is nobody else, just after; and
    from which offset on that is told."""
    turns = list({line.utterance: line for line in lines}.values())
    found: dict[int, tuple[int | None, int]] = {}
    for number, turn in enumerate(turns):
        for other in (*turns[max(0, number - 1) : number], *turns[number + 1 : number + 2]):
            apart = abs(other.paragraph - turn.paragraph)
            if apart <= _CONVERSING and other.speaker not in (None, turn.speaker):
                found[turn.utterance] = other.speaker, other.known_from
                break
    return found
