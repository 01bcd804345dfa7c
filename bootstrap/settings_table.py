"""The configuration table of the docs, made from Settings: `python -m bootstrap.settings_table`."""

from pathlib import Path

from pydantic.fields import FieldInfo

from bootstrap.settings import Settings

PAGE = Path("docs/configuration.md")

_HEAD = """\
# Configuration

Every setting is an environment variable; an empty one counts as not set. With nothing set, Falsafa
runs on one machine with nothing beside it. What is half configured stops the start with the line to
add. This page is made from `bootstrap/settings.py` by `make docs`.

| Variable | Default | What it is |
|---|---|---|
"""


def settings_page() -> str:
    return _HEAD + "".join(_row(field) for field in Settings.model_fields.values())


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
