"""LitBank's files as running text with gold speakers, and weights learned from them."""

import math
from itertools import product
from pathlib import Path

import pytest

from adapters.outbound.cast.attribution import attribute
from adapters.outbound.cast.decode import NOBODY, Step, speaker_probabilities
from adapters.outbound.cast.weights import Weights
from domain.span import Span
from training.cast.chain import expectations
from training.cast.figures import answers
from training.cast.gold import examples
from training.cast.learn import learn
from training.cast.litbank import Excerpt, load_litbank
from training.cast.prior import PRIOR

SENTENCES = [
    "Ada Brown met Ben Gray .",
    '" Good day , " said Ada Brown .',
    '" Is n\'t it ? " said Ben Gray .',
    '" No ? "',
    '" No . "',
    "He sat down .",
]
QUOTES = [
    (1, 0, 1, 4, "Ada-1"),
    (2, 0, 2, 5, "Ben-2"),
    (3, 0, 3, 3, "Ada-1"),
    (4, 0, 4, 3, "Ben-2"),
]


@pytest.fixture
def litbank(tmp_path: Path) -> Path:
    quotations, coreference = tmp_path / "quotations" / "tsv", tmp_path / "coref" / "brat"
    quotations.mkdir(parents=True)
    coreference.mkdir(parents=True)
    text = "\n".join(SENTENCES)
    (quotations / "1_tale_brat.txt").write_text(text, encoding="utf-8")
    rows = [f"QUOTE\tQ{i}\t{a}\t{b}\t{c}\t{d}\t-" for i, (a, b, c, d, _) in enumerate(QUOTES)]
    rows += [f"ATTRIB\tQ{i}\t{who}" for i, (*_, who) in enumerate(QUOTES)]
    (quotations / "1_tale_brat.ann").write_text("\n".join(rows), encoding="utf-8")
    lines: list[str] = []
    for name, label in (("Ada Brown", "Ada-1"), ("Ben Gray", "Ben-2")):
        start = text.find(name)
        while start >= 0:
            where = f"{start} {start + len(name)}"
            lines += [f"T{len(lines)}\tPROP_PER {where}\t{name}"]
            lines += [f"T{len(lines)}\t{label} {where}\t{name}"]
            start = text.find(name, start + 1)
    (coreference / "1_tale_brat.ann").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


@pytest.fixture
def excerpt(litbank: Path) -> Excerpt:
    return load_litbank(litbank)[0]


def test_spacing_and_paragraphs_are_put_back(excerpt: Excerpt) -> None:
    assert excerpt.text == (
        'Ada Brown met Ben Gray.\n\n"Good day," said Ada Brown.\n\n"Isn\'t it?" said Ben Gray.'
        '\n\n"No?"\n\n"No."\n\nHe sat down.'
    )


def test_quotations_and_mentions_keep_their_places(excerpt: Excerpt) -> None:
    assert [q.span.of(excerpt.text) for q in excerpt.quotes] == [
        '"Good day,"',
        '"Isn\'t it?"',
        '"No?"',
        '"No."',
    ]
    assert {s.of(excerpt.text) for s in excerpt.mentions["Ada-1"]} == {"Ada Brown"}
    assert excerpt.mentions["Ben-2"][0] == Span(14, 22)


def test_gold_speakers_are_the_pipelines_people(excerpt: Excerpt) -> None:
    (example,) = examples([excerpt])
    people = [sorted(example.talk.people[p].keys)[0].words for p in example.speaker.values()]
    assert people == [("Ada", "Brown"), ("Ben", "Gray"), ("Ada", "Brown"), ("Ben", "Gray")]
    assert all(answer.right for answer in answers([example], PRIOR))


def test_learning_stays_near_the_prior_and_makes_true_speakers_likelier(excerpt: Excerpt) -> None:
    (example,) = examples([excerpt])
    talk = example.talk

    def of_the_true(weights: Weights) -> float:
        found = attribute(talk.people, talk.utterances, talk.clues, talk.affinity, weights)
        return math.prod(found[i][person] for i, person in example.speaker.items())

    learned = learn([example], PRIOR, 0.1)

    assert of_the_true(learned) > of_the_true(PRIOR)
    assert max(abs(v - PRIOR.speaker.get(k, 0.0)) for k, v in learned.speaker.items()) < 1


def test_a_folder_without_litbank_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="LitBank"):
        load_litbank(tmp_path)


STEPS = [
    Step({0: 1.0, 1: 0.5}, 0.0, 0.0),
    Step({0: 0.2, 1: 0.3, 2: 0.1}, -1.0, 2.0),
    Step({}, 0.0, 0.0),
    Step({1: 0.0, 2: 0.7}, -1.0, 2.0),
]


def test_expected_speakers_are_those_of_the_decoder() -> None:
    expected = expectations(STEPS)
    for ours, theirs in zip(expected.speakers, speaker_probabilities(STEPS), strict=True):
        assert ours == pytest.approx(theirs, abs=1e-4)


@pytest.mark.parametrize("known", [{}, {1: 2}, {0: 1, 3: 1}])
def test_expectations_are_sums_over_all_ways_to_share_out_the_turns(known: dict[int, int]) -> None:
    spoken = [i for i, step in enumerate(STEPS) if step.scores]
    goes_on, answers = [0.0] * len(STEPS), [0.0] * len(STEPS)
    total = 0.0
    for way in product(*(STEPS[i].scores for i in spoken)):
        speakers = dict(zip(spoken, way, strict=True))
        if any(speakers[i] != person for i, person in known.items()):
            continue
        last = other = NOBODY
        score, stays, swaps = 0.0, [], []
        for i, person in speakers.items():
            score += STEPS[i].scores[person]
            if person == last:
                score += STEPS[i].goes_on
                stays.append(i)
            elif person == other:
                score += STEPS[i].answers
                swaps.append(i)
            if person != last:
                last, other = person, last
        total += math.exp(score)
        for i in stays:
            goes_on[i] += math.exp(score)
        for i in swaps:
            answers[i] += math.exp(score)

    expected = expectations(STEPS, known)

    assert expected.goes_on == pytest.approx([mass / total for mass in goes_on], abs=1e-4)
    assert expected.answers == pytest.approx([mass / total for mass in answers], abs=1e-4)
    for i, person in known.items():
        assert {p for p, mass in expected.speakers[i].items() if mass} == {person}
