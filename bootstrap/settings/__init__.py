"""Every setting, from the environment. This is the one list: the docs' tables are made from it."""

from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict

from bootstrap.settings.limits import LimitSettings
from bootstrap.settings.models import ModelSettings
from bootstrap.settings.server import ServerSettings
from bootstrap.settings.stores import StoreSettings
from domain.errors import Misconfigured

GROUPS = {
    "Server": ServerSettings,
    "Stores": StoreSettings,
    "Models": ModelSettings,
    "Limits": LimitSettings,
}


class Settings(StoreSettings, ModelSettings, LimitSettings):
    """One field a variable. An empty variable counts as not set."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True
    )


def load_settings() -> Settings:
    """From the environment. Raises Misconfigured, naming the variable and what is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(f"{_name(e['loc'])}: {e['msg']}" for e in error.errors())
        raise Misconfigured(f"Mend the environment: {problems}.") from None


def _name(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)
