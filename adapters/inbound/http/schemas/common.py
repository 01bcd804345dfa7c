"""What several resources share."""

import json
import re
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from domain.locator import LONGEST as LONGEST_LOCATOR
from domain.page import Page
from domain.span import Span

T = TypeVar("T")
Out = TypeVar("Out")

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def _clean(text: str) -> str:
    """Control characters go: no reader types them, and some stores refuse them. A surrogate is
    half a character, which JSON can write and UTF-8 cannot."""
    if _SURROGATE.search(text):
        raise ValueError("Write whole Unicode characters, not halves of them")
    return _CONTROL.sub("", text)


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("Write something")
    return text


CleanText = Annotated[str, AfterValidator(_clean)]
FilledText = Annotated[str, AfterValidator(_clean), AfterValidator(_not_blank)]

MAX_PREFERENCES = 2_000  # characters; how long a message may be is the turn's to say


def _as_written(given: object) -> object:
    """A Readium locator may be sent as the object that it is."""
    return json.dumps(given) if isinstance(given, dict) else given


_HOW_FAR = (
    "How far the reader has read: `chapter:5` (inclusive), `37.5%` of the body text, `offset:1200`,"
    " or a place in an EPUB: a CFI, or a Readium locator{}. Nothing beyond it is told."
)
_EXAMPLES = ["chapter:5", "37.5%", "offset:1200", "epubcfi(/6/14!/4/2/10/1:23)"]
_READIUM = {"href": "text/chapter-5.xhtml", "locations": {"progression": 0.4}}

# In an address.
Locator = Annotated[
    CleanText,
    Field(
        max_length=LONGEST_LOCATOR,
        description=_HOW_FAR.format(" as JSON"),
        examples=[*_EXAMPLES, json.dumps(_READIUM)],
    ),
]
# In a body. Told twice, for where it may be null, and where not, it is taken from another place.
_TOLD: dict[str, Any] = {
    "description": _HOW_FAR.format(", as the object that it is or as JSON in a string"),
    "examples": [*_EXAMPLES, _READIUM],
}
_FORMS = [{"type": "string", "maxLength": LONGEST_LOCATOR}, {"type": "object"}]
LocatorIn = Annotated[
    CleanText,
    BeforeValidator(_as_written),
    WithJsonSchema({"anyOf": _FORMS, **_TOLD}),
    Field(max_length=LONGEST_LOCATOR, **_TOLD),
]


class Request(BaseModel):
    """A body of the native API: a field that is not known is a mistake worth telling."""

    model_config = ConfigDict(extra="forbid")


class Position(BaseModel):
    """Code-point offsets into the book's canonical text, end exclusive."""

    start: int = Field(ge=0, examples=[1042])
    end: int = Field(ge=0, examples=[1098])

    @classmethod
    def of(cls, span: Span) -> "Position":
        return cls(start=span.start, end=span.end)


class Listing(BaseModel, Generic[Out]):
    """One page. Send `next_cursor` back as `cursor` for the next; null means that this was the
    last."""

    items: list[Out]
    next_cursor: str | None = None

    @classmethod
    def of(cls, page: Page[T], items: list[Out]) -> "Listing[Out]":
        return cls(items=items, next_cursor=page.next_cursor)
