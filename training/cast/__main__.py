"""Learn the speaker weights from LitBank, and write the table that the extractor reads.

    python -m training.cast LITBANK [--without WORDS] [--out FILE]

LITBANK: the folder with `quotations/tsv` and `coref/brat` of https://github.com/dbamman/litbank.
First prints what the weights do on excerpts they have not been learned on (five folds), then
learns from all. `--without`: leaves out excerpts whose file name holds one of the words, parted by
commas, as to see what an author's books owe to being learned from. Takes half a minute on one core;
nothing in it is random.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from adapters.outbound.cast import weights
from adapters.outbound.cast.weights import Curve, Weights
from training.cast.calibration import curves_of
from training.cast.figures import Answer, answers, report
from training.cast.gold import Example, examples
from training.cast.learn import learn
from training.cast.litbank import load_litbank
from training.cast.prior import PRIOR

SPREAD = 0.1  # of the prior; wider ones do no better on excerpts that were not learned from
FOLDS = 5
OUT = Path(weights.__file__).parent / weights.FILE


def held_out_answers(found: list[Example]) -> list[Answer]:
    """Answers for each excerpt, by weights that were learned without its fold."""
    held_out: list[Answer] = []
    for fold in range(FOLDS):
        learned = learn([e for i, e in enumerate(found) if i % FOLDS != fold], PRIOR, SPREAD)
        held_out += answers([e for i, e in enumerate(found) if i % FOLDS == fold], learned)
    return held_out


def write(out: Path, learned: Weights, curves: dict[str, Curve], count: int) -> None:
    table = {
        "provenance": (
            f"Learned by training/cast from {count} excerpts of LitBank (Bamman, Popat and Shen "
            "2019; Bamman, Lewke and Mansoor 2020; Sims and Bamman 2020), CC BY 4.0, "
            f"https://github.com/dbamman/litbank; prior: training/cast/prior.py, spread {SPREAD}."
        ),
        "speaker": _rounded(learned.speaker),
        "turn": _rounded(learned.turn),
        "confidence": {kind: [round(v, 3) for v in curve] for kind, curve in curves.items()},
    }
    out.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    """Three decimals, by name; what comes to nothing is left out."""
    return {name: round(value, 3) for name, value in sorted(values.items()) if round(value, 3)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("litbank", type=Path)
    parser.add_argument("--without", default="", metavar="WORDS")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    without = [word for word in arguments.without.split(",") if word]
    excerpts = [
        e for e in load_litbank(arguments.litbank) if not any(word in e.name for word in without)
    ]
    found = examples(excerpts)
    print(report("set by hand", answers(found, PRIOR)))
    held_out = held_out_answers(found)
    print(report("learned, five folds", held_out))
    curves = curves_of(held_out)
    learned = learn(found, PRIOR, SPREAD)
    print(report("learned, on what it learned from", answers(found, learned)))
    write(arguments.out, learned, curves, len(excerpts))


if __name__ == "__main__":
    main()
