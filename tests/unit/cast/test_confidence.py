from adapters.outbound.cast.confidence import confidence_of


def test_confidence_rises_with_probability_and_stays_below_it() -> None:
    probabilities = [0.5, 0.6, 0.7, 0.9, 0.99, 0.999]
    confidences = [confidence_of(p) for p in probabilities]
    assert confidences == sorted(confidences)
    assert all(c < p for c, p in zip(confidences, probabilities, strict=True))


def test_certainty_is_never_claimed() -> None:
    assert 0 < confidence_of(0.0) < confidence_of(1.0) < 1
