import pytest

from adapters.outbound.cast.confidence import confidence_of
from adapters.outbound.cast.features import ANAPHORIC, TAGGED, UNTAGGED

KINDS = pytest.mark.parametrize("kind", [TAGGED, ANAPHORIC, UNTAGGED])


@KINDS
def test_confidence_rises_with_probability(kind: str) -> None:
    confidences = [confidence_of(p, kind) for p in (0.1, 0.5, 0.7, 0.9, 0.99, 0.999)]
    assert confidences == sorted(set(confidences))


@KINDS
def test_certainty_is_never_claimed(kind: str) -> None:
    assert 0 < confidence_of(0.0, kind) < confidence_of(1.0, kind) < 1


def test_a_tag_by_name_is_the_surest() -> None:
    assert confidence_of(0.9999, TAGGED) > confidence_of(0.9999, ANAPHORIC)
