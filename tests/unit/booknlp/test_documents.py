import json
from typing import Any

from adapters.outbound.booknlp.documents import documents_of
from adapters.outbound.booknlp.files import read
from tests.unit.booknlp.written import Written

TEXT = "“Come,” said Ada. She smiled at Ben, and Highbury slept."


def documents() -> dict[str, Any]:
    written = Written(TEXT, events=["said", "smiled"])
    ada = written.entity(1, "Ada")
    written.entity(1, "She", kind="PRON")
    written.entity(2, "Ben")
    written.entity(3, "Highbury", category="GPE")
    written.quote("“Come,”", 1, ada)
    written.supersense("smiled", "verb.body")
    written.person(1, "she/her", 0.9, agent="said smiled", patient="Come")
    written.person(2, agent="smiled")
    made = documents_of(read(written.files()), TEXT, "BookNLP small")
    return {name: json.loads(content) for name, content in made.items()}


def test_each_says_what_made_it() -> None:
    found = documents()
    assert {d["made_by"] for d in found.values()} == {"BookNLP small"}
    assert sorted(found) == [
        "coref.json",
        "entities.json",
        "events.json",
        "quotes.json",
        "supersense.json",
    ]


def test_entities_of_all_categories_stand_with_their_places() -> None:
    entities = documents()["entities.json"]["entities"]
    assert [(e["text"], e["category"], e["kind"], e["coref"]) for e in entities] == [
        ("Ada", "PER", "PROP", 1),
        ("She", "PER", "PRON", 1),
        ("Ben", "PER", "PROP", 2),
        ("Highbury", "GPE", "PROP", 3),
    ]
    assert [TEXT[e["start"] : e["end"]] for e in entities] == [e["text"] for e in entities]


def test_a_quotation_keeps_its_marks_and_what_names_its_speaker() -> None:
    (quote,) = documents()["quotes.json"]["quotes"]
    assert (quote["text"], quote["speaker"], quote["mention"]["text"]) == ("“Come,”", 1, "Ada")


def test_a_chain_has_its_mentions_and_a_person_what_they_do() -> None:
    ada, ben, highbury = documents()["coref.json"]["coref"]
    assert [TEXT[m["start"] : m["end"]] for m in ada["mentions"]] == ["Ada", "She"]
    assert (ada["gender"], ada["gender_share"]) == ("she/her", 0.9)
    assert [word["text"] for word in ada["agent"]] == ["said", "smiled"]
    assert [word["text"] for word in ada["patient"]] == ["Come"]
    assert ben["gender"] is None
    assert "agent" not in highbury


def test_an_event_has_those_who_do_it() -> None:
    events = documents()["events.json"]["events"]
    assert [(e["text"], e["lemma"], e["agents"]) for e in events] == [
        ("said", "said", [1]),
        ("smiled", "smiled", [1, 2]),
    ]
