"""Personas for readers on the way: from the pages they have read, and from no others."""

import re
from dataclasses import replace

from application.ports.text_model import TextRequest
from domain.cast import Alias, Cast, Character, Merge
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import CharacterId
from domain.persona import Persona, PersonaOrigin
from domain.spending import Budget
from domain.touched import Touched
from domain.unrevealed import Unrevealed
from tests.unit.conversation.analyst import PORTRAIT, name_in, scripted_writer
from tests.unit.conversation.story import FENN, GREY, MERE, VERSION
from tests.unit.conversation.test_written_personas import Desk


def end_of(desk: Desk, chapter: int) -> Frontier:
    return Frontier(desk.story.layout.chapters[chapter - 1].span.end)


async def at(desk: Desk, who: CharacterId, frontier: Frontier) -> Persona | None:
    return await desk.personas.latest(VERSION, who, frontier)


async def test_each_layer_is_written_from_what_its_readers_have_read() -> None:
    desk = Desk(layers=3)
    assert await desk.write() == ()

    for who, chapter in ((MERE, 1), (FENN, 1), (GREY, 2), (FENN, 3)):
        through = end_of(desk, chapter)
        persona = await at(desk, who, through)
        assert persona is not None
        assert (persona.origin, persona.through) == (PersonaOrigin.MODEL, through)
        later = Unrevealed.of(desk.story.cast, through).named_in(persona.prompt)
        assert not later
        assert all(through.sees(span) for trait in persona.traits for span in trait.evidence)


async def test_a_model_is_shown_nothing_of_later_pages() -> None:
    desk = Desk(layers=3)
    await desk.write()
    text = desk.story.text
    shown = 0
    for request in desk.model.requests:
        pieces = re.findall(r"^\[\d+\] (?:line|description|scene): (.*)$", request.message, re.M)
        if not pieces:
            continue
        page = max(text.find(piece[:30]) for piece in pieces)
        first = desk.story.layout.chapters[0].span.end
        if page < first:
            shown += 1
            assert "Grey" not in request.message
    assert shown == 2  # Mrs. Mere and Mr. Fenn, of the first chapter


async def test_before_the_first_layer_and_between_two_an_earlier_one_or_none_serves() -> None:
    desk = Desk(layers=3)
    await desk.write()
    first = end_of(desk, 1)
    assert await at(desk, MERE, Frontier(first.offset - 1)) is None
    between = await at(desk, MERE, Frontier(first.offset + 40))
    assert between is not None
    assert between.through == first


async def test_the_one_of_the_whole_book_has_the_highest_number() -> None:
    desk = Desk(layers=3)
    await desk.write()
    for who in (MERE, FENN):
        newest, *others = await desk.personas.versions(VERSION, who, WHOLE_BOOK)
        assert newest.through == end_of(desk, 3)
        assert all(p.through < newest.through for p in others)
        assert await desk.archive.read(VERSION.book_id, _name(desk, who)) == newest.prompt


async def test_a_layer_without_news_is_not_paid_for() -> None:
    desk = Desk(layers=3)
    await desk.write()
    one, two, three = (end_of(desk, chapter) for chapter in (1, 2, 3))
    for who, lines, layers in (
        (MERE, [4, 5, 7], {one, two, three}),
        (FENN, [3, 3, 4], {one, three}),
    ):
        said = [q.span for q in desk.story.cast.quotes if q.speaker_id == who]
        assert [sum(map(end.sees, said)) for end in (one, two, three)] == lines
        kept = await desk.personas.versions(VERSION, who, WHOLE_BOOK)
        assert {p.through for p in kept} == layers


async def test_the_end_of_the_book_is_written_first_and_its_beginning_last() -> None:
    desk = Desk(layers=3)
    await desk.write()
    throughs = [p.through for p in desk.personas.personas.values()]
    assert throughs == sorted(throughs, reverse=True)
    assert len(set(throughs)) == 3


async def test_what_the_budget_does_not_reach_is_told_without_names() -> None:
    desk = Desk(layers=3, budget=Budget(tokens=1))
    *_, told = await desk.write()

    assert told.startswith("Readers on the way meet some people as composed by rule. The budget")
    assert not any(name in told for name in ("Mere", "Fenn", "Grey"))
    assert {p.through for p in desk.personas.personas.values()} == {end_of(desk, 3)}


async def test_what_layers_cost_is_in_the_estimate() -> None:
    plain, layered = Desk(), Desk(layers=3)
    assert await layered.tokens_at_most() > await plain.tokens_at_most()
    await layered.write()
    assert layered.model.requests


async def test_a_killed_run_does_not_pay_for_layers_again() -> None:
    desk = Desk(layers=3)
    await desk.write()
    asked, kept = len(desk.model.requests), dict(desk.personas.personas)
    await desk.write()
    assert len(desk.model.requests) == asked
    assert desk.personas.personas == kept


async def test_a_model_that_knows_the_book_from_elsewhere_is_not_believed() -> None:
    def knowing(request: TextRequest) -> str:
        if request.schema is not None:
            return scripted_writer(request)
        return PORTRAIT.format(name=name_in(request)) + " You will meet Grey by the lamp."

    desk = Desk(knowing, layers=3)
    warnings = await desk.write()

    assert await at(desk, MERE, end_of(desk, 1)) is None  # composed by rule, when it is asked for
    assert any("later pages" in w for w in warnings)


async def test_when_the_cast_is_corrected_every_layer_is_written_anew() -> None:
    desk = Desk(layers=3)
    await desk.write()
    before = await desk.personas.versions(VERSION, MERE, WHOLE_BOOK)

    mere = desk.story.cast.character(MERE)
    assert mere is not None
    cast = _with(desk, _called(mere, "The Ferry Woman"))
    touched = Touched(themselves=frozenset({MERE}), around=frozenset())
    await desk.write_personas.rewrite(VERSION, cast, "The Ferry Woman", "Nobody", touched)

    after = await desk.personas.versions(VERSION, MERE, WHOLE_BOOK)
    fresh = after[: len(before)]
    assert {p.through for p in fresh} == {p.through for p in before}
    assert all("The Ferry Woman" in p.prompt for p in fresh)
    assert after[0].through == end_of(desk, 3)
    for chapter in (1, 3):
        persona = await at(desk, MERE, end_of(desk, chapter))
        assert persona in fresh


async def test_one_who_turns_out_to_be_another_has_layers_of_their_own_before() -> None:
    desk = Desk(layers=3)
    assert desk.story.cast.merges == (Merge(GREY, FENN, desk.story.cast.merges[0].known_from),)
    await desk.write()
    grey = await at(desk, GREY, end_of(desk, 2))
    assert grey is not None
    assert "Fenn" not in grey.prompt.split("## How to stay yourself")[0].split("\n")[0]


def _called(character: Character, name: str) -> Character:
    alias = Alias(name, character.known_from, 1)
    return replace(character, name=name, aliases=(*character.aliases, alias))


def _with(desk: Desk, character: Character) -> Cast:
    cast = desk.story.cast
    return replace(
        cast,
        characters=tuple(character if c.id == character.id else c for c in cast.characters),
    )


def _name(desk: Desk, who: CharacterId) -> str:
    known = desk.story.cast.up_to(WHOLE_BOOK).character(who)
    assert known is not None
    return known.name


async def test_a_neighbours_layer_that_tells_too_much_by_the_corrected_cast_is_written_anew() -> (
    None
):
    desk = Desk(layers=3)
    await desk.write()
    early, end = end_of(desk, 1), end_of(desk, 3)
    kept, whole = await at(desk, FENN, early), await at(desk, FENN, end)
    assert kept is not None
    assert whole is not None
    named = f"{kept.prompt} You know Grey well."
    await desk.personas.put(VERSION, replace(kept, prompt=named))

    fenn, mere = (desk.story.cast.character(who) for who in (FENN, MERE))
    assert fenn is not None
    assert mere is not None
    touched = Touched(themselves=frozenset({MERE}), around=frozenset({FENN}))
    cast = _with(desk, _called(mere, "The Ferry Woman"))
    await desk.write_personas.rewrite(VERSION, cast, "The Ferry Woman", "Nobody", touched)

    renewed, still = await at(desk, FENN, early), await at(desk, FENN, end)
    assert renewed is not None
    assert still is not None
    assert not Unrevealed.of(cast, early).named_in(renewed.prompt)
    assert (still.prompt, still.through) == (whole.prompt, whole.through)
    assert still.number > renewed.number


async def test_a_neighbours_layer_that_tells_no_more_than_it_may_is_not_paid_for_again() -> None:
    desk = Desk(layers=3)
    await desk.write()
    before = await desk.personas.versions(VERSION, FENN, WHOLE_BOOK)
    mere = desk.story.cast.character(MERE)
    assert mere is not None
    touched = Touched(themselves=frozenset({MERE}), around=frozenset({FENN}))
    cast = _with(desk, _called(mere, "The Ferry Woman"))
    await desk.write_personas.rewrite(VERSION, cast, "The Ferry Woman", "Nobody", touched)
    assert await desk.personas.versions(VERSION, FENN, WHOLE_BOOK) == before
