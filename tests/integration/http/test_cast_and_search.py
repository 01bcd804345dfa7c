from dataclasses import replace

import httpx
import pytest

from domain.frontier import WHOLE_BOOK, Frontier
from tests.integration.http.world import (
    BOOK,
    GRADGRIND,
    LOUISA,
    SECOND,
    STRANGER,
    TEXT,
    VERSION,
    World,
    span_of,
)

PATH = f"/api/books/{BOOK}"


async def test_the_cast_is_listed_with_names_and_places(client: httpx.AsyncClient) -> None:
    told = (await client.get(f"{PATH}/characters")).json()
    by_name = {character["name"]: character for character in told["items"]}
    assert by_name.keys() == {"Mr. Gradgrind", "Louisa"}
    gradgrind = by_name["Mr. Gradgrind"]
    assert gradgrind["id"] == GRADGRIND
    assert gradgrind["gender"] == "M"
    place = gradgrind["first_mention"]
    assert TEXT[place["start"] : place["end"]] == "Mr. Gradgrind"
    assert {alias["text"] for alias in by_name["Louisa"]["aliases"]} == {"The stranger", "Louisa"}


async def test_who_is_unmasked_later_is_a_stranger_until_then(client: httpx.AsyncClient) -> None:
    told = (await client.get(f"{PATH}/characters?up_to=chapter:1")).json()
    assert {c["name"] for c in told["items"]} == {"Mr. Gradgrind", "The stranger"}
    assert "Louisa" not in (await client.get(f"{PATH}/characters?up_to=chapter:1")).text


async def test_a_merged_id_leads_to_who_they_are(client: httpx.AsyncClient) -> None:
    told = (await client.get(f"{PATH}/characters/{STRANGER}")).json()
    assert told["id"] == LOUISA
    told = (await client.get(f"{PATH}/characters/{STRANGER}?up_to=chapter:1")).json()
    assert (told["id"], told["name"]) == (STRANGER, "The stranger")


async def test_one_who_is_not_met_yet_does_not_exist(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{PATH}/characters/{LOUISA}?up_to=chapter:1")
    assert answer.status_code == 404
    assert answer.json()["code"] == "character_not_found"


async def test_quotes_slice_to_their_text(client: httpx.AsyncClient) -> None:
    told = (await client.get(f"{PATH}/quotes")).json()
    assert len(told["items"]) == 3
    for quote in told["items"]:
        assert quote["text"] == TEXT[quote["start"] : quote["end"]]
    first = told["items"][0]
    assert (first["speaker_id"], first["confidence"]) == (GRADGRIND, 0.9)
    assert first["attribution"] == "implicit"


async def test_quotes_are_places_in_the_epub(client: httpx.AsyncClient) -> None:
    told = (await client.get(f"{PATH}/quotes")).json()
    for quote in told["items"]:
        locator = quote["epub"]["locator"]
        chapter = 1 if quote["start"] < SECOND else 2
        assert (locator["href"], locator["title"]) == (
            f"text/{chapter}.xhtml",
            f"Chapter {chapter}",
        )
        start, end = quote["start"], quote["end"]
        first = SECOND * (chapter - 1)
        assert quote["epub"]["cfi"] == (
            f"epubcfi(/6/{2 * chapter}!/4/2,/1:{start - first},/1:{end - first})"
        )
        around = {
            "before": TEXT[max(0, start - 32) : start],
            "highlight": TEXT[start:end],
            "after": TEXT[end : end + 32],
        }
        assert locator["text"] == around


async def test_what_surrounds_a_quote_ends_with_the_page(client: httpx.AsyncClient) -> None:
    facts = span_of("Now, what I want is, Facts,")
    told = (await client.get(f"{PATH}/quotes?up_to=offset:{facts.end + 9}")).json()
    (quote,) = told["items"]
    assert quote["epub"]["locator"]["text"]["after"] == TEXT[facts.end : facts.end + 9]


async def test_quotes_of_a_book_that_is_no_epub_have_no_place_in_one(
    client: httpx.AsyncClient, world: World
) -> None:
    layout = await world.books.layout(VERSION)
    await world.books.put_layout(VERSION, replace(layout, anchors=()))
    told = (await client.get(f"{PATH}/quotes")).json()
    assert [quote["epub"] for quote in told["items"]] == [None] * 3


async def test_quotes_come_in_pages(client: httpx.AsyncClient) -> None:
    first = (await client.get(f"{PATH}/quotes?limit=2")).json()
    rest = (await client.get(f"{PATH}/quotes?limit=2&cursor={first['next_cursor']}")).json()
    assert [len(first["items"]), len(rest["items"])] == [2, 1]
    assert rest["items"][0]["text"] == "Facts alone!"
    assert rest["next_cursor"] is None


async def test_quotes_can_be_asked_for_by_speaker_and_certainty(client: httpx.AsyncClient) -> None:
    told = (await client.get(f"{PATH}/quotes?speaker_id={STRANGER}")).json()
    assert [quote["text"] for quote in told["items"]] == ["I am Louisa,"]
    told = (await client.get(f"{PATH}/quotes?min_confidence=0.85")).json()
    assert [quote["speaker_id"] for quote in told["items"]] == [GRADGRIND]
    told = (await client.get(f"{PATH}/quotes?min_confidence=1")).json()
    assert told["items"] == []


async def test_no_quote_beyond_the_page(client: httpx.AsyncClient) -> None:
    told = (await client.get(f"{PATH}/quotes?up_to=chapter:1")).json()
    assert [quote["utterance"] for quote in told["items"]] == [0]


async def test_relations_tell_who_speaks_with_whom(client: httpx.AsyncClient) -> None:
    told = (await client.get(f"{PATH}/relations")).json()
    pair = {"first_id": GRADGRIND, "second_id": LOUISA}
    spoken = [r for r in told["items"] if r["kind"] == "speaks_with"]
    assert len(spoken) == 1
    assert spoken[0].items() >= pair.items()
    assert spoken[0]["evidence"]


@pytest.mark.parametrize(
    "path",
    ["/quotes?min_confidence=2", "/quotes?speaker_id=x", "/characters/x", "/relations?cursor=x"],
)
async def test_a_question_that_is_none_is_422(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(PATH + path)).status_code == 422


async def test_a_search_gives_ranks_and_no_scores(client: httpx.AsyncClient, world: World) -> None:
    answer = await client.get(f"{PATH}/search", params={"q": "who bowed?", "limit": 3})
    assert answer.status_code == 200
    told = answer.json()
    (hit,) = told["hits"]
    assert hit["rank"] == 1
    assert hit["text"] == TEXT[hit["start"] : hit["end"]]
    bowed = span_of("bowed")
    assert hit["highlights"] == [{"start": bowed.start, "end": bowed.end}]
    start, end = hit["start"], hit["end"]
    assert hit["epub"]["cfi"] == f"epubcfi(/6/2!/4/2,/1:{start},/1:{end})"
    assert hit["epub"]["locator"]["text"] == {"before": "", "highlight": hit["text"], "after": ""}
    assert "score" not in answer.text
    assert told["degraded"] == ["No vectors."]
    (asked,) = world.search.asked
    assert (asked.version, asked.query, asked.limit) == (VERSION, "who bowed?", 3)
    assert asked.up_to == WHOLE_BOOK


async def test_a_search_goes_as_far_as_the_reader(client: httpx.AsyncClient, world: World) -> None:
    await client.get(f"{PATH}/search", params={"q": "Louisa", "up_to": "chapter:1"})
    assert world.search.asked[0].up_to == Frontier(SECOND)


@pytest.mark.parametrize(
    "query", ['"unbalanced', "a* OR b:c^2", "'; DROP TABLE books; --", "😀", "the", ".*(?"]
)
async def test_a_query_is_plain_words(client: httpx.AsyncClient, world: World, query: str) -> None:
    answer = await client.get(f"{PATH}/search", params={"q": query})
    assert answer.status_code == 200
    assert world.search.asked[0].query == query


@pytest.mark.parametrize(
    "params",
    [{}, {"q": ""}, {"q": "  "}, {"q": "\0"}, {"q": "x" * 2001}, {"q": "x", "limit": "51"}],
)
async def test_a_query_without_words_is_422(
    client: httpx.AsyncClient, params: dict[str, str]
) -> None:
    assert (await client.get(f"{PATH}/search", params=params)).status_code == 422


async def test_presence_goes_by_chapter_under_whichever_id(client: httpx.AsyncClient) -> None:
    told = (await client.get(f"{PATH}/characters/{STRANGER}/presence")).json()
    assert [(p["number"], p["mentions"], p["quotes"]) for p in told] == [(1, 1, 0), (2, 1, 1)]
    first = told[0]["first"]
    assert TEXT[first["start"] : first["end"]] == "The stranger"


async def test_presence_and_scenes_end_with_what_was_read(client: httpx.AsyncClient) -> None:
    told = (await client.get(f"{PATH}/characters/{STRANGER}/presence?up_to=chapter:1")).json()
    assert [(p["title"], p["mentions"], p["quotes"]) for p in told] == [("Chapter 1", 1, 0)]
    told = (await client.get(f"{PATH}/scenes?up_to=chapter:1")).json()
    assert [scene["chapter"] for scene in told["items"]] == [0]
    assert all(scene["end"] <= SECOND for scene in told["items"])
    answer = await client.get(f"{PATH}/characters/{LOUISA}/presence?up_to=chapter:1")
    assert answer.status_code == 404


async def test_scenes_tell_who_is_together(client: httpx.AsyncClient) -> None:
    told = (await client.get(f"{PATH}/scenes")).json()
    assert [scene["character_ids"] for scene in told["items"]] == [[GRADGRIND, LOUISA], [LOUISA]]
    told = (await client.get(f"{PATH}/scenes?character_id={GRADGRIND}")).json()
    assert [scene["quotes"] for scene in told["items"]] == [1]
