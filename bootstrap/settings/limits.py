"""How much of everything."""

from pydantic import Field

from bootstrap.settings.server import ServerSettings
from bootstrap.settings.values import listed


class LimitSettings(ServerSettings):
    max_processing_workers: int = Field(
        1,
        ge=1,
        le=64,
        validation_alias="MAX_PROCESSING_WORKERS",
        description="Books that a process works on at once.",
    )
    max_concurrent_turns: int = Field(
        200,
        ge=1,
        validation_alias="FALSAFA_MAX_CONCURRENT_TURNS",
        description="Chat turns that may run at once in a process.",
    )
    max_file_mb: int = Field(
        100, ge=1, validation_alias="FALSAFA_MAX_FILE_MB", description="Largest file, in MB."
    )
    max_text_chars: int = Field(
        20_000_000,
        ge=1_000,
        validation_alias="FALSAFA_MAX_TEXT_CHARS",
        description="Longest text of a book, in characters.",
    )
    max_parse_seconds: float = Field(
        120.0,
        gt=0,
        validation_alias="FALSAFA_MAX_PARSE_SECONDS",
        description="Longest time that reading a file may take.",
    )
    private_hosts: str = Field(
        "",
        validation_alias="FALSAFA_PRIVATE_HOSTS",
        description="Hosts (`host:port`, comma-separated) that books may be fetched from although "
        "their address is not public.",
    )

    @property
    def max_file_bytes(self) -> int:
        return self.max_file_mb * 1_000_000

    @property
    def private_host_list(self) -> tuple[str, ...]:
        return listed(self.private_hosts)
