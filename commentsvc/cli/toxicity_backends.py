"""`commentsvc toxicity fetch`, `export` and `rescore`: set up heavier scorers and switch between them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .asking import Whole, as_json
from .people import in_app
from .toxicity import toxicity

if TYPE_CHECKING:
    from ..posting.comparing import Change
    from ..toxicity.scorer import Scorer

COMMANDS = ()  # they belong to the group of toxicity.py


@toxicity.command()
@click.argument("spec")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Target folder."
)
@click.option("--mirror", help="Base address that serves the files by name.")
def fetch(spec: str, folder: Path | None, mirror: str | None) -> None:
    """Download a published model. SPEC is detoxify:NAME. Resumes an interrupted download.

    \b
    Example:
      commentsvc toxicity fetch detoxify:original
    """
    from ..settings import Settings
    from ..toxicity.backends import fetch as fetching
    from ..toxicity.backends.variants import VARIANTS

    kind, _, name = spec.partition(":")
    variant = VARIANTS.get(name or "original") if kind == "detoxify" else None
    if variant is None:
        known = ", ".join(f"detoxify:{each}" for each in VARIANTS)
        raise click.UsageError(f"There is no model “{spec}” to fetch. Choose one of {known}.")
    target = folder or Settings.from_env(only_look=True).data_dir / "models" / variant.name
    try:
        fetching.fetch(variant, target, mirror=mirror, tell=bar())
    except fetching.CannotFetch as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"Saved {variant.name} to {target}. To use it: TOXICITY_BACKEND=detoxify:{_use(target, name)}"
    )


def _use(target: Path, name: str) -> str:
    from ..settings import Settings

    return (
        name
        if target == Settings.from_env(only_look=True).data_dir / "models" / name
        else str(target)
    )


def bar() -> Any:
    """A progress display: megabytes on a terminal, else one line per finished file."""
    on_terminal = sys.stderr.isatty()

    def tell(name: str, done: int, total: int | None) -> None:
        whole = f" of {total / 1e6:.1f}" if total else ""
        if on_terminal:
            click.echo(f"\r{name}: {done / 1e6:.1f}{whole} MB", nl=done == total, err=True)
        elif done == total:
            click.echo(f"{name}: {done / 1e6:.1f} MB", err=True)

    return tell


@toxicity.command()
@click.argument("spec")
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Output folder.",
)
@click.option("--full-only", is_flag=True, help="Skip the smaller model with 8-bit weights.")
@as_json
def export(spec: str, out: Path, full_only: bool, as_json: bool) -> None:
    """Export a detoxify model to ONNX, which runs without torch.

    ONNX takes about half the time of torch, or a sixth with 8-bit weights.

    Needs torch, transformers, onnx and onnxruntime, here or in the models' own virtual environment.

    \b
    Example:
      commentsvc toxicity export detoxify:original -o models/original-onnx
    """
    from ..settings import Settings
    from ..toxicity.backends.variants import located

    kind, _, argument = located(spec, Settings.from_env(only_look=True).data_dir).partition(":")
    if kind != "detoxify":
        raise click.UsageError(
            "Only detoxify models can be exported: detoxify:NAME or detoxify:PATH."
        )
    path = Path(argument.partition("?")[0])
    folder = path.parent if path.suffix else path
    card = json.loads(by_export(folder, argument, str(out), *(["full"] if full_only else [])))
    if as_json:
        click.echo(json.dumps(card))
        return
    click.echo(f"Wrote {out}. To use it: TOXICITY_BACKEND=onnx:{out}")
    for kind in ("fp32", "int8"):
        if f"difference_{kind}" in card:
            click.echo(
                f"{kind}: scores differ from torch's by at most {card[f'difference_{kind}']:.6f}"
            )


def by_export(beside: Path, *arguments: str) -> str:
    """The last line printed by the export process. Raises `click.ClickException` with its error."""
    from ..toxicity.backends.spawn import command

    done = subprocess.run(
        command("export", *arguments, beside=beside), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise click.ClickException(_last_lines(done.stderr))
    return done.stdout.strip().splitlines()[-1]


def _last_lines(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return "\n".join(lines[-6:]) or "The export failed without an error message."


@toxicity.command()
@click.option("--site", "site_key", help="Only comments on this site.")
@click.option(
    "--days",
    default=90,
    show_default=True,
    type=Whole(1, 36500),
    help="How many days back to go.",
)
@click.option("--pace", default=600, show_default=True, help="Comments per minute.")
@click.option(
    "--hold", is_flag=True, help="Allow holding published comments that nobody has reviewed."
)
@click.option("--compare", "spec", help="Show what this scorer would change, and change nothing.")
@click.option("--state", is_flag=True, help="Show progress.")
@click.option("--stop", "stopping", is_flag=True, help="Stop the rescoring in progress.")
@as_json
@in_app
def rescore(
    site_key: str | None,
    days: int,
    pace: int,
    hold: bool,
    spec: str | None,
    state: bool,
    stopping: bool,
    as_json: bool,
) -> None:
    """Rescore old comments with the current scorer. A worker does it in the background.

    Old scores are kept under their model's name. Decisions made by people are never changed.

    \b
    Examples:
      commentsvc toxicity rescore --compare detoxify:original --site demo
      commentsvc toxicity rescore --days 365
    """
    from ..posting import rescoring

    site_id = _site_id(site_key)
    if stopping:
        click.echo("Stopped." if rescoring.stop() else "No rescoring is in progress.")
    elif state:
        _show_state(as_json)
    elif spec:
        if site_id is None:
            raise click.UsageError("Give --site KEY with --compare.")
        _show_change(spec, site_id, days, as_json)
    else:
        count = rescoring.begin(site_id=site_id, days=days, pace=pace, hold=hold)
        if as_json:
            click.echo(json.dumps({"comments": count}))
        else:
            click.echo(
                f"Comments to rescore: {count}. Estimated minutes: {count // max(1, pace) + 1}. "
                "To see progress, add --state."
            )


def _site_id(key: str | None) -> int | None:
    from ..sites.queries import by_key

    return by_key(key).id if key else None


def _show_state(as_json: bool) -> None:
    from dataclasses import asdict

    from ..posting import rescoring

    found = rescoring.progress()
    if as_json:
        click.echo(json.dumps(asdict(found) if found else None))
    elif found is None:
        click.echo("No recent rescoring.")
    else:
        click.echo(f"{found.state}: {found.done} done, {found.left} left, with {found.model}")


def _show_change(spec: str, site_id: int, days: int, as_json: bool) -> None:
    from dataclasses import asdict

    from ..posting import comparing

    other = _made(spec)
    change = comparing.compare(other, site_id=site_id, days=days)
    if as_json:
        click.echo(json.dumps(asdict(change)))
    else:
        click.echo(_in_words(change))


def _made(spec: str) -> Scorer:
    from ..settings import settings
    from ..toxicity.backends.variants import located
    from ..toxicity.scorer import make_scorer

    try:
        return make_scorer(located(spec, settings().data_dir))
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint="--compare") from error


def _in_words(change: Change) -> str:
    lines = [
        f"Comments compared: {change.compared}. Held by {change.model}: {change.would_hold}. "
        f"Held by the model in use: {change.held}. Without a score: {change.unscored}."
    ]
    for title, examples in (
        ("Newly held:", change.newly_held),
        ("No longer held:", change.newly_free),
    ):
        if examples:
            lines.append(title)
            lines += [
                f"  {each.score} → {each.new_score}  {' '.join(each.excerpt.split())}"
                for each in examples
            ]
    return "\n".join(lines)
