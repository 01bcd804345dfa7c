"""The file of a version's token vectors: the rows, how many each passage has, and a digest.

    int8 [tokens, width] | uint32 [passages], little-endian | passages, 8 bytes | SHA-256 of all
    before it, 32 bytes

What is counted stands at the end, so that the rows can be written as they come.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import AsyncIterator, Sequence

import numpy as np

from adapters.outbound.token_vectors.book_tokens import NumpyBookTokens
from application.ports.token_vectors import Levels
from domain.errors import StoreUnavailable
from domain.ids import BookId

_DIGEST_BYTES = hashlib.sha256().digest_size
_COUNT_BYTES = 8


async def written(passages: AsyncIterator[Sequence[Levels]], width: int) -> AsyncIterator[bytes]:
    """Piece by piece: of a book of any size no more than one batch is in memory."""
    digest = hashlib.sha256()
    counts = array("I")
    async for some in passages:
        piece = b"".join(levels.tobytes() for levels in some)
        counts.extend(len(levels) // width for levels in some)
        digest.update(piece)
        yield piece
    tail = np.asarray(counts, "<u4").tobytes() + len(counts).to_bytes(_COUNT_BYTES, "little")
    digest.update(tail)
    yield tail + digest.digest()


def read(content: bytes, width: int, book_id: BookId) -> NumpyBookTokens:
    """Raises StoreUnavailable if it is not what was written."""
    body = memoryview(content)[:-_DIGEST_BYTES]
    if hashlib.sha256(body).digest() != content[-_DIGEST_BYTES:]:
        raise StoreUnavailable(
            "The stored vectors of this book's tokens are damaged. Make them anew: "
            f"falsafa reindex {book_id}"
        )
    passages = int.from_bytes(body[-_COUNT_BYTES:], "little")
    end = len(body) - _COUNT_BYTES - 4 * passages
    counts = np.frombuffer(body[end:-_COUNT_BYTES], "<u4")
    return NumpyBookTokens(np.frombuffer(body[:end], np.int8).reshape(-1, width), counts)
