"""A ZIP archive that is read in memory only, and only within limits.

Nothing is ever written under a name that an archive gives, so a path that leads out of it, a link
or an absolute name can do no harm: a name is a key to look up, and nothing else.
"""

from __future__ import annotations

import io
import struct
import zlib
from itertools import pairwise
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from adapters.outbound.parsing.limits import MIB, ParsingLimits
from domain.errors import BrokenFile, EncryptedFile, FileTooLarge

_CENTRAL_ENTRY = b"PK\x01\x02"
_LOCAL_HEADER = 30  # bytes, without the name
_ENCRYPTED = 0x1
_DAMAGE = (BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError)


class Archive:
    """The entries of a ZIP archive by name.

    Raises BrokenFile, EncryptedFile, FileTooLarge, here and when an entry is read.
    """

    def __init__(self, data: bytes, limits: ParsingLimits) -> None:
        # Counted before the directory is read: a million entries would fill the memory.
        if data.count(_CENTRAL_ENTRY) > limits.max_archive_entries:
            raise FileTooLarge("The archive has too many entries to be a book.")
        try:
            self._zip = ZipFile(io.BytesIO(data))
        except _DAMAGE as error:
            raise BrokenFile("The file is damaged or cut off; get it again.") from error
        self._entries = {i.filename: i for i in self._zip.infolist() if not i.is_dir()}
        self._by_folded_name = {name.casefold(): name for name in self._entries}
        _check_sizes(self._zip.infolist(), len(data), limits)
        _check_overlap(self._zip.infolist())
        self._left = limits.max_expanded_bytes

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._entries)

    def __contains__(self, name: str) -> bool:
        return self._find(name) is not None

    def read(self, name: str) -> bytes:
        """An entry's bytes. Upper and lower case may differ from its name: file systems allow it.

        Raises BrokenFile if there is none.
        """
        info = self._find(name)
        if info is None:
            raise BrokenFile(f"The file lacks its part {name!r}; get it again.")
        if info.flag_bits & _ENCRYPTED:
            raise EncryptedFile("The file is locked with a password; give one without.")
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise BrokenFile("The file is packed in a way that books are not; pack it again.")
        try:
            with self._zip.open(info) as entry:
                content = entry.read(self._left + 1)
        except _DAMAGE as error:
            raise BrokenFile(f"The part {name!r} is damaged; get the file again.") from error
        except RuntimeError as error:
            raise EncryptedFile("The file is locked with a password; give one without.") from error
        self._left -= len(content)
        if self._left < 0:
            raise FileTooLarge("The file unpacks to more than a book can be.")
        return content

    def _find(self, name: str) -> ZipInfo | None:
        return self._entries.get(self._by_folded_name.get(name.casefold(), name))


def _check_sizes(infos: list[ZipInfo], packed: int, limits: ParsingLimits) -> None:
    expanded = sum(i.file_size for i in infos)
    if expanded > limits.max_expanded_bytes:
        raise FileTooLarge(
            f"The file unpacks to more than {limits.max_expanded_bytes // MIB} MB; "
            "give one without its large pictures."
        )
    # Small entries may be all zeros; a large one that shrinks so well is a bomb.
    too_dense = any(
        i.file_size > MIB and i.file_size > limits.max_ratio * max(1, i.compress_size)
        for i in infos
    )
    if too_dense or (expanded > MIB and expanded > limits.max_ratio * packed):
        raise FileTooLarge("The file unpacks to far more than its size; it is no book.")


def _check_overlap(infos: list[ZipInfo]) -> None:
    """Entries that share their bytes are a bomb: https://www.bamsoftware.com/hacks/zipbomb/"""
    ordered = sorted(infos, key=lambda i: i.header_offset)
    for entry, following in pairwise(ordered):
        if entry.header_offset + _LOCAL_HEADER + entry.compress_size > following.header_offset:
            raise BrokenFile("The parts of the file overlap; it is damaged or no book.")
