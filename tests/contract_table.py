"""How many contract tests each adapter passes: `python -m tests.contract_table` writes the table of
docs/testing.md."""

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "testing.md"
BEGIN, END = "<!-- contract table: `make docs` -->\n", "<!-- end of the contract table -->\n"

_DECLARED = re.findall(
    r"^class (\w+)\(Protocol\)",
    "".join(path.read_text() for path in (ROOT / "application" / "ports").glob("*.py")),
    re.MULTILINE,
)
_PORTS = {port: port for port in _DECLARED} | {
    port.removesuffix("Repository"): port for port in _DECLARED
}


class _Collected:
    def __init__(self) -> None:
        self.tests: Counter[tuple[str, str]] = Counter()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            for port in _contracts(getattr(item, "cls", None)):
                self.tests[port, item.cls.__name__.removeprefix("Test")] += 1  # type: ignore[attr-defined]


def contract_table() -> str:
    """A row a port and adapter, as pytest collects the tests with no vendor's server named."""
    collected = _Collected()
    for name in [n for n in os.environ if n.startswith("FALSAFA_TEST_")]:
        del os.environ[name]
    with redirect_stdout(StringIO()) as told:
        code = pytest.main(["--collect-only", "-qq", "tests/contract"], plugins=[collected])
    if code:
        raise RuntimeError(told.getvalue())
    rows = ["| Port | Adapter | Tests |\n", "|---|---|---|\n"]
    last = ""
    for (port, adapter), count in sorted(collected.tests.items()):
        rows.append(f"| {port if port != last else ''} | {_words(adapter)} | {count} |\n")
        last = port
    rows.append(f"| | all | {sum(collected.tests.values())} |\n")
    return "".join(rows)


def page_with(table: str) -> str:
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(BEGIN)
    return head + BEGIN + "\n" + table + "\n" + END + rest.partition(END)[2]


def _contracts(tests: type | None) -> Iterator[str]:
    """The port whose contract a class of tests inherits, under whatever stronger one."""
    for base in tests.__mro__[1:] if tests else ():
        name = base.__name__.removesuffix("Contract")
        if name != base.__name__ and (port := _PORTS.get(name)):
            yield port
            return


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)


if __name__ == "__main__":
    sys.stdout.write(table := contract_table())
    PAGE.write_text(page_with(table), encoding="utf-8")
