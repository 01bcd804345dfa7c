"""People whom BookNLP found in several pieces, made whole: one coref id each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from adapters.outbound.booknlp.files import PERSON, Entity, Output
from domain.cast import Gender
from domain.naming.fragments import Piece, join_fragments
from domain.naming.titles import BARE_ADDRESS
from domain.naming.word_lists import word_list

NARRATOR = 0  # the coref id of every "I" outside quotations
_PRONOUNS = {
    **dict.fromkeys(word_list("he him his himself"), Gender.MALE),
    **dict.fromkeys(word_list("she her hers herself"), Gender.FEMALE),
}


def in_one_piece(output: Output, text: str) -> Output:
    """The same with the coref ids of one person made one, of people as of quotations."""
    into = _keeping(NARRATOR, join_fragments(_pieces(output, text)))
    return replace(
        output,
        entities=[
            replace(e, coref=into.get(e.coref, e.coref)) if e.category == PERSON else e
            for e in output.entities
        ],
        quotations=[
            q if q.speaker is None else replace(q, speaker=into.get(q.speaker, q.speaker))
            for q in output.quotations
        ],
    )


def _keeping(coref: int, into: Mapping[int, int]) -> Mapping[int, int]:
    """The same joined, with the given id for those that it is one with."""
    if coref not in into:
        return into
    old = into[coref]
    kept = {piece: coref if whole == old else whole for piece, whole in into.items()}
    del kept[coref]
    return kept | {old: coref}


def is_named(output: Output, entity: Entity, text: str) -> bool:
    """Whether it is a proper name and more than the "Mr." of "Mr. and Mrs. Brown"."""
    if entity.kind != "PROP":
        return False
    *_, last = output.span(entity.first, entity.last).of(text).split()
    return last.rstrip(".") not in BARE_ADDRESS


def _pieces(output: Output, text: str) -> Mapping[int, Piece]:
    names: dict[int, Counter[str]] = {}
    pronouns: dict[int, Counter[Gender]] = {}
    for entity in output.entities:
        if entity.category != PERSON:
            continue
        words = output.span(entity.first, entity.last).of(text)
        if entity.kind == "PROP":
            names.setdefault(entity.coref, Counter())[words] += 1
        elif (gender := _PRONOUNS.get(words.lower())) is not None:
            pronouns.setdefault(entity.coref, Counter())[gender] += 1
    return {coref: Piece(of, pronouns.get(coref, Counter())) for coref, of in names.items()}
