"""`falsafa`, in this process: each command with a container of its own, as each has a process."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner, Result

from adapters.inbound.cli.app import app
from bootstrap.container import Container
from bootstrap.settings import Settings
from tests.integration.quick import quick_container


@dataclass(frozen=True, slots=True)
class CommandLine:
    runner: CliRunner
    data_dir: Path

    def __call__(
        self,
        *arguments: str,
        typed: str = "",
        change: Callable[[Container], object] = lambda container: None,
        **settings: str,
    ) -> Result:
        container = quick_container(
            Settings.model_validate({"data_dir": self.data_dir, **settings})
        )
        change(container)
        container.wire(packages=["adapters.inbound.cli"])
        try:
            result = self.runner.invoke(app, arguments, input=typed)
        finally:
            container.unwire()
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception  # a command tells what is wrong; it does not fall over
        return result
