"""`commentsvc spam`: train the spam filter, and measure how good it is."""

from __future__ import annotations

from pathlib import Path

import click

from .asking import Decimal

_DATA = click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="The folder that contains spam/ and toxicity/.",
)


@click.group()
def spam() -> None:
    """Train and evaluate the spam filter."""


@spam.command()
@_DATA
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write. If omitted, the shipped filter is replaced.",
)
def train(data: Path, out: Path | None) -> None:
    """Train the spam filter. Takes a minute. The same data gives the same file.

    Example: commentsvc spam train --data data
    """
    from ..moderation.judging.spam.model import SHIPPED, save
    from ..moderation.judging.spam.training import examples, fit

    given = examples(data)
    path = out or SHIPPED
    save(fit(given), path)
    click.echo(f"{path}: {path.stat().st_size // 1000} KB from {len(given)} texts")


@spam.command()
@_DATA
@click.option(
    "--limit",
    type=Decimal(0, 1),
    help="Score at which comments are held. If omitted, the policy's default.",
)
def evaluate(data: Path, limit: float | None) -> None:
    """Measure what the filter catches and what it wrongly holds.

    The filter is tested on video comments and on sentences we wrote, none of which it was trained
    on. The shipped filter is also tested on clean comments from other sources.

    Example: commentsvc spam evaluate --data data
    """
    from ..moderation.judging.spam.evaluating import evaluated
    from ..sites.policy import Policy

    for line in evaluated(data, Policy().spam_at if limit is None else limit):
        click.echo(line)


COMMANDS = (spam,)
