"""A command that also has subcommands: `import FILE` and `import undo ID`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence


class Mostly(click.Group):
    """Runs `mostly`, unless the first word names one of the others."""

    def __init__(self, mostly: click.Command, others: Sequence[click.Command]) -> None:
        super().__init__(mostly.name, commands=list(others), help=mostly.help)
        self.mostly = mostly

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Treat options before the first word as those of `mostly`."""
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = ["--", *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant, and its arguments."""
        if args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "", self.mostly, args

    def get_help(self, ctx: click.Context) -> str:
        """The help of `mostly`, then the list of the others."""
        own = click.Context(self.mostly, info_name=ctx.info_name, parent=ctx.parent)
        others = click.HelpFormatter(width=ctx.terminal_width)
        self.format_commands(ctx, others)
        return f"{self.mostly.get_help(own)}\n\n{others.getvalue()}".rstrip()
