"""Undoing a response's content encoding without letting it swell past a limit."""

from __future__ import annotations

import zlib
from collections.abc import AsyncGenerator, AsyncIterator

from domain.errors import SourceUnavailable

_PIECE = 256 * 1024  # decoded bytes given on at a time
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS  # told by the header


async def decoded(content: AsyncIterator[bytes], encoding: str) -> AsyncGenerator[bytes, None]:
    """The content in small pieces, however small the packed ones from which they swell.

    Raises SourceUnavailable for a broken or unknown encoding. We ask for none, but stores that
    keep files packed send them so.
    """
    if encoding in ("", "identity"):
        async for piece in content:
            yield piece
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise SourceUnavailable("The server sent the file in an encoding that was not asked for.")
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
    async for packed in content:
        rest = packed
        while rest:
            try:
                piece = unpacker.decompress(rest, _PIECE)
            except zlib.error as error:
                raise SourceUnavailable("What the server sent is damaged.") from error
            if piece:
                yield piece
            rest = unpacker.unconsumed_tail
    if not unpacker.eof:
        raise SourceUnavailable("What the server sent is cut off.")
