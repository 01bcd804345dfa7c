"""The embedding model is changed under a library: SQLite and all that stands on it."""

import json

import pytest
from dependency_injector import providers

from adapters.outbound.memory.embedder import TermEmbedder
from bootstrap.container import Container
from tests.integration.cli.command_line import CommandLine

QUERY = "the dowager"
MISMATCH = "falsafa reindex "


class OtherTerms(TermEmbedder):
    model = "other terms"


def with_other_terms(container: Container) -> None:
    container.embedder.override(providers.Singleton(OtherTerms))


def found(falsafa: CommandLine) -> tuple[str, str]:
    """What a search prints, and what it has to say besides."""
    result = falsafa("search", "dowager", QUERY, change=with_other_terms)
    assert result.exit_code == 0, result.output
    return result.stdout, result.stderr


def book_id(falsafa: CommandLine) -> str:
    (book,) = json.loads(falsafa("books", "--json").stdout)
    return str(book["id"])


def test_the_command_that_mends_a_mismatch_is_named_and_mends_it(falsafa: CommandLine) -> None:
    out, err = found(falsafa)
    assert f"{MISMATCH}{book_id(falsafa)}" in out + err
    cast = falsafa("cast", "dowager", "--json").stdout

    done = falsafa("reindex", book_id(falsafa), change=with_other_terms)

    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("The Dowager at Home is indexed anew. (")
    assert "embedding passages" in done.stderr
    assert "finding the cast" not in done.stderr
    out, err = found(falsafa)
    assert MISMATCH not in out + err
    assert falsafa("cast", "dowager", "--json").stdout == cast


def test_all_takes_the_books_that_need_it_alone(falsafa: CommandLine) -> None:
    fits = falsafa("reindex", "--all")
    assert (fits.exit_code, fits.stdout) == (0, "")
    assert "Every book is indexed" in fits.stderr

    done = falsafa("reindex", "--all", change=with_other_terms)
    assert done.stdout.count("is indexed anew") == 1
    assert falsafa("reindex", "--all", change=with_other_terms).stdout == ""


@pytest.mark.parametrize(
    ("arguments", "code"), [((), 2), (("dowager", "--all"), 2), (("nobody",), 3)]
)
def test_what_to_index_has_to_be_said(
    falsafa: CommandLine, arguments: tuple[str, ...], code: int
) -> None:
    assert falsafa("reindex", *arguments).exit_code == code
