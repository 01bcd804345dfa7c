"""Who speaks without a tag, or with a pronoun's: one clue at a time."""

from adapters.outbound.cast.attribution import attribute
from adapters.outbound.cast.conversation import Scene, vocatives_of
from adapters.outbound.cast.model import Person
from adapters.outbound.cast.tags import TagFinder
from adapters.outbound.cast.utterances import group_utterances
from domain.cast import Gender
from tests.unit.cast.reading import key, read, references_to

KNOWN = {"Ada": Gender.FEMALE, "Ben": Gender.MALE, "Carl": Gender.MALE}


def speakers(text: str) -> list[str]:
    page = read(text)
    references = references_to(text, [*KNOWN])
    people = [
        Person(number, frozenset({key(name)}), gender, mentions=10)
        for number, (name, gender) in enumerate(KNOWN.items())
    ]
    finder = TagFinder(page.tokens, references)
    turns = group_utterances(text, page.blocks, page.quotations, page.tokens, finder)
    vocatives = vocatives_of(turns, page.tokens, references)
    clues = Scene(page.blocks, page.tokens, references, finder, people).clues(turns, vocatives)
    found = attribute(people, turns, clues, {})
    return [[*KNOWN][max(p, key=p.__getitem__)] for p in found]


def test_two_people_take_turns_between_their_tags() -> None:
    text = '"One," said Ada.\n\n"Two," said Ben.\n\n"Three."\n\n"Four."\n\n"Five."'
    assert speakers(text) == ["Ada", "Ben", "Ada", "Ben", "Ada"]


def test_a_later_tag_settles_the_turns_before_it() -> None:
    text = 'Ada met Ben.\n\n"One."\n\n"Two."\n\n"Three."\n\n"Four," said Ada.'
    assert speakers(text) == ["Ben", "Ada", "Ben", "Ada"]


def test_who_is_called_by_name_answers() -> None:
    text = 'Ada met Ben and Carl.\n\n"What do you say, Carl?" said Ada.\n\n"Nothing."'
    assert speakers(text) == ["Ada", "Carl"]


def test_who_is_told_something_answers() -> None:
    text = 'Ada met Ben and Carl. Ben smiled.\n\n"What now?" said Ada to Carl.\n\n"Nothing."'
    assert speakers(text) == ["Ada", "Carl"]


def test_who_is_called_sir_is_a_man() -> None:
    text = 'Ada and Ben met Carl.\n\n"What now, sir?" said Ben.\n\n"Nothing."'
    assert speakers(text) == ["Ben", "Carl"]


def test_nobody_calls_himself() -> None:
    assert speakers('Ada met Ben.\n\n"Come here, Ben."') == ["Ada"]


def test_a_pronoun_asks_for_its_gender() -> None:
    text = 'Ben met Ada. Ben sat down.\n\n"One," she said.\n\n"Two," he said.'
    assert speakers(text) == ["Ada", "Ben"]


def test_narration_before_or_after_speech_tells_its_speaker() -> None:
    text = 'Ada met Ben.\n\nBen rose. "One."\n\nAda looked up.\n\n"Two." Ada smiled.'
    assert speakers(text) == ["Ben", "Ada"]


def test_the_people_named_around_are_those_within_some_thousand_words() -> None:
    much = "It was so. " * 1500
    page = read(f'Ada rose. {much} Ben sat. "One." {much} Carl ran.')
    references = references_to(page.text, [*KNOWN])
    finder = TagFinder(page.tokens, references)
    turns = group_utterances(page.text, page.blocks, page.quotations, page.tokens, finder)
    people = [Person(n, frozenset({key(name)}), None, 1) for n, name in enumerate(KNOWN)]
    (clues,) = Scene(page.blocks, page.tokens, references, finder, people).clues(
        turns, [frozenset()]
    )
    assert clues.around == {1: 1}


def test_a_text_of_speech_alone_has_no_candidates() -> None:
    page = read('"One."\n\n"Two."')
    references = references_to(page.text, [])
    finder = TagFinder(page.tokens, references)
    turns = group_utterances(page.text, page.blocks, page.quotations, page.tokens, finder)
    clues = Scene(page.blocks, page.tokens, references, finder, []).clues(turns, [frozenset()] * 2)
    assert attribute([], turns, clues, {}) == [{}, {}]
