"""The two documented bodies. Frontends in production may send more fields than we read."""

from typing import Annotated
from uuid import UUID

from pydantic import (
    AfterValidator,
    AnyUrl,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
)

from adapters.inbound.http.schemas.common import (
    MAX_PREFERENCES,
    CleanText,
    FilledText,
    LocatorIn,
)
from adapters.inbound.http.schemas.jobs import JobOut

_any_url = TypeAdapter(AnyUrl)


def _is_uri(written: str) -> str:
    """Checked, but kept as it is: a signed URL would not survive being normalized."""
    _any_url.validate_python(written)
    return written


_BOOK = "4f0c3a52-8a0a-4b7c-9a0e-2f5f3c0d1e11"
_USER = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


class ProcessingIn(BaseModel):
    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "book_id": _BOOK,
                    "file_url": "https://books.example/hard-times.epub",
                    "user_id": _USER,
                }
            ]
        },
    )

    book_id: UUID
    file_url: Annotated[
        CleanText,
        AfterValidator(_is_uri),
        Field(max_length=4096, json_schema_extra={"format": "uri"}),
    ]
    user_id: UUID


class ProcessingData(BaseModel):
    book_id: str
    job: JobOut
    queued: bool = True


class ProcessingOut(BaseModel):
    """Two clients in production read two shapes; this is both."""

    status: str = "accepted"
    job_id: str
    data: ProcessingData


def _empty_as_absent(given: object) -> object:
    """A frontend in production may send every field that it knows, with nothing in it."""
    return None if isinstance(given, str) and not given.strip() else given


class ChatIn(BaseModel):
    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "user_id": _USER,
                    "character_id": "0b6e1d7c-4d0f-4ab4-8d6c-7a1f0b8c9d10",
                    "book_id": _BOOK,
                    "session_id": "5a3f9e0c-2f1d-4c55-8a7b-1d2e3f4a5b6c",
                    "user_message": "What do you think of facts?",
                    "read_up_to": "chapter:5",
                }
            ]
        },
    )

    user_id: UUID
    character_id: UUID
    book_id: UUID
    session_id: UUID
    user_message: FilledText
    preferences: Annotated[CleanText, Field(max_length=MAX_PREFERENCES)] | None = None
    read_up_to: Annotated[LocatorIn | None, BeforeValidator(_empty_as_absent)] = None
