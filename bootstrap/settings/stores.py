"""Where things are kept. A store whose variable is not set is the embedded one."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from bootstrap.settings.server import ServerSettings
from bootstrap.settings.values import listed


class StoreSettings(ServerSettings):
    redis_url: SecretStr | None = Field(
        None,
        validation_alias="REDIS_URL",
        description="Queue, caches, locks and turn events in Redis: `redis://host:6379/0`.",
    )
    supabase_url: str | None = Field(
        None,
        validation_alias="SUPABASE_URL",
        description="Tables in Supabase, or in any PostgREST: the project's URL.",
    )
    supabase_service_role_key: SecretStr | None = Field(
        None,
        validation_alias="SUPABASE_SERVICE_ROLE_KEY",
        description="The project's service-role key.",
    )
    supabase_rest_path: str = Field(
        "/rest/v1",
        validation_alias="SUPABASE_REST_PATH",
        description="Path of the REST API under the URL; `/` for a PostgREST without a gateway.",
    )
    supabase_bucket: str = Field(
        "",
        validation_alias="SUPABASE_BUCKET",
        description="Storage bucket for files and texts; not set: a folder, which every process "
        "must have mounted.",
    )
    supabase_session_key: Literal["id", "session_id"] = Field(
        "id",
        validation_alias="SUPABASE_SESSION_KEY",
        description="Key column of `chat_sessions` in this deployment.",
    )
    supabase_status_words: Literal["pending", "queued"] = Field(
        "pending",
        validation_alias="SUPABASE_STATUS_WORDS",
        description="Words of `processing_status`: `pending, processing, completed, failed` or "
        "`queued, processing, success, failed`.",
    )
    qdrant_url: str | None = Field(
        None, validation_alias="QDRANT_URL", description="Vectors in Qdrant: `http://host:6333`."
    )
    qdrant_api_key: SecretStr | None = Field(
        None, validation_alias="QDRANT_API_KEY", description="Qdrant's key, if it wants one."
    )
    qdrant_collection: str = Field(
        "",
        validation_alias="QDRANT_COLLECTION",
        description="One shared collection of this name, for many thousand books; not set: a "
        "collection a book.",
    )
    typesense_nodes: str = Field(
        "",
        validation_alias="TYPESENSE_NODES",
        description="Full text in TypeSense: `http://host:8108`, several comma-separated.",
    )
    typesense_api_key: SecretStr | None = Field(
        None, validation_alias="TYPESENSE_API_KEY", description="TypeSense's key."
    )
    system_prompt_storage_path: Path | None = Field(
        None,
        validation_alias="SYSTEM_PROMPT_STORAGE_PATH",
        description="Folder for the personas' backup files; by default `prompts` in the data "
        "folder.",
    )

    @property
    def queue(self) -> Literal["embedded", "redis"]:
        return "redis" if self.redis_url else "embedded"

    @property
    def tables(self) -> Literal["embedded", "supabase"]:
        return "supabase" if self.supabase_url else "embedded"

    @property
    def rows(self) -> Literal["embedded", "supabase", "cached"]:
        """Where rows are read at every turn: a round trip each, unless a cache is nearer."""
        return "cached" if (self.tables, self.queue) == ("supabase", "redis") else self.tables

    @property
    def vectors(self) -> Literal["embedded", "qdrant"]:
        return "qdrant" if self.qdrant_url else "embedded"

    @property
    def keywords(self) -> Literal["embedded", "typesense"]:
        return "typesense" if self.typesense_nodes else "embedded"

    @property
    def files(self) -> Literal["folder", "supabase"]:
        return "supabase" if self.supabase_bucket else "folder"

    @property
    def uses_database(self) -> bool:
        """Whether anything is kept in the SQLite file."""
        return "embedded" in (self.queue, self.tables, self.vectors, self.keywords)

    @property
    def typesense_node_list(self) -> tuple[str, ...]:
        return listed(self.typesense_nodes)

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
    def prompts_dir(self) -> Path:
        return self.system_prompt_storage_path or self.data_dir / "prompts"
