"""`commentsvc toxicity add`: fetch a published model, shrink it, and chain it after the current
scorer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from .toxicity import toxicity
from .toxicity_backends import bar, by_export

if TYPE_CHECKING:
    from pathlib import Path

    from ..settings import Settings
    from ..toxicity.backends.variants import Variant
    from ..toxicity.scorer import ScorerStatus

COMMANDS = ()  # it belongs to the group of toxicity.py

_SENTENCE = "This is a sentence of about the usual kind, nothing to see here."


@toxicity.command()
@click.argument("spec", default="detoxify:multilingual")
@click.option("--mirror", help="Base address that serves the files by name.")
def add(spec: str, mirror: str | None) -> None:
    """Add a published model for comments that the scorer in use does not read.

    Downloads the model (SPEC is detoxify:NAME), exports it to ONNX with 8-bit weights and tests it.
    After the next restart, it scores the comments that the scorer in use does not read. Steps already
    done are not repeated.

    \b
    Example:
      commentsvc toxicity add detoxify:multilingual
    """
    from ..settings import Settings
    from ..toxicity.backends.variants import VARIANTS, exported

    kind, _, name = spec.partition(":")
    variant = VARIANTS.get(name) if kind == "detoxify" else None
    if variant is None:
        known = ", ".join(f"detoxify:{each}" for each in VARIANTS)
        raise click.UsageError(f"There is no model “{spec}” to add. Choose one of {known}.")
    given = Settings.from_env()
    models = given.data_dir / "models"
    _prepare(variant, models / name, models / exported(name), mirror)
    state = _tried(models / exported(name))
    click.echo(f"{state.model} reads {', '.join(state.languages or ())}.")
    click.echo(f"It takes {state.speed or 0:.0f} ms per text here.")
    _chain(given, f"onnx:{name}")


def _prepare(variant: Variant, folder: Path, out: Path, mirror: str | None) -> None:
    """Fetch and export the model, skipping completed steps."""
    from ..toxicity.backends import fetch as fetching
    from ..toxicity.backends.export import is_whole
    from ..toxicity.backends.onnx_model import FULL

    if is_whole(out):
        return
    if missing := json.loads(by_export(folder, "lacking")):
        raise click.ClickException(
            f"To export the model, {', '.join(missing)} must be installed: run pip install "
            f'"commentsvc[export]", here or in a virtual environment at {folder.parent / "venv"}.'
        )
    try:
        fetching.fetch(variant, folder, mirror=mirror, tell=bar())
    except fetching.CannotFetch as error:
        raise click.ClickException(str(error)) from error
    click.echo("Exporting. This takes a few minutes…", err=True)
    card = json.loads(by_export(folder, str(folder), str(out)))
    (out / FULL).unlink()  # the large file, which is not used
    click.echo(
        f"Wrote {out}. Its scores differ from the original's by at most {card['difference_int8']:.3f}."
    )


def _tried(folder: Path) -> ScorerStatus:
    """The status of an exported model after a test. Raises `click.ClickException` if it cannot
    score."""
    from ..toxicity.scorer import Scores, make_scorer

    scorer = make_scorer(f"onnx:{folder}")
    answers = scorer.score([_SENTENCE] * 5)
    state = scorer.status()
    stop = getattr(scorer, "stop", None)
    if stop is not None:
        stop()
    if not all(isinstance(each, Scores) for each in answers):
        raise click.ClickException(state.message)
    return state


def _chain(given: Settings, spec: str) -> None:
    """Chain the model after the current scorer; if the environment sets that, only print how."""
    from ..settings import BACKEND_FILE

    parts = [each.strip() for each in given.toxicity_backend.split(",")]
    wanted = ",".join([*parts, *([] if spec in parts else [spec])])
    file = given.data_dir / BACKEND_FILE
    before = file.read_text("utf-8") if file.exists() else None
    file.write_text(f"{wanted}\n", "utf-8")
    if type(given).from_env().toxicity_backend == wanted:
        undo = f"rm {file}" if before is None else f"echo {before.strip()} > {file}"
        click.echo(f"After the next restart, the scorers are {wanted}. To undo this: {undo}")
        return
    file.unlink() if before is None else file.write_text(before, "utf-8")
    click.echo(f"The environment sets the scorer. To use the model: TOXICITY_BACKEND={wanted}")
