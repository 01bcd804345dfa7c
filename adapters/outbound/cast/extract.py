"""The whole extraction, stage by stage: text in, cast out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from adapters.outbound.cast.apartness import Apartness, measure_apartness
from adapters.outbound.cast.assembly import Reading, assemble
from adapters.outbound.cast.attribution import attribute
from adapters.outbound.cast.conversation import Clues, Scene, narrated_mentions, vocatives_of
from adapters.outbound.cast.evidence import gather_evidence, people
from adapters.outbound.cast.features import UNTAGGED, kind_of
from adapters.outbound.cast.forms_of_address import forms_of_address
from adapters.outbound.cast.genders import count_pronouns, gender_told_from
from adapters.outbound.cast.guises import part_guises
from adapters.outbound.cast.model import Person
from adapters.outbound.cast.names import NameMention, find_names, word_use
from adapters.outbound.cast.narrator import (
    name_of_narrator,
    own_name,
    tells_in_first_person,
    told_who_answers,
    unnamed_narrator,
)
from adapters.outbound.cast.paragraphs import paragraphs
from adapters.outbound.cast.quotations import Quotation, find_quotations
from adapters.outbound.cast.references import References, find_references
from adapters.outbound.cast.reveals import revealed
from adapters.outbound.cast.role_affinity import Affinity, role_affinity
from adapters.outbound.cast.roster import add_roles, merged, people_of, speaking_roles
from adapters.outbound.cast.tags import TagFinder
from adapters.outbound.cast.tokens import Tokens, tokenize
from adapters.outbound.cast.utterances import Utterance, group_utterances
from adapters.outbound.cast.weights import WEIGHTS, Weights
from domain.book import BookLayout
from domain.cast import Cast
from domain.naming.clustering import cluster
from domain.span import Span

NO_NAMES = "No names of people were found in this text."
NO_SPEECH = "No direct speech was found in this text."
NOT_ENGLISH = (
    "This text is not in English: its quotations and names are found by their typography, "
    "but nobody is said to speak them."
)


def extract_cast(
    text: str,
    layout: BookLayout | None = None,
    language: str = "en",
    weights: Weights = WEIGHTS,
) -> Cast:
    """The cast of a canonical text; positions are code points into it.

    Front and back matter and chapter headings are passed over where a layout tells them.
    `language`: a BCP 47 tag; "" is taken for English.
    """
    source, candidates = _read_source(text, layout)
    english = not language or language.lower().split("-")[0] == "en"
    reading = (
        _attributed(source, candidates, weights) if english else _unattributed(source, candidates)
    )
    cast = assemble(reading)
    return replace(cast, warnings=_warnings(cast, english))


class Source(NamedTuple):
    """A text with what stands in it, before anything is known of who is meant."""

    text: str
    blocks: Sequence[Span]
    quotations: Sequence[Quotation]
    tokens: Tokens
    names: Sequence[NameMention]
    apart: Apartness
    narrator: NameMention | None  # the name that "I" give as my own


class Conversations(NamedTuple):
    """All that the decision on the speakers is made from."""

    people: Sequence[Person]
    references: References
    utterances: Sequence[Utterance]
    clues: Sequence[Clues]
    affinity: Affinity


def find_conversations(text: str) -> tuple[Source, Conversations]:
    """An English text up to where its speakers are decided: what the weights are learned on."""
    source, candidates = _read_source(text, None)
    return source, _conversations(source, candidates)


def _read_source(text: str, layout: BookLayout | None) -> tuple[Source, list[Person]]:
    blocks = _paragraphs(text, layout)
    quotations = find_quotations(text, blocks)
    tokens = tokenize(text, blocks, [q.span for q in quotations])

    use = word_use(tokens)
    found = find_names(tokens, use)
    evidence = gather_evidence(tokens, found)
    narrator = own_name(tokens, found)
    somebody = people(evidence, use) | ({narrator.key} if narrator is not None else set())
    names = [name for name in found if name.key in somebody]
    pronouns = count_pronouns(tokens, names)
    apart = measure_apartness(tokens, names)
    identities = cluster({key: evidence[key] for key in somebody}, apart, pronouns)
    candidates = people_of(identities, evidence, pronouns)
    return Source(text, blocks, quotations, tokens, names, apart, narrator), candidates


def _paragraphs(text: str, layout: BookLayout | None) -> list[Span]:
    if layout is None:
        return paragraphs(text)
    headings = [chapter.heading for chapter in layout.chapters if chapter.heading]
    return paragraphs(text, layout.body, headings)


def _attributed(source: Source, candidates: list[Person], weights: Weights) -> Reading:
    people, references, utterances, clues, affinity = _conversations(source, candidates)
    parted = part_guises(
        source.tokens,
        source.names,
        people,
        references,
        utterances,
        attribute(people, utterances, clues, affinity, weights),
    )
    return Reading(
        source.text,
        source.tokens,
        source.quotations,
        parted.people,
        parted.references,
        utterances,
        parted.speakers,
        [kind_of(c) for c in clues],
        gender_told_from(source.tokens, source.names, parted.people),
        parted.disclosures,
    )


def _conversations(source: Source, candidates: list[Person]) -> Conversations:
    tokens = source.tokens
    dialogue = _read_dialogue(source, candidates)
    same = revealed(tokens, source.names, candidates, dialogue.utterances, source.apart)
    same |= forms_of_address(
        candidates, dialogue.utterances, dialogue.vocatives, narrated_mentions(dialogue.references)
    )
    affinity = role_affinity(candidates, tokens, dialogue.references, len(source.blocks))
    candidates = merged(add_roles(candidates, speaking_roles(tokens), affinity), same)
    dialogue = _read_dialogue(source, candidates)
    candidates = _with_narrator(candidates, source, dialogue)
    references, utterances = dialogue.references, dialogue.utterances

    scene = Scene(source.blocks, tokens, references, dialogue.finder, candidates)
    clues = scene.clues(utterances, dialogue.vocatives)
    affinity = role_affinity(candidates, tokens, references, len(source.blocks))
    return Conversations(candidates, references, utterances, clues, affinity)


def _unattributed(source: Source, candidates: list[Person]) -> Reading:
    dialogue = _read_dialogue(source, candidates)
    return Reading(
        source.text,
        source.tokens,
        source.quotations,
        candidates,
        dialogue.references,
        [replace(turn, tag=None) for turn in dialogue.utterances],
        [{} for _ in dialogue.utterances],
        [UNTAGGED for _ in dialogue.utterances],
        gender_told_from(source.tokens, source.names, candidates),
    )


class Dialogue(NamedTuple):
    """Who is pointed to where, and what is said in one breath, for one roster of people."""

    references: References
    finder: TagFinder
    utterances: Sequence[Utterance]
    vocatives: Sequence[frozenset[int]]


def _read_dialogue(source: Source, candidates: Sequence[Person]) -> Dialogue:
    text, blocks, quotations, tokens, names, *_ = source
    owner = {key: person.id for person in candidates for key in person.keys}
    roles = {person.role: person.id for person in candidates if person.role}
    references = find_references(tokens, names, owner, roles)
    finder = TagFinder(tokens, references)
    utterances = group_utterances(text, blocks, quotations, tokens, finder)
    return Dialogue(references, finder, utterances, vocatives_of(utterances, tokens, references))


def _with_narrator(candidates: list[Person], source: Source, dialogue: Dialogue) -> list[Person]:
    if not tells_in_first_person(source.tokens, dialogue.references):
        return candidates
    utterances, vocatives = dialogue.utterances, dialogue.vocatives
    own = source.narrator
    named = next((p for p in candidates if own and own.key in p.keys), None)
    if named is not None and own is not None:
        named.narrator_known_from = source.tokens.ends[own.last - 1]
    else:
        narrated = narrated_mentions(dialogue.references)
        named = name_of_narrator(candidates, utterances, vocatives, narrated)
        if named is None:
            return [*candidates, unnamed_narrator(candidates)]
        named.narrator_known_from = told_who_answers(named.id, utterances, vocatives)
    named.is_narrator = True
    return candidates


def _warnings(cast: Cast, english: bool) -> tuple[str, ...]:
    causes = (
        (NOT_ENGLISH, not english),
        (NO_NAMES, not cast.characters),
        (NO_SPEECH, not cast.quotes),
    )
    return tuple(warning for warning, holds in causes if holds)
