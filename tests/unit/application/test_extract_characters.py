from dataclasses import replace

from adapters.outbound.memory.character_extractor import TaggedSpeechExtractor
from adapters.outbound.memory.older_content import MemoryOlderCharacters
from application.blob_keys import cast_blobs
from application.ports.character_extractor import Extraction
from application.ports.older_content import OlderCharacter
from domain.book import BookLayout, Chapter, ContentVersion
from domain.cast import Cast
from domain.frontier import WHOLE_BOOK
from domain.ids import BookId, CharacterId
from domain.span import Span
from tests.unit.application.world import World

BOOK = BookId("b")
FIRST, SECOND = ContentVersion(BOOK, 1), ContentVersion(BOOK, 2)
TEXT = "“Who is there?” said Ada. “A friend,” said Bram."
LONGER = f"It was late. {TEXT}"


async def extract(
    world: World, text: str, version: ContentVersion, previous: ContentVersion | None = None
) -> Cast:
    layout = BookLayout(len(text), (Chapter(0, "", Span(0, len(text))),))
    return await world.extract_characters.extract(version, text, layout, "en", previous)


def ids(cast: Cast) -> dict[str, str]:
    return {character.name: character.id for character in cast.characters}


async def test_the_cast_is_kept_under_ids_of_our_own(world: World) -> None:
    cast = await extract(world, TEXT, FIRST)
    assert await world.casts.get(FIRST, WHOLE_BOOK) == cast
    assert set(ids(cast)) == {"Ada", "Bram"}
    assert not set(ids(cast)) & set(ids(cast).values())
    assert [quote.speaker_id for quote in cast.quotes] == [ids(cast)["Ada"], ids(cast)["Bram"]]
    assert world.metrics.extracted == 2


async def test_repeated_it_gives_the_same_cast(world: World) -> None:
    assert await extract(world, TEXT, FIRST) == await extract(world, TEXT, FIRST)


async def test_people_of_the_previous_version_keep_their_ids(world: World) -> None:
    first = await extract(world, TEXT, FIRST)
    assert ids(await extract(world, LONGER, SECOND, FIRST)) == ids(first)
    assert ids(await extract(world, LONGER, SECOND)) != ids(first)


async def test_people_whom_an_older_backend_found_keep_its_ids() -> None:
    ada = OlderCharacter(CharacterId("of old"), "Miss Lovelace", "You are Ada.", ("ADA",))
    world = World(older_characters=MemoryOlderCharacters({BOOK: [ada]}))
    first = ids(await extract(world, TEXT, FIRST))
    assert first["Ada"] == "of old"
    assert first["Bram"] != "of old"


async def test_an_older_backend_is_not_asked_once_a_version_of_ours_serves() -> None:
    world = World()
    await extract(world, TEXT, FIRST)
    world = World(
        casts=world.casts,
        older_characters=MemoryOlderCharacters(
            {BOOK: [OlderCharacter(CharacterId("of old"), "Ada", "")]}
        ),
    )
    assert "of old" not in ids(await extract(world, LONGER, SECOND, FIRST)).values()


async def test_the_same_people_of_another_book_are_others(world: World) -> None:
    mine = await extract(world, TEXT, FIRST)
    other = await extract(world, TEXT, ContentVersion(BookId("other"), 1))
    assert not set(ids(mine).values()) & set(ids(other).values())


async def test_what_the_tool_found_beyond_the_cast_is_kept_with_the_version() -> None:
    class Documenting(TaggedSpeechExtractor):
        async def extract(self, text: str, layout: BookLayout, language: str) -> Extraction:
            found = await super().extract(text, layout, language)
            return replace(found, documents={"events.json": b"[]"})

    world = World(extractor=Documenting())
    await extract(world, TEXT, FIRST)
    await extract(world, TEXT, SECOND)
    await world.content.delete(FIRST)
    assert world.blobs.blobs == {f"{cast_blobs(SECOND)}/events.json": b"[]"}
