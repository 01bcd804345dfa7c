"""Python imports this first wherever it stands on the path: the guard, for whole processes."""

import os
from contextlib import ExitStack

from tests.outbound_guard import outbound_refused


def _tell(attempt: str) -> None:
    with open(os.environ["FALSAFA_TEST_ATTEMPTS"], "a") as log:  # noqa: PTH123 - keep imports few
        log.write(f"{attempt}\n")


_guard = ExitStack()  # open until the process ends
_guard.enter_context(outbound_refused(_tell))
_tell("guarded")
