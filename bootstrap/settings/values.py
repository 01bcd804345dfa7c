"""How one variable holds several values."""


def listed(value: str) -> tuple[str, ...]:
    """The parts between commas."""
    return tuple(part.strip() for part in value.split(",") if part.strip())
