"""Where it listens, who may come in, what it writes to its log."""

from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from bootstrap.settings.values import listed


class ServerSettings(BaseSettings):
    data_dir: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("falsafa"),
        validation_alias="FALSAFA_DATA_DIR",
        description="Folder for everything that is kept on this machine.",
    )
    host: str = Field(
        "127.0.0.1", validation_alias="FALSAFA_HOST", description="Address to listen on."
    )
    port: int = Field(
        8001, ge=0, le=65535, validation_alias="FALSAFA_PORT", description="Port of the API."
    )
    worker_port: int = Field(
        8002,
        ge=0,
        le=65535,
        validation_alias="FALSAFA_WORKER_PORT",
        description="Port of a worker's own `/metrics`, `/health` and `/ready`; 0: any free one.",
    )
    auth_mode: Literal["off", "key"] = Field(
        "off",
        validation_alias="AUTH_MODE",
        description="`off` on a loopback address only; `key` asks for BACKEND_API_KEY.",
    )
    backend_api_key: SecretStr | None = Field(
        None,
        validation_alias="BACKEND_API_KEY",
        description="The key that frontends send as `Authorization: Bearer`.",
    )
    cors_origins: str = Field(
        "",
        validation_alias="CORS_ORIGINS",
        description="Origins that browsers may call from, comma-separated.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", validation_alias="FALSAFA_LOG_LEVEL", description="Least level that is logged."
    )
    log_format: Literal["auto", "json", "text"] = Field(
        "auto",
        validation_alias="FALSAFA_LOG_FORMAT",
        description="`auto`: text on a terminal, else JSON.",
    )

    @property
    def cors_origin_list(self) -> tuple[str, ...]:
        return listed(self.cors_origins)
