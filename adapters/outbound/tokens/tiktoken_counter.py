"""Token counts by tiktoken's o200k_base, from ranks that lie beside this file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import Lock

import tiktoken

from domain.errors import Misconfigured

ENCODING = "o200k_base"
RANKS = Path(__file__).parent / "data" / "fb374d419588a4632f3f557e76b4b70aebbca790"
RANKS_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"

_environment = Lock()


class TiktokenCounter:
    """A TokenCounter. The ranks (3.6 MB) are read at the first count, in about 0.3 s.

    Raises Misconfigured then, if they are missing or damaged: tiktoken itself would go and
    download them.
    """

    def __init__(self, ranks: Path = RANKS) -> None:
        self._ranks = ranks

    def count(self, text: str) -> int:
        return len(self._encoding.encode_ordinary(text))

    def count_all(self, texts: Sequence[str]) -> list[int]:
        return [self.count(text) for text in texts]

    def truncate(self, text: str, limit: int) -> str:
        tokens = self._encoding.encode_ordinary(text)
        if len(tokens) <= limit:
            return text
        # A token may end inside a code point, and a prefix may fall into other tokens than the
        # whole did: shorten until it is a prefix that fits.
        for kept in range(max(limit, 0), 0, -1):
            prefix = self._encoding.decode_bytes(tokens[:kept]).decode(errors="ignore")
            if text.startswith(prefix) and self.count(prefix) <= limit:
                return prefix
        return ""

    @cached_property
    def _encoding(self) -> tiktoken.Encoding:
        self._check_ranks()
        with _cache_dir(self._ranks.parent):
            return tiktoken.get_encoding(ENCODING)

    def _check_ranks(self) -> None:
        try:
            digest = hashlib.sha256(self._ranks.read_bytes()).hexdigest()
        except OSError as error:
            raise Misconfigured(f"The token ranks cannot be read: {self._ranks}.") from error
        if digest != RANKS_SHA256:
            raise Misconfigured(f"The token ranks are damaged; reinstall Falsafa: {self._ranks}.")


@contextmanager
def _cache_dir(folder: Path) -> Iterator[None]:
    """Where tiktoken looks before it downloads: it takes this from the environment alone."""
    with _environment:
        before = os.environ.get("TIKTOKEN_CACHE_DIR")
        os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
        try:
            yield
        finally:
            if before is None:
                del os.environ["TIKTOKEN_CACHE_DIR"]
            else:
                os.environ["TIKTOKEN_CACHE_DIR"] = before
