"""Commands of an operator, on the production stack."""

from pathlib import Path

from tests.integration.flows.processes import falsafa
from tests.integration.stack.conftest import Stack


def test_doctor_tells_each_part_s_version_and_that_it_works(stack: Stack) -> None:
    told = falsafa(stack.api.data_dir, "doctor", **stack.variables).stdout
    for word in ("queue", "Redis", "tables", "PostgreSQL", "vectors", "Qdrant", "keywords"):
        assert word in told
    for word in ("language model", "embedder", "reranker", "data folder"):
        assert word in told
    assert "broken" not in told


def test_doctor_says_what_to_mend(stack: Stack, tmp_path: Path) -> None:
    variables = {**stack.variables, "REDIS_URL": "redis://127.0.0.1:1/0", "JINA_API_KEY": "wrong"}
    done = falsafa(tmp_path, "doctor", check=False, **variables)
    assert done.returncode == 1
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert any(line.startswith("broken queue") and "REDIS_URL" in line for line in lines), lines
    assert any(line.startswith("away embedder") and "JINA_API_KEY" in line for line in lines), lines


def test_the_books_of_the_tables_are_listed(stack: Stack) -> None:
    done = falsafa(stack.api.data_dir, "books", "--json", **stack.variables)
    assert done.stdout.strip().startswith("[")


def test_a_backup_of_what_is_kept_elsewhere_is_refused(stack: Stack, tmp_path: Path) -> None:
    done = falsafa(
        stack.api.data_dir, "backup", str(tmp_path / "b.tar.gz"), check=False, **stack.variables
    )
    assert done.returncode == 2
    assert "SUPABASE_URL" in done.stderr


def test_no_book_waits_for_migration_where_none_is_older(stack: Stack) -> None:
    done = falsafa(stack.api.data_dir, "migrate", **stack.variables)
    assert "No book waits" in done.stderr
