"""Lua scripts, each one atomic step: the files beside this module, in `scripts/`."""

from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

_FOLDER = Path(__file__).with_name("scripts")


@dataclass(frozen=True, slots=True)
class Script:
    source: str
    sha: str  # by which Redis knows a script that it has seen


def script(name: str, *, flags: str = "", prelude: str = "") -> Script:
    """`flags`: https://redis.io/docs/latest/develop/programmability/eval-intro/#script-flags;
    `prelude`: a file of functions that the script uses."""
    shebang = f"#!lua flags={flags}" if flags else "#!lua"
    parts = [shebang, *(_read(part) for part in (prelude, name) if part)]
    source = "\n".join(parts)
    return Script(source, sha1(source.encode(), usedforsecurity=False).hexdigest())


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.lua").read_text("utf-8")
