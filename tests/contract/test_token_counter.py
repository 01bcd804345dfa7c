import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.outbound.memory.token_counter import WordCounter
from adapters.outbound.tokens.tiktoken_counter import TiktokenCounter
from application.ports.token_counter import TokenCounter

TEXTS = st.text(
    st.characters(codec="utf-8") | st.sampled_from(list("  \n'.,aeiouéтж漢字😀👩🏽‍🚀")),
    max_size=120,
)
# Counters keep no state, so that one of them may serve every example of every subclass.
SHARED_WITH_SUBCLASSES = [HealthCheck.function_scoped_fixture, HealthCheck.differing_executors]


class TokenCounterContract:
    @pytest.fixture
    def counter(self) -> TokenCounter:
        raise NotImplementedError

    def test_nothing_has_no_tokens(self, counter: TokenCounter) -> None:
        assert counter.count("") == 0
        assert counter.truncate("", 5) == ""

    def test_texts_are_counted_in_their_order(self, counter: TokenCounter) -> None:
        texts = ["one", "one two three", "", "one, two"]
        assert counter.count_all(texts) == [counter.count(text) for text in texts]
        assert counter.count("one two three") == 3

    def test_a_text_that_fits_stays_whole(self, counter: TokenCounter) -> None:
        assert counter.truncate("one two three", 3) == "one two three"

    def test_a_longer_text_is_cut(self, counter: TokenCounter) -> None:
        assert counter.truncate("one two three four", 2).strip() == "one two"
        assert counter.truncate("one two", 0) == ""

    @settings(suppress_health_check=SHARED_WITH_SUBCLASSES, deadline=None)
    @given(text=TEXTS, limit=st.integers(0, 40))
    def test_what_is_left_is_a_prefix_that_fits(
        self, counter: TokenCounter, text: str, limit: int
    ) -> None:
        kept = counter.truncate(text, limit)
        assert text.startswith(kept)
        assert counter.count(kept) <= limit


class TestWordCounter(TokenCounterContract):
    @pytest.fixture
    def counter(self) -> TokenCounter:
        return WordCounter()


@pytest.fixture(scope="module")
def tiktoken_counter() -> TokenCounter:
    return TiktokenCounter()


class TestTiktokenCounter(TokenCounterContract):
    @pytest.fixture
    def counter(self, tiktoken_counter: TokenCounter) -> TokenCounter:
        return tiktoken_counter
