"""Which vendors' real servers the contract is tried on: those whose key stands in a variable
FALSAFA_TEST_<VENDOR>_API_KEY."""

import os

STUB = "stub"


def stub_or_real(vendor: str) -> list[str]:
    """The stub, and the variable if it is set: parameters of a fixture."""
    variable = f"FALSAFA_TEST_{vendor}_API_KEY"
    return [STUB, variable] if os.environ.get(variable) else [STUB]


def key_in(chosen: str) -> str | None:
    """The key in the variable; None for the stub."""
    return None if chosen == STUB else os.environ[chosen]
