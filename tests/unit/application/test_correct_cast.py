"""A person puts a cast right: what hangs on it follows, at once and in every version to come."""

from dataclasses import replace
from itertools import count

import pytest

from adapters.outbound.memory.text_model import ScriptedTextModel
from adapters.outbound.memory.token_counter import WordCounter
from application.correct_cast import Made
from application.persona_writer import PersonaWriter
from application.reindex_book import ReindexBook
from application.write_personas import WritePersonas
from domain.book import ContentVersion
from domain.cast import Cast
from domain.corrections import (
    Change,
    CharacterAnchor,
    MergeCharacters,
    Place,
    QuoteAnchor,
    ReattributeQuote,
    RenameCharacter,
    SplitCharacter,
)
from domain.errors import (
    BookNotFound,
    BookNotReady,
    CharacterNotFound,
    CorrectionNotFound,
    IdempotencyConflict,
    StoreUnavailable,
)
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import LOCAL_OWNER, BookId, CharacterId, CorrectionId
from domain.job import Phase
from domain.merged import as_known
from domain.persona import Persona, PersonaOrigin
from tests.unit.application.world import STORY, World
from tests.unit.conversation.analyst import scripted_writer

NAMED = BookId("named")
FIRST, SECOND = ContentVersion(NAMED, 1), ContentVersion(NAMED, 2)
LONG = "Then we shall row after it, and not come home before the lamp is found and lit again"
SEEN = "It went by the ferry steps before the bell had rung, and nobody would listen to me"
THREE = f"""{STORY}
“{LONG},” said Ada.

“{SEEN},” said Cora. Bram, by the oars, had never trusted a lamp.
"""


async def with_book(world: World, text: str = THREE) -> dict[str, CharacterId]:
    """The ids of its people by name."""
    book = await world.ingested(text, book_id=NAMED)
    return {n: CharacterId(i) for n, i in (await world.names_and_ids(book)).items()}


async def correct(world: World, change: Change, key: str | None = None) -> Made:
    return await world.correct_cast.correct(NAMED, change, LOCAL_OWNER, idempotency_key=key)


def merge(ids: dict[str, CharacterId], absorbed: str, into: str, since: int = 0) -> Change:
    place = Place(since) if since else None
    return MergeCharacters(CharacterAnchor(ids[absorbed]), CharacterAnchor(ids[into]), place)


def rename(ids: dict[str, CharacterId], who: str, name: str) -> Change:
    return RenameCharacter(CharacterAnchor(ids[who]), name)


async def quote_of(world: World, words: str, version: ContentVersion = FIRST) -> QuoteAnchor:
    text = world.texts.texts[version]
    cast = await world.casts.whole(version)
    return QuoteAnchor(next(q.id for q in cast.quotes if words in q.span.of(text)))


async def cast_of(world: World, version: ContentVersion = FIRST) -> Cast:
    return await world.casts.get(version, WHOLE_BOOK)


async def persona(world: World, who: CharacterId, version: ContentVersion = FIRST) -> Persona:
    kept = await world.personas.latest(version, who, WHOLE_BOOK)
    assert kept is not None
    return kept


async def test_cast_personas_passages_and_index_follow(world: World) -> None:
    ids = await with_book(world)

    made = await correct(world, merge(ids, "Cora", "Bram"))

    cast = await cast_of(world)
    one = as_known(cast, ids["Cora"])
    assert one is not None
    assert (one.id, {a.text for a in one.aliases}) == (ids["Bram"], {"Bram", "Cora"})
    assert made.problem == ""
    assert made.applied.characters == (ids["Bram"],)
    told = await persona(world, ids["Bram"])
    assert told.number == 2
    assert SEEN in told.prompt
    last = (await world.passages.all(FIRST, WHOLE_BOOK))[-1]
    assert world.keywords.passages[FIRST][last.index] == last


async def test_only_who_is_touched_is_written_anew(world: World) -> None:
    ids = await with_book(world)
    made = await correct(world, merge(ids, "Cora", "Bram"))
    assert ids["Bram"] in made.applied.personas
    cora = await world.personas.versions(FIRST, ids["Cora"], WHOLE_BOOK)
    assert len(cora) == 1


async def test_of_those_around_who_was_composed_and_names_them_is_composed_anew(
    world: World,
) -> None:
    ids = await with_book(world)
    made = await correct(world, rename(ids, "Bram", "Old Bram"))
    assert set(made.applied.personas) == {ids["Ada"], ids["Bram"], ids["Cora"]}
    assert "Old Bram" in (await persona(world, ids["Ada"])).prompt
    made = await correct(world, ReattributeQuote(await quote_of(world, "tide"), None))
    assert made.applied.personas == (ids["Bram"],)


async def test_a_model_is_asked_for_those_alone_whose_own_lines_or_names_changed() -> None:
    model = ScriptedTextModel(scripted_writer)
    writer = PersonaWriter(model=model, tokens=WordCounter())
    world = World(persona_writer=writer)
    ids = await with_book(world)
    origins = {n: (await persona(world, i)).origin for n, i in ids.items()}
    assert set(origins.values()) == {PersonaOrigin.MODEL}
    asked = len(model.requests)

    made = await correct(world, rename(ids, "Bram", "Old Bram"))

    assert made.applied.personas == (ids["Bram"],)
    assert len(model.requests) - asked == asked // len(ids)
    assert (await persona(world, ids["Bram"])).number == 2
    assert "Old Bram" in str(model.requests[-1])


async def test_what_a_person_has_written_stays(world: World) -> None:
    ids = await with_book(world)
    mine = replace(
        await persona(world, ids["Bram"]), number=7, prompt="Mine.", origin=PersonaOrigin.EDITED
    )
    await world.personas.put(FIRST, mine)
    made = await correct(world, merge(ids, "Cora", "Bram"))
    assert await persona(world, ids["Bram"]) == mine
    assert "Bram" in made.applied.warnings[0]


async def test_it_is_taken_back_as_if_it_had_never_been(world: World) -> None:
    ids = await with_book(world)
    before = {name: c for name, c in world.content_of(FIRST).items() if name != "personas"}
    prompts = {name: (await persona(world, id_)).prompt for name, id_ in ids.items()}
    made = [
        await correct(world, merge(ids, "Cora", "Bram")),
        await correct(world, ReattributeQuote(await quote_of(world, LONG), None)),
    ]
    for each in reversed(made):
        await world.correct_cast.undo(NAMED, each.correction.id)
    after = {name: c for name, c in world.content_of(FIRST).items() if name != "personas"}
    assert after == before
    assert {n: (await persona(world, i)).prompt for n, i in ids.items()} == prompts


async def test_one_below_others_can_be_taken_back(world: World) -> None:
    ids = await with_book(world)
    first = await correct(world, rename(ids, "Ada", "Captain Ada"))
    await correct(world, merge(ids, "Cora", "Bram"))
    await world.correct_cast.undo(NAMED, first.correction.id)
    assert {c.name for c in (await cast_of(world)).characters} == {"Ada", "Bram"}


async def test_a_line_is_given_to_another(world: World) -> None:
    ids = await with_book(world)
    await correct(
        world,
        ReattributeQuote(await quote_of(world, LONG), CharacterAnchor(ids["Bram"])),
    )
    assert LONG in (await persona(world, ids["Bram"])).prompt
    assert LONG not in (await persona(world, ids["Ada"])).prompt


async def test_a_re_ingest_makes_it_again(world: World) -> None:
    ids = await with_book(world)
    await correct(world, merge(ids, "Cora", "Bram"))
    quote = await quote_of(world, LONG)
    await correct(world, ReattributeQuote(quote, CharacterAnchor(ids["Bram"])))

    await world.ingested("A preface by another hand.\n\n" + THREE, book_id=NAMED)

    cast = await cast_of(world, SECOND)
    assert {c.name: c.id for c in cast.characters} == {"Ada": ids["Ada"], "Bram": ids["Bram"]}
    assert as_known(cast, ids["Cora"]) == cast.character(ids["Bram"])
    prompt = (await persona(world, ids["Bram"], SECOND)).prompt
    assert LONG in prompt
    assert SEEN in prompt
    await world.correct_cast.undo(NAMED, (await listed(world))[0])
    assert ids["Cora"] in {c.id for c in (await cast_of(world, SECOND)).characters}


async def test_what_is_no_longer_there_is_told_and_kept(world: World) -> None:
    ids = await with_book(world)
    made = await correct(world, merge(ids, "Cora", "Bram"))
    await world.ingested(STORY, book_id=NAMED)
    (told,) = [w for w in (await world.book(NAMED)).warnings if "correction" in w]
    assert "Cora" in told
    ((kept, problem),) = await world.correct_cast.listed(NAMED, WHOLE_BOOK)
    assert kept == made.correction
    assert "Cora" in problem
    await world.ingested(THREE, book_id=NAMED)
    ((_, problem),) = await world.correct_cast.listed(NAMED, WHOLE_BOOK)
    assert problem == ""


@pytest.mark.parametrize("phase", [Phase.CAST, Phase.EMBED, Phase.PUBLISH])
@pytest.mark.parametrize("work_is_done", [False, True])
async def test_one_that_comes_while_the_book_is_read_again_is_not_lost(
    world: World, phase: Phase, work_is_done: bool
) -> None:
    ids = await with_book(world)

    async def meanwhile() -> None:
        await correct(world, merge(ids, "Cora", "Bram"))

    await world.upload(THREE + "\nThe end.\n", book_id=NAMED)
    world.fate.phase, world.fate.work_is_done, world.fate.act = phase, work_is_done, meanwhile
    await world.work()

    assert (await world.book(NAMED)).serving == 2
    assert {c.name for c in (await cast_of(world, SECOND)).characters} == {"Ada", "Bram"}
    assert SEEN in (await persona(world, ids["Bram"], SECOND)).prompt


async def test_a_book_that_is_indexed_anew_keeps_what_was_found_and_what_was_corrected(
    world: World,
) -> None:
    ids = await with_book(world)
    made = await correct(world, merge(ids, "Cora", "Bram", since=THREE.index("oars, had")))
    early = Frontier(THREE.index("Bram, by"))
    ids_of_jobs = (f"reindexing-{number}" for number in count())
    reindex = ReindexBook(
        books=world.books,
        jobs=world.jobs,
        passages=world.passages,
        embedder=world.embedder,
        vectors=world.vectors,
        metrics=world.metrics,
        clock=world.clock,
        new_id=lambda: next(ids_of_jobs),
    )
    before = [await world.casts.get(FIRST, f) for f in (early, WHOLE_BOOK)]
    await reindex.reindex(NAMED)
    await world.work()
    assert [await world.casts.get(SECOND, f) for f in (early, WHOLE_BOOK)] == before
    await world.correct_cast.undo(NAMED, made.correction.id)
    assert len((await cast_of(world, SECOND)).characters) == 3


async def test_cut_off_it_is_made_by_the_same_request_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await with_book(world)

    async def away(*_: object) -> None:
        raise StoreUnavailable("The disk is full.")

    for where, name in ((world.casts, "put"), (WritePersonas, "rewrite")):
        with monkeypatch.context() as broken:
            broken.setattr(where, name, away)
            with pytest.raises(StoreUnavailable):
                await correct(world, merge(ids, "Cora", "Bram"), key="once")
        assert len((await cast_of(world)).characters) == 3

    made = await correct(world, merge(ids, "Cora", "Bram"), key="once")

    assert made.problem == ""
    assert {c.name for c in (await cast_of(world)).characters} == {"Ada", "Bram"}
    assert len(await listed(world)) == 1


async def test_two_processes_at_once_lose_neither(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await with_book(world)
    other = World()  # another process on the same stores
    for store in ("books", "casts", "texts", "blobs", "corrections", "personas", "passages"):
        setattr(other, store, getattr(world, store))
    other.keywords = world.keywords
    other.__post_init__()
    put, calls = world.casts.put, count()

    async def put_late(version: ContentVersion, cast: Cast) -> None:
        if next(calls) == 0:  # the other one begins and ends between our reading and our writing
            await correct(other, rename(ids, "Ada", "Captain Ada"))
        await put(version, cast)

    monkeypatch.setattr(world.casts, "put", put_late)
    await correct(world, merge(ids, "Cora", "Bram"))

    cast = await cast_of(world)
    assert {c.name for c in cast.characters} == {"Captain Ada", "Bram"}
    assert "Captain Ada" in (await persona(world, ids["Ada"])).prompt
    assert SEEN in (await persona(world, ids["Bram"])).prompt


async def test_what_a_taken_back_correction_had_made_is_told_of_by_the_next(world: World) -> None:
    ids = await with_book(world)
    merged = await correct(world, merge(ids, "Cora", "Bram"))
    split = await correct(world, SplitCharacter(CharacterAnchor(ids["Bram"]), ("Cora",)))
    assert isinstance(split.correction.change, SplitCharacter)
    part = split.correction.change.new_id
    applied = await world.correct_cast.undo(NAMED, merged.correction.id)
    assert applied.problems == ()  # Cora is apart already: the part's id leads to her
    found = as_known(await cast_of(world), part)
    assert found is not None
    assert found.id == ids["Cora"]


async def test_a_key_is_good_for_one_request(world: World) -> None:
    ids = await with_book(world)
    with pytest.raises(CharacterNotFound):
        await correct(world, RenameCharacter(CharacterAnchor(CharacterId("?")), "A"), key="k")
    await correct(world, rename(ids, "Ada", "Captain"), key="k")
    with pytest.raises(IdempotencyConflict):
        await correct(world, rename(ids, "Ada", "Admiral"), key="k")


async def test_corrections_tell_no_reader_of_later_pages(world: World) -> None:
    ids = await with_book(world)
    await correct(world, rename(ids, "Ada", "Captain Ada"))
    await correct(world, merge(ids, "Cora", "Bram"))
    early = Frontier(THREE.index("Chapter 2"))
    assert len(await world.correct_cast.listed(NAMED, early)) == 1
    assert len(await world.correct_cast.listed(NAMED, WHOLE_BOOK)) == 2


async def test_what_is_not_there_cannot_be_put_right(world: World) -> None:
    with pytest.raises(BookNotFound):
        await world.correct_cast.listed(NAMED, WHOLE_BOOK)
    await world.upload(book_id=NAMED)
    with pytest.raises(BookNotReady):
        await world.correct_cast.undo(NAMED, CorrectionId("1"))
    await world.work()
    with pytest.raises(CorrectionNotFound):
        await world.correct_cast.undo(NAMED, CorrectionId("1"))
    assert await world.correct_cast.listed(NAMED, WHOLE_BOOK) == []


async def test_a_deleted_book_takes_its_corrections_along(world: World) -> None:
    ids = await with_book(world)
    await correct(world, rename(ids, "Ada", "Captain Ada"))
    await world.delete_book.delete(NAMED)
    assert world.traces_of(NAMED) == set()


async def listed(world: World) -> list[CorrectionId]:
    return [c.id for c, _ in await world.correct_cast.listed(NAMED, WHOLE_BOOK)]
