"""Every setting, from the environment. This is the one list: the docs' table is made from it."""

from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.errors import Misconfigured


class Settings(BaseSettings):
    """One field a variable. An empty variable counts as not set."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True
    )

    data_dir: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("falsafa"),
        validation_alias="FALSAFA_DATA_DIR",
        description="Folder for everything that is kept.",
    )
    host: str = Field(
        "127.0.0.1", validation_alias="FALSAFA_HOST", description="Address to listen on."
    )
    port: int = Field(
        8001, ge=0, le=65535, validation_alias="FALSAFA_PORT", description="Port to listen on."
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
    max_processing_workers: int = Field(
        1,
        ge=1,
        le=64,
        validation_alias="MAX_PROCESSING_WORKERS",
        description="Books that are processed at once.",
    )
    system_prompt_storage_path: Path | None = Field(
        None,
        validation_alias="SYSTEM_PROMPT_STORAGE_PATH",
        description="Folder for the personas' backup files; by default `prompts` in the data "
        "folder.",
    )
    character_extractor: Literal["builtin"] = Field(
        "builtin",
        validation_alias="CHARACTER_EXTRACTOR",
        description="Who finds the cast.",
    )
    persona_count: int = Field(
        20,
        ge=0,
        le=500,
        validation_alias="FALSAFA_PERSONA_COUNT",
        description="How many of the speaking characters get a persona written.",
    )
    llm_provider: str = Field(
        "extractive",
        validation_alias="LLM_PROVIDER",
        description="Who words the answers: `extractive` (the book's own words), `ollama`.",
    )
    llm_model: str | None = Field(
        None, validation_alias="LLM_MODEL", description="The provider's model."
    )
    ollama_host: str = Field(
        "http://127.0.0.1:11434",
        validation_alias="OLLAMA_HOST",
        description="Where Ollama answers.",
    )
    ollama_api_key: SecretStr | None = Field(
        None, validation_alias="OLLAMA_API_KEY", description="For Ollama's cloud."
    )
    llm_context_tokens: int = Field(
        8192,
        ge=1024,
        validation_alias="FALSAFA_LLM_CONTEXT_TOKENS",
        description="Context window asked of the model, in tokens.",
    )
    embedding_provider: str = Field(
        "minilm", validation_alias="EMBEDDING_PROVIDER", description="Who embeds: `minilm`."
    )
    embedding_dimension: int = Field(
        384, ge=1, validation_alias="EMBEDDING_DIMENSION", description="Width of the vectors."
    )
    embedding_threads: int = Field(
        2,
        ge=1,
        validation_alias="FALSAFA_EMBEDDING_THREADS",
        description="Processor threads that the built-in embedder may use.",
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
    max_concurrent_turns: int = Field(
        200,
        ge=1,
        validation_alias="FALSAFA_MAX_CONCURRENT_TURNS",
        description="Chat turns that may run at once.",
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
    def database_path(self) -> Path:
        return self.data_dir / "falsafa.db"

    @property
    def blobs_dir(self) -> Path:
        return self.data_dir / "blobs"

    @property
    def texts_dir(self) -> Path:
        return self.data_dir / "texts"

    @property
    def max_file_bytes(self) -> int:
        return self.max_file_mb * 1_000_000

    @property
    def prompts_dir(self) -> Path:
        return self.system_prompt_storage_path or self.data_dir / "prompts"

    @property
    def models_dir(self) -> Path:
        """What is built once from installed packages: the embedder's graph, the token ranks."""
        return self.data_dir / "models"

    @property
    def cors_origin_list(self) -> tuple[str, ...]:
        return _list(self.cors_origins)

    @property
    def private_host_list(self) -> tuple[str, ...]:
        return _list(self.private_hosts)


def load_settings() -> Settings:
    """From the environment. Raises Misconfigured, naming the variable and what is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(f"{_name(e['loc'])}: {e['msg']}" for e in error.errors())
        raise Misconfigured(f"Mend the environment: {problems}.") from None


def _name(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)


def _list(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())
