import os
from pathlib import Path

import pytest

from adapters.outbound.booknlp.conversion import cast_of
from adapters.outbound.booknlp.documents import documents_of
from adapters.outbound.booknlp.files import SUFFIXES, Output, read
from adapters.outbound.booknlp.repair import in_one_piece, is_named
from domain.errors import ModelFailed
from tests.unit.booknlp.written import Written

EVAL_DIR = os.environ.get("FALSAFA_EVAL_DIR")


def test_a_word_may_hold_any_character_but_those_that_part_columns_and_rows() -> None:
    written = Written("Ada")
    files = dict(written.files())
    files["tokens"] = files["tokens"].replace("Ada\tada", 'A"d\x85a\u2028\t"a')
    (token,) = read(files).tokens
    assert (token.lemma, token.start, token.end) == ('"a', 0, 3)


def test_none_is_a_word_for_nothing() -> None:
    written = Written("“Oh.”")
    written.quote("“Oh.”")
    (quotation,) = read(written.files()).quotations
    assert (quotation.speaker, quotation.mention) == (None, None)


@pytest.mark.parametrize(
    "change",
    [
        {"book": "{}"},
        {"book": "[]"},
        {"book": "no JSON"},
        {"entities": "COREF\tstart_token\nx\ty\n"},
        {"tokens": "word\nAda\n"},
        {"quotes": "quote_start\tquote_end\n1\n"},
    ],
)
def test_files_of_another_form_are_refused(change: dict[str, str]) -> None:
    files = {**Written("Ada").files(), **change}
    with pytest.raises(ModelFailed, match=r"1\.0\.8"):
        read(files)


def test_a_file_that_is_missing_is_a_failure_of_the_library() -> None:
    with pytest.raises(ModelFailed):
        read({})


SAMPLES = {"pride_short/pride": (881, 10, 28), "emma_slice/emma": (8_129, 28, 49)}


@pytest.mark.eval_data
@pytest.mark.skipif(not EVAL_DIR, reason="FALSAFA_EVAL_DIR names no evaluation data")
@pytest.mark.parametrize("sample", SAMPLES)
class TestRealOutputs:
    def read(self, sample: str) -> tuple[str, Output, dict[str, list[list[str]]]]:
        place = Path(str(EVAL_DIR), "booknlp-sample", sample)
        files = {s: place.with_suffix(f".{s}").read_bytes().decode() for s in SUFFIXES}
        rows = {s: [line.split("\t") for line in files[s].split("\n")[1:] if line] for s in files}
        return place.with_suffix(".txt").read_bytes().decode(), read(files), rows

    def test_every_word_stands_where_its_row_says(self, sample: str) -> None:
        text, output, rows = self.read(sample)
        assert [text[t.start : t.end] for t in output.tokens] == [row[4] for row in rows["tokens"]]

    def test_every_mention_and_quotation_has_its_words(self, sample: str) -> None:
        text, output, rows = self.read(sample)
        spans = {
            "entities": [(e.first, e.last) for e in output.entities],
            "quotes": [(q.first, q.last) for q in output.quotations],
            "supersense": [(s.first, s.last) for s in output.supersenses],
        }
        for name, places in spans.items():
            for place, row in zip(places, rows[name], strict=True):
                words = output.span(*place).of(text)
                assert "".join(words.split()) == "".join(row[-1].split())

    def test_the_cast_is_that_of_its_rows(self, sample: str) -> None:
        text, output, _ = self.read(sample)
        cast = cast_of(output, text)
        tokens, characters, quotes = SAMPLES[sample]
        assert len(output.tokens) == tokens
        assert (len(cast.characters), len(cast.quotes)) == (characters, quotes)
        whole = in_one_piece(output, text)
        people = [e for e in whole.entities if e.category == "PER"]
        named = {e.coref for e in people if is_named(whole, e, text)}
        assert len(cast.characters) == len(named)
        for character in cast.characters:
            coref = int(character.id[1:])
            assert character.mention_count == sum(e.coref == coref for e in people)
            assert character.quote_count == sum(q.speaker == coref for q in whole.quotations)
        assert documents_of(output, text, "BookNLP").keys() >= {"coref.json", "events.json"}
