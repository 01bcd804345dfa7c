"""How far the extractor's confidence can be trusted, against gold speakers.

    python -m benchmarks.cast_confidence --data DIR --out DIR --scorer SCRIPT

DIR holds a folder a novel with its gold, OUT the predictions that `benchmarks.cast` wrote; SCRIPT
is the scorer, whose alignment of quotations and characters is taken. Prints, over the quotations
that were found: answers by confidence (reliability), the expected calibration error in ten bins
(Naeini, Cooper and Hauskrecht 2015), and how many of the surest answers are right.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, NamedTuple

BINS = 10
COVERAGES = (0.5, 0.7, 0.8, 0.9, 1.0)


class Answer(NamedTuple):
    confidence: float  # 0 for "unknown"
    right: bool


def load_scorer(script: Path) -> Any:
    """The script as a module."""
    spec = spec_from_file_location("scorer", script)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{script} is no Python script.")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answers(scorer: Any, novel: Path, prediction: Path) -> Iterator[Answer]:
    """For each gold quotation that was found and has a speaker: what was answered."""
    gold = scorer.load_gold(str(novel))
    predicted = json.loads(prediction.read_text(encoding="utf-8"))
    whose = scorer.score(gold, predicted)["alignment"]
    _, quotes, _ = scorer.check_prediction(predicted, gold["text"])
    sure = {
        scorer.trim(gold["text"], q["start"], q["end"]): q["confidence"]
        for q in predicted["quotes"]
    }
    spans = [(q["speaker"], *span) for q in gold["quotes"] for span in q["spans"]]
    found, *_ = scorer.match_spans([span[1:] for span in spans], quotes)
    for place, (speaker, _, _) in enumerate(spans):
        if place in found and speaker and not speaker["special"]:
            start, end, character = quotes[found[place]][:3]
            yield Answer(sure[start, end], whose.get(character) == speaker["id"])


def calibration_error(given: Sequence[Answer]) -> float:
    """Mean distance of confidence and success over the bins, by their share of answers."""
    total = 0.0
    for _, members in binned(given):
        total += abs(sum(a.confidence for a in members) - sum(a.right for a in members))
    return total / max(1, len(given))


def binned(given: Sequence[Answer]) -> Iterator[tuple[int, list[Answer]]]:
    for number in range(BINS):
        members = [a for a in given if min(int(a.confidence * BINS), BINS - 1) == number]
        if members:
            yield number, members


def precision_at(given: Sequence[Answer], coverage: float) -> float:
    """Share of right answers among the surest."""
    surest = sorted(given, key=lambda a: -a.confidence)[: max(1, round(coverage * len(given)))]
    return sum(a.right for a in surest) / len(surest)


def report(by_novel: dict[str, list[Answer]]) -> Iterator[str]:
    """Novel by novel, their mean, and the reliability of all answers together."""
    yield f"{'novel':32}{'answers':>9}{'error':>8}" + "".join(f"{c:>8.0%}" for c in COVERAGES)
    rows = []
    for novel, given in by_novel.items():
        known = [a for a in given if a.confidence]
        rows.append([calibration_error(known), *(precision_at(given, c) for c in COVERAGES)])
        yield f"{novel:32}{len(known):9d}" + "".join(f"{value:8.3f}" for value in rows[-1])
    means = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    yield f"{'mean':41}" + "".join(f"{value:8.3f}" for value in means)
    yield f"\n{'confidence':>12}{'answers':>9}{'mean':>8}{'right':>8}"
    together = [a for given in by_novel.values() for a in given if a.confidence]
    for number, members in binned(together):
        count = len(members)
        mean, right = sum(a.confidence for a in members), sum(a.right for a in members)
        between = f"{number / BINS:.1f}-{(number + 1) / BINS:.1f}"
        yield f"{between:>12}{count:9d}{mean / count:8.3f}{right / count:8.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scorer", type=Path, required=True)
    arguments = parser.parse_args()
    scorer = load_scorer(arguments.scorer)
    by_novel = {
        path.stem: list(answers(scorer, arguments.data / path.stem, path))
        for path in sorted(arguments.out.glob("*.json"))
        if (arguments.data / path.stem).is_dir()
    }
    if not by_novel:
        raise SystemExit(f"{arguments.out} holds no prediction for a novel of {arguments.data}.")
    for line in report(by_novel):
        print(line)


if __name__ == "__main__":
    main()
