"""The whole extraction, stage by stage: text in, cast out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from adapters.outbound.cast.apartness import measure_apartness
from adapters.outbound.cast.assembly import Reading, assemble
from adapters.outbound.cast.attribution import attribute
from adapters.outbound.cast.conversation import Scene, narrated_mentions, vocatives_of
from adapters.outbound.cast.evidence import gather_evidence, people
from adapters.outbound.cast.genders import count_pronouns
from adapters.outbound.cast.forms_of_address import forms_of_address
from adapters.outbound.cast.identities import cluster
from adapters.outbound.cast.model import Person
from adapters.outbound.cast.names import NameMention, find_names, word_use
from adapters.outbound.cast.narrator import (
    name_of_narrator,
    tells_in_first_person,
    unnamed_narrator,
)
from adapters.outbound.cast.paragraphs import paragraphs
from adapters.outbound.cast.quotations import Quotation, find_quotations
from adapters.outbound.cast.references import References, find_references
from adapters.outbound.cast.role_affinity import role_affinity
from adapters.outbound.cast.roster import add_roles, merged, people_of, speaking_roles
from adapters.outbound.cast.tags import TagFinder
from adapters.outbound.cast.tokens import Tokens, tokenize
from adapters.outbound.cast.utterances import Utterance, group_utterances
from domain.cast import Cast
from domain.span import Span

NO_NAMES = "No names of people were found in this text."
NO_SPEECH = "No direct speech was found in this text."


def extract_cast(text: str) -> Cast:
    """The cast of a canonical text; positions are code points into it."""
    blocks = paragraphs(text)
    quotations = find_quotations(text, blocks)
    tokens = tokenize(text, blocks, [q.span for q in quotations])

    use = word_use(tokens)
    names = find_names(tokens, use)
    evidence = gather_evidence(tokens, names)
    somebody = people(evidence, use)
    names = [name for name in names if name.key in somebody]
    pronouns = count_pronouns(tokens, names)
    identities = cluster(
        {key: evidence[key] for key in somebody}, measure_apartness(tokens, names), pronouns
    )
    candidates = people_of(identities, evidence, pronouns)
    dialogue = _read_dialogue(text, blocks, quotations, tokens, names, candidates)
    same = forms_of_address(
        candidates, dialogue.utterances, dialogue.vocatives, narrated_mentions(dialogue.references)
    )
    affinity = role_affinity(candidates, tokens, dialogue.references, len(blocks))
    candidates = add_roles(candidates, speaking_roles(tokens), affinity)
    candidates = merged(candidates, same)
    dialogue = _read_dialogue(text, blocks, quotations, tokens, names, candidates)
    candidates = _with_narrator(candidates, tokens, dialogue)
    references, utterances = dialogue.references, dialogue.utterances
    narrator = next((p.id for p in candidates if p.is_narrator), None)

    scene = Scene(blocks, tokens, references, dialogue.finder, candidates, narrator)
    clues = scene.clues(utterances, dialogue.vocatives)
    affinity = role_affinity(candidates, tokens, references, len(blocks))
    speakers = attribute(candidates, utterances, clues, affinity)
    cast = assemble(Reading(text, tokens, quotations, candidates, references, utterances, speakers))
    return replace(cast, warnings=_warnings(cast))


class Dialogue(NamedTuple):
    """Who is pointed to where, and what is said in one breath, for one roster of people."""

    references: References
    finder: TagFinder
    utterances: Sequence[Utterance]
    vocatives: Sequence[frozenset[int]]


def _read_dialogue(
    text: str,
    blocks: Sequence[Span],
    quotations: Sequence[Quotation],
    tokens: Tokens,
    names: Sequence[NameMention],
    candidates: Sequence[Person],
) -> Dialogue:
    owner = {key: person.id for person in candidates for key in person.keys}
    roles = {person.role: person.id for person in candidates if person.role}
    references = find_references(tokens, names, owner, roles)
    finder = TagFinder(tokens, references)
    utterances = group_utterances(text, blocks, quotations, tokens, finder)
    return Dialogue(references, finder, utterances, vocatives_of(utterances, tokens, references))


def _with_narrator(candidates: list[Person], tokens: Tokens, dialogue: Dialogue) -> list[Person]:
    if not tells_in_first_person(tokens, dialogue.references):
        return candidates
    named = name_of_narrator(
        candidates, dialogue.utterances, dialogue.vocatives, narrated_mentions(dialogue.references)
    )
    if named is None:
        return [*candidates, unnamed_narrator(candidates)]
    named.is_narrator = True
    return candidates


def _warnings(cast: Cast) -> tuple[str, ...]:
    return tuple(
        warning
        for warning, missing in ((NO_NAMES, not cast.characters), (NO_SPEECH, not cast.quotes))
        if missing
    )
