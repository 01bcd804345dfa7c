"""Each language model, and the one that stands in for it, chosen by environment variables alone."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.integration.cli.command_line import CommandLine

QUESTION = ("talk", "dowager", "--with", "Miss Tull", "--say", "What do you compute?")
AWAY = "http://127.0.0.1:9"  # the port of `discard`, where nobody listens


@contextmanager
def stub(name: str) -> Iterator[str]:
    """The stub of a vendor's server as a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = [sys.executable, "-m", f"tests.stubs.{name}", "--port", str(port)]
    with subprocess.Popen(program) as running:
        try:
            _wait_until_it_listens(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()


def _wait_until_it_listens(port: int) -> None:
    last = time.monotonic() + 60
    while time.monotonic() < last:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.02)
    raise AssertionError("the stub did not start")


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, str]]:
    with stub("openai_chat") as openai, stub("anthropic") as anthropic, stub("ollama") as ollama:
        yield {"openai": openai, "anthropic": anthropic, "ollama": ollama}


@pytest.mark.parametrize(
    "variables",
    [
        {"LLM_PROVIDER": "openai", "OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "{openai}/v1"},
        {"LLM_PROVIDER": "openai", "OPENAI_BASE_URL": "{openai}/v1"},
        {
            "LLM_PROVIDER": "anthropic",
            "ANTHROPIC_API_KEY": "k",
            "ANTHROPIC_BASE_URL": "{anthropic}",
        },
        {"LLM_PROVIDER": "ollama", "OLLAMA_HOST": "{ollama}"},
        {"LLM_PROVIDER": "ollama", "OLLAMA_HOST": "{ollama}", "OLLAMA_API_KEY": "k"},
    ],
    ids=["openai", "compatible server without a key", "anthropic", "ollama", "ollama's cloud"],
)
def test_a_model_is_chosen_by_variables_alone(
    falsafa: CommandLine,
    servers: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
) -> None:
    for name, value in {**variables, "LLM_MODEL": "small"}.items():
        monkeypatch.setenv(name, value.format(**servers))

    told = falsafa(*QUESTION)

    assert told.exit_code == 0, told.output
    assert "The book says: “" in told.stdout
    assert "[1]" in told.stdout
    assert "No language model" not in told.stdout


@pytest.mark.parametrize(
    ("second", "answer"),
    [
        (
            {
                "FALSAFA_LLM_FALLBACK_PROVIDER": "anthropic",
                "FALSAFA_LLM_FALLBACK_MODEL": "small",
                "ANTHROPIC_API_KEY": "k",
                "ANTHROPIC_BASE_URL": "{anthropic}",
            },
            "The book says: “",
        ),
        ({"FALSAFA_LLM_FALLBACK_PROVIDER": "extractive"}, "“"),
    ],
    ids=["anthropic", "extractive"],
)
def test_a_second_model_stands_in_and_the_reply_says_so(
    falsafa: CommandLine,
    servers: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    second: dict[str, str],
    answer: str,
) -> None:
    monkeypatch.setenv("LLM_PROVIDER", "openai")
    monkeypatch.setenv("LLM_MODEL", "large")
    monkeypatch.setenv("OPENAI_BASE_URL", AWAY)
    for name, value in second.items():
        monkeypatch.setenv(name, value.format(**servers))

    told = falsafa(*QUESTION)

    assert told.exit_code == 0, told.output
    assert answer in told.stdout
    assert second["FALSAFA_LLM_FALLBACK_PROVIDER"] in told.stderr
    assert "in place of openai/large" in told.stderr
    assert "cannot be reached" in told.stderr


def test_where_no_model_answers_the_turn_fails_and_says_why(
    falsafa: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLM_PROVIDER", "ollama")
    monkeypatch.setenv("LLM_MODEL", "small")
    monkeypatch.setenv("OLLAMA_HOST", AWAY)

    told = falsafa(*QUESTION)

    assert told.exit_code != 0
    assert "ollama serve" in told.output
    assert "error (model_unavailable): " in told.stderr
