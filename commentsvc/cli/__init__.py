"""The `commentsvc` command. Each module here lists its commands in COMMANDS."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import click

from ..core.errors import DomainError
from ..settings import WrongSettings


class _Lazy(click.Group):
    """Finds commands in the modules beside this file, so that adding one touches no other file."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_commands())

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return _commands().get(name)


def _commands() -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for module in pkgutil.iter_modules(__path__):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        for command in getattr(loaded, "COMMANDS", ()):
            found[str(command.name)] = command
    return found


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="commentsvc")
def cli() -> None:
    """Self-hosted comments: one tag, a local toxicity model, a moderation queue."""


def main() -> None:
    """Run the command. Errors are one sentence on stderr; exit code 1: failed, 2: wrong usage."""
    try:
        code = cli(standalone_mode=False)  # what ctx.exit() was given, or what a command returned
        if isinstance(code, int) and code:
            sys.exit(code)
    except WrongSettings as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        sys.exit(1)
    except DomainError as error:
        click.echo(error.detail, err=True)
        sys.exit(1)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2 if isinstance(error, click.UsageError) else 1)
