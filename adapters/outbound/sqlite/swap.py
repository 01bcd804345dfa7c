"""Putting new files and folders in the place of old ones, all or none."""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from secrets import token_hex


def swap(moves: Mapping[Path, Path], dropped: Sequence[Path] = ()) -> None:
    """Move each new path (the value) to its place (the key). What stood there is deleted, and
    what stands in `dropped`.

    If a move fails, everything goes back to where it was. Raises OSError.
    """
    suffix = f".replaced-{token_hex(4)}"
    replaced = []
    with ExitStack() as undo:
        for place in (*dropped, *moves):
            if place.exists():
                old = place.with_name(place.name + suffix)
                place.rename(old)
                undo.callback(old.rename, place)
                replaced.append(old)
        for place, new in moves.items():
            place.parent.mkdir(parents=True, exist_ok=True)
            new.rename(place)
            undo.callback(place.rename, new)
        undo.pop_all()
    for old in replaced:
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink()
