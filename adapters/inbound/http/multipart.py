"""A file in a multipart body, handed on while it arrives: never whole in memory, on disk once."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from domain.errors import InvalidInput

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_MAX_FIELD = 10_000  # bytes of a field that is no file


@dataclass(frozen=True, slots=True)
class Upload:
    file_name: str
    media_type: str
    fields: dict[str, str]  # those that stand before the file
    content: AsyncIterator[bytes]  # raises InvalidInput if the body is cut off or malformed


@dataclass(slots=True)
class _Part:
    """The head of a part."""

    headers: dict[bytes, bytes] = field(default_factory=dict)

    @property
    def options(self) -> dict[bytes, bytes]:
        disposition = self.headers.get(b"content-disposition", b"").decode("latin-1")
        return parse_options_header(disposition)[1]

    @property
    def name(self) -> str:
        return self.options.get(b"name", b"").decode(errors="replace")

    @property
    def file_name(self) -> str | None:
        name = self.options.get(b"filename")
        return None if name is None else name.decode(errors="replace")

    @property
    def media_type(self) -> str:
        return self.headers.get(b"content-type", b"").decode("latin-1")


_Event = _Part | bytes | None  # a part begins, a piece of it, all parts have ended


async def open_upload(request: Request, *, file_field: str = "file") -> Upload:
    """Read up to the beginning of the file.

    Raises InvalidInput if the body is not multipart or has no file.
    """
    events = _events(request)
    fields: dict[str, str] = {}
    name = ""
    async for event in events:
        if isinstance(event, _Part):
            name = event.name
            if name == file_field:
                content = _file(events)
                return Upload(event.file_name or "book", event.media_type, fields, content)
            fields[name] = ""
        elif event is not None:
            fields[name] += event.decode(errors="replace")
            if len(fields[name]) > _MAX_FIELD:
                raise InvalidInput(f"The field {name!r} is too long.")
    raise InvalidInput(f"Send the book as a file in the field {file_field!r}.")


async def _file(events: AsyncGenerator[_Event, None]) -> AsyncGenerator[bytes, None]:
    is_whole = False
    async for event in events:
        if isinstance(event, _Part):
            raise InvalidInput("The file must be the last field of the form.")
        if event is None:
            is_whole = True
        else:
            yield event
    if not is_whole:
        raise InvalidInput("The upload was cut off; send it again.")


async def _events(request: Request) -> AsyncGenerator[_Event, None]:
    collector = _Collector()
    parser = MultipartParser(_boundary(request), collector.callbacks)
    try:
        async for chunk in request.stream():
            parser.write(chunk)
            events, collector.events = collector.events, []
            for event in events:
                yield event
    except FormParserError as error:
        raise InvalidInput("The multipart body cannot be read.") from error


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("Content-Type"))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= 70:
        raise InvalidInput("Send the book as multipart/form-data.")
    return boundary


class _Collector:
    """Turns the parser's callbacks into events."""

    def __init__(self) -> None:
        self.events: list[_Event] = []
        self._part = _Part()
        self._name = b""
        self._value = b""

    @property
    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin_part,
            "on_header_field": self._add_name,
            "on_header_value": self._add_value,
            "on_header_end": self._end_header,
            "on_headers_finished": lambda: self.events.append(self._part),
            "on_part_data": lambda data, start, end: self.events.append(data[start:end]),
            "on_end": lambda: self.events.append(None),
        }

    def _begin_part(self) -> None:
        self._part = _Part()

    def _add_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._part.headers[self._name.lower()] = self._value
        self._name = self._value = b""
