"""The `commentsvc` command. Each module here lists its commands in COMMANDS."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ..core.errors import DomainError
from ..settings import WrongSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


class _Lazy(click.Group):
    """Finds commands in the modules next to this file, so that adding one changes no other file."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(str(command.name) for command in _commands())

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return next((command for command in _commands() if command.name == name), None)


def _commands() -> Iterator[click.Command]:
    """All commands. Those of the server come first, so that they load no other module. The others
    load every module, because some modules add commands to another's group."""
    yield from importlib.import_module(f"{__name__}.serve").COMMANDS
    # What a short command loads lives until its end; collecting garbage took a seventh of its time.
    gc.set_threshold(50_000, 20, 50)
    others = [module.name for module in pkgutil.iter_modules(__path__) if module.name != "serve"]
    for each in [importlib.import_module(f"{__name__}.{name}") for name in others]:
        yield from getattr(each, "COMMANDS", ())


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="commentsvc")
def cli() -> None:
    """Self-hosted comments: one tag, a local toxicity model, a moderation queue."""


@contextmanager
def handling(
    end: Callable[[int, FrameType | None], None], signals: list[signal.Signals]
) -> Iterator[None]:
    """Call `end` on these signals, if this is the main thread: no other can handle signals."""
    is_main = threading.current_thread() is threading.main_thread()
    before = {each: signal.signal(each, end) for each in signals} if is_main else {}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Let SIGTERM, and SIGHUP unless it is ignored (`nohup`), end a command like Ctrl-C does: with
    `KeyboardInterrupt(number)`. Servers and workers install their own handlers once they run."""

    def end(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)  # the second one ends it at once
        raise KeyboardInterrupt(number)

    told = (signal.SIGTERM, signal.SIGHUP)
    with handling(end, [each for each in told if signal.getsignal(each) == signal.SIG_DFL]):
        yield


def main() -> None:
    """Run the command. Errors are one sentence on stderr. Exit codes: 1 for failure, 2 for wrong
    usage, 128 plus its number for a signal."""
    with _ending_in_order():
        _run()


def _run() -> None:
    try:
        code = cli(standalone_mode=False)  # from ctx.exit(), or what a command returned
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
    except click.Abort as stop:
        why = stop.__cause__
        told = why.args if isinstance(why, KeyboardInterrupt) else ()
        sys.exit(128 + (told[0] if told else signal.SIGINT))
    except click.ClickException as error:
        error.show()
        sys.exit(2 if isinstance(error, click.UsageError) else 1)
