import subprocess
import sys

from tests.contract_table import PAGE, page_with
from tests.services.programs import ROOT


def test_the_table_of_contract_tests_is_in_step() -> None:
    script = "from tests.contract_table import contract_table; print(contract_table(), end='')"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert PAGE.read_text(encoding="utf-8") == page_with(done.stdout), "run `make docs`"
