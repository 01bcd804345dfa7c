"""How well speakers are found in books of authors whom nothing was learned from.

    python -m benchmarks.cast_left_out --data DIR --scorer SCRIPT

DIR holds a folder a novel with its gold, each by another author; SCRIPT is the scorer. For each
novel in turn, the weights of every clue are learned from the other novels alone, starting from
nothing, and tried on it. So this tells what the way of learning and the clues are worth without
what was set by hand. The weights are thrown away: those that ship are learned from LitBank
(training/cast), never from these novels. About two minutes a novel on one core; nothing in it is
random.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from adapters.outbound.cast.extract import (
    Conversations,
    Source,
    extract_cast,
    find_conversations,
)
from adapters.outbound.cast.weights import Weights
from benchmarks.cast_confidence import load_scorer
from benchmarks.cast_cost import TEXT_FILE
from domain.cast import Cast
from domain.cast_json import cast_to_json
from domain.frontier import WHOLE_BOOK
from domain.span import Span
from training.cast.gold import Example
from training.cast.learn import learn

NOTHING = Weights({}, {})
SPREAD = 1.0  # of the weights about nothing
KINDS = ("all", "Explicit", "Anaphoric", "Implicit")


def accuracy_left_out(novel: Path, scorer_script: Path) -> dict[str, float]:
    """Shares of quotations with the right speaker, by kind, with weights from its neighbours."""
    scorer = load_scorer(scorer_script)
    others = [other for other in novels(novel.parent) if other != novel]
    weights = learn([_example(other, scorer) for other in others], NOTHING, SPREAD)
    gold = scorer.load_gold(str(novel))
    cast = extract_cast(gold["text"], weights=weights).up_to(WHOLE_BOOK)
    by_kind = scorer.score(gold, cast_to_json(cast))["attribution"]
    found: Mapping[str, Any] = by_kind["strict_one_to_one"]["quotation"]
    return {kind: found[kind]["accuracy"] for kind in KINDS}


def novels(data: Path) -> list[Path]:
    return sorted(path.parent for path in data.glob(f"*/{TEXT_FILE}"))


def _example(novel: Path, scorer: Any) -> Example:
    """The gold speakers laid over the pipeline's own utterances and people."""
    gold = scorer.load_gold(str(novel))
    source, talk = find_conversations(gold["text"])
    cast = extract_cast(gold["text"]).up_to(WHOLE_BOOK)
    alignment = scorer.score(gold, cast_to_json(cast))["alignment"]
    people = _people_of_characters(source, talk, cast)
    person = {alignment[c]: p for c, p in people.items() if c in alignment}
    speakers = {
        span: quote["speaker"]["id"]
        for quote in gold["quotes"]
        if quote["speaker"] and not quote["speaker"]["special"]
        for span in quote["spans"]
    }
    speaker: dict[int, int] = {}
    for number, utterance in enumerate(talk.utterances):
        said: Counter[int] = Counter()
        for quotation in source.quotations[utterance.first : utterance.last]:
            span = scorer.trim(gold["text"], quotation.span.start, quotation.span.end)
            if speakers.get(span) in person:
                said[person[speakers[span]]] += len(quotation.span)
        if said:
            speaker[number] = said.most_common(1)[0][0]
    return Example(novel.name, source, talk, speaker, quotes=())


def _people_of_characters(source: Source, talk: Conversations, cast: Cast) -> dict[str, int]:
    """By the mentions that they share."""
    person_at = {
        Span(source.tokens.starts[r.first], source.tokens.ends[r.last - 1]): r.person
        for r in talk.references.all
        if r.person is not None
    }
    shared: dict[str, Counter[int]] = {}
    for mention in cast.mentions:
        person = person_at.get(mention.span)
        if person is not None:
            shared.setdefault(mention.character_id, Counter())[person] += 1
    return {character: counts.most_common(1)[0][0] for character, counts in shared.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--scorer", type=Path, required=True)
    arguments = parser.parse_args()
    left_out = novels(arguments.data)
    if not left_out:
        raise SystemExit(f"No folder in {arguments.data} holds a {TEXT_FILE}.")
    print(f"{'left out':32}" + "".join(f"{kind.lower():>11}" for kind in KINDS))
    rows = []
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        tried = processes.map(partial(accuracy_left_out, scorer_script=arguments.scorer), left_out)
        for novel, row in zip(left_out, tried, strict=True):
            rows.append(row)
            print(f"{novel.name:32}" + "".join(f"{row[k]:11.3f}" for k in KINDS), flush=True)
    means = [sum(row[kind] for row in rows) / len(rows) for kind in KINDS]
    print(f"{'mean':32}" + "".join(f"{mean:11.3f}" for mean in means))


if __name__ == "__main__":
    main()
