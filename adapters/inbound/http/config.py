"""What an operator decides about the HTTP side."""

from dataclasses import dataclass, field
from typing import Literal

from domain.errors import Misconfigured

AuthMode = Literal["off", "key"]


@dataclass(frozen=True, slots=True)
class HttpConfig:
    """Raises Misconfigured for a key mode without a key. Whether `off` is safe where the server
    listens is decided by whoever starts it."""

    auth_mode: AuthMode = "off"
    api_key: str | None = field(default=None, repr=False)
    cors_origins: tuple[str, ...] = ()
    max_upload_bytes: int = 100_000_000
    max_json_bytes: int = 1_000_000
    read_idle_seconds: float = 30.0  # between two pieces of a request's body
    write_idle_seconds: float = 60.0  # for one piece of an answer to be taken
    ping_seconds: float = 15.0  # between comments on a silent event stream

    def __post_init__(self) -> None:
        if self.auth_mode == "key" and not self.api_key:
            raise Misconfigured("Set BACKEND_API_KEY: with AUTH_MODE=key every request needs it.")
