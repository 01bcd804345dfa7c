import os
import socket
from pathlib import Path

import pytest

from adapters.outbound.tokens.tiktoken_counter import RANKS, TiktokenCounter
from domain.errors import Misconfigured


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("hello world", 2),
        ("“You are not to see things.”", 7),
        ("antidisestablishmentarianism", 6),
        ("3.14159", 4),
        ("漢字かな", 3),
        (" " * 100, 2),
    ],
)
def test_counts_are_those_of_o200k_base(text: str, tokens: int) -> None:
    assert TiktokenCounter().count(text) == tokens


def test_the_first_count_opens_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert TiktokenCounter().count("one two") == 2


def test_the_environment_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "/elsewhere")
    TiktokenCounter().count("one")
    assert os.environ["TIKTOKEN_CACHE_DIR"] == "/elsewhere"
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR")
    TiktokenCounter().count("one")
    assert "TIKTOKEN_CACHE_DIR" not in os.environ


def test_missing_ranks_are_told(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        TiktokenCounter(tmp_path / RANKS.name).count("one")


def test_damaged_ranks_are_told_and_left_alone(tmp_path: Path) -> None:
    ranks = tmp_path / RANKS.name
    ranks.write_bytes(RANKS.read_bytes()[:-1])
    with pytest.raises(Misconfigured, match="damaged"):
        TiktokenCounter(ranks).count("one")
    assert ranks.exists()
