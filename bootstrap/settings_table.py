"""The configuration table of the docs, made from Settings: `python -m bootstrap.settings_table`."""

from pathlib import Path

from pydantic.fields import FieldInfo

from bootstrap.settings import GROUPS

PAGE = Path("docs/configuration.md")

_HEAD = """\
# Configuration

Every setting is an environment variable; an empty one counts as not set. With nothing set, Falsafa
runs on one machine with nothing beside it. What is half configured stops the start with the line to
add. This page is made from `bootstrap/settings/` by `make docs`.

"""
_TABLE = """
## {title}

| Variable | Default | What it is |
|---|---|---|
"""


def settings_page() -> str:
    told: set[str] = set()  # each group has what all have in common; the first tells of it
    page = _HEAD.rstrip("\n") + "\n"
    for title, group in GROUPS.items():
        fields = {n: f for n, f in group.model_fields.items() if n not in told}
        told |= fields.keys()
        page += _TABLE.format(title=title) + "".join(map(_row, fields.values()))
    return page


def _row(field: FieldInfo) -> str:
    return f"| `{field.validation_alias}` | {_default(field)} | {field.description} |\n"


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "the user's data folder"
    if field.default in (None, ""):
        return "–"
    return f"`{field.default}`"


if __name__ == "__main__":
    PAGE.write_text(settings_page(), encoding="utf-8")
