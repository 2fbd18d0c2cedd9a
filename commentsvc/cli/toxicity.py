"""`commentsvc toxicity`: score texts, evaluate scorers, train the model, show its status."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .asking import Decimal, as_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..toxicity.evaluating.tables import Table
    from ..toxicity.scorer import Scorer, ScorerStatus, Scores, Unscored


@click.group()
def toxicity() -> None:
    """Score texts for toxicity, and evaluate, train and switch scorers."""


def _scorer(spec: str | None) -> Scorer:
    """The scorer of `--backend`, or else of the setting."""
    from ..settings import Settings
    from ..toxicity.backends.variants import located
    from ..toxicity.scorer import make_scorer

    try:
        given = Settings.from_env(only_look=True)
        return make_scorer(located(spec or given.toxicity_backend, given.data_dir))
    except ValueError as error:
        hint = "--backend" if spec else "TOXICITY_BACKEND"
        raise click.BadParameter(f"{error}.", param_hint=hint) from error


def _usable(spec: str | None) -> Scorer:
    scorer = _scorer(spec)
    status = scorer.status()
    if not status.works:
        raise click.ClickException(status.message.rstrip(".") + ".")
    return scorer


@toxicity.command()
@click.argument("texts", nargs=-1)
@click.option(
    "--backend", help="Use this scorer instead of the configured one, such as embedded:FILE."
)
@click.option("--language", help="Treat the texts as being in this language.")
@click.option("--explain", is_flag=True, help="Show which words contributed to the toxicity score.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
def score(
    texts: tuple[str, ...], backend: str | None, language: str | None, explain: bool, as_json: bool
) -> None:
    """Score TEXTS, or each line of standard input.

    Example: commentsvc toxicity score --explain "You are a fool"
    """
    from ..toxicity.scorer import Scores

    scorer = _usable(backend)
    try:
        given = texts or tuple(line.rstrip("\n") for line in sys.stdin)
        "".join(given).encode()
    except UnicodeError as error:
        raise click.ClickException("The texts must be in UTF-8.") from error
    for text, answer in zip(given, scorer.score(given, language=language), strict=True):
        found: dict[str, Any] = {"text": text, **asdict(answer)}
        if isinstance(answer, Scores):
            found["values"] = {k: round(v, 4) for k, v in answer.values.items()}
        if explain:
            weights = scorer.explain(text, "toxicity")
            found["words"] = [{"word": text[w.start : w.end], **asdict(w)} for w in weights]
        click.echo(json.dumps(found, ensure_ascii=False) if as_json else _in_words(found))


def _in_words(found: dict[str, Any]) -> str:
    text = " ".join(found["text"].split())
    lines = [text if len(text) <= 100 else text[:99] + "…"]
    if "reason" in found:
        lines.append(f"  unscored: {found['reason']}, language {found['language']}")
    for label, value in found.get("values", {}).items():
        lines.append(f"  {label:16} {value:6.1%} {'#' * round(value * 30)}")
    words = found.get("words", ())[:8]
    lines += [f"  {word['share']:+6.0%} {word['word']}" for word in words]
    return "\n".join(lines)


@toxicity.command()
@click.option("--backend", help="Use this scorer instead of the configured one.")
@as_json
def status(backend: str | None, as_json: bool) -> None:
    """Show which scorer is in use, whether it works, and how fast it is here.

    Example: commentsvc toxicity status
    """
    scorer = _scorer(backend)
    for each in getattr(scorer, "members", (scorer,)):
        _try(each)
    state = scorer.status()
    if as_json:
        click.echo(json.dumps(asdict(state)))
    else:
        for each in state.members or (state,):
            _show_status(each)
    if state.state != "ok":
        sys.exit(1)


def _try(scorer: Scorer) -> None:
    """Score a few texts, to measure how fast the scorer is here."""
    if scorer.status().state == "ok":
        few = 20 if scorer.in_request else 2  # a heavy scorer must start first
        scorer.score(["This is a sentence of about the usual kind, nothing to see here."] * few)


def _show_status(state: ScorerStatus) -> None:
    click.echo(f"{state.name} {state.version}: {state.state}, {state.message}")
    if state.load_ms is not None:
        click.echo(f"loaded in {state.load_ms:.0f} ms")
    if state.speed is not None:
        click.echo(
            f"{state.speed:.2f} ms per text, {state.failures} failure{'s' * (state.failures != 1)}"
        )


@toxicity.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--backend", help="Use this scorer instead of the configured one.")
@click.option("--compare", help="Compare several scorers, separated by commas.")
@click.option("--json", "as_json", is_flag=True, help="Print all figures as JSON.")
@click.option(
    "--page", type=click.Path(path_type=Path), help="Also write an HTML report with plots."
)
@click.option("--disguises", is_flag=True, help="Also evaluate disguised toxic comments (slower).")
@click.option(
    "--limit",
    type=Decimal(0, 1),
    help="Hold texts at or above this toxicity score, instead of applying a new site's policy.",
)
def evaluate(
    files: tuple[Path, ...],
    backend: str | None,
    compare: str | None,
    as_json: bool,
    page: Path | None,
    disguises: bool,
    limit: float | None,
) -> None:
    """Evaluate a scorer on labeled FILES (CSV, optionally compressed).

    Example: commentsvc toxicity evaluate jigsaw_dev.csv.xz --json
    """
    from ..sites.policy import Policy
    from ..toxicity.evaluating import page as evaluation_page
    from ..toxicity.evaluating.evaluate import evaluate as measure

    specs = compare.split(",") if compare else [backend]
    reports = []
    for spec in specs:
        scorer = _usable(spec)
        for file in files:
            table = _table(file)
            report = measure(
                scorer,
                table,
                hold_limit=limit,
                holds=_held_by_default(scorer),
                limits=Policy().hold_at,
                disguises=disguises,
                tell=_progress(file.name),
            )
            reports.append(report)
            if not as_json:
                click.echo(evaluation_page.as_text(report))
    if page is not None:
        page.write_text(evaluation_page.as_page(reports), encoding="utf-8")
    if as_json:
        click.echo(json.dumps(reports[0] if len(reports) == 1 else reports))


@toxicity.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--source", required=True, help="The data set's name, as the dashboard shows it.")
@click.option("--backend", help="Use this scorer instead of the configured one.")
def workload(file: Path, source: str, backend: str | None) -> None:
    """Print as JSON how many labeled comments a new site would hold at each toxicity limit.

    New sites take their limits from the shipped curve, toxicity/model/workload.json.

    Example: commentsvc toxicity workload civil_dev.csv --source "Civil Comments"
    """
    from ..moderation.judging.scored import with_rest_by
    from ..tuning.workload import measure

    scorer, table = _usable(backend), _table(file)
    truth = table.labels["toxicity"] >= 0.5
    said = with_rest_by(scorer, table.texts, scorer.score(table.texts))
    rungs = measure(table.texts, said, [bool(each) for each in truth])
    model = scorer.status().model
    facts = {"source": source, "model": model, "comments": len(truth), "toxic": int(truth.sum())}
    lines = ",\n    ".join(json.dumps(each) for each in rungs)
    head = json.dumps(facts, indent=2, ensure_ascii=False)[:-2]
    click.echo(f'{head},\n  "rungs": [\n    {lines}\n  ]\n}}')


def _table(file: Path) -> Table:
    from ..toxicity.evaluating import tables

    if not file.is_file():
        raise click.ClickException(f"There is no file “{file}”.")
    try:
        return tables.read(file)
    except (OSError, tables.NotATable) as error:
        raise click.ClickException(f"{error}.") from error


def _held_by_default(scorer: Scorer) -> Callable[[str, Scores | Unscored], bool]:
    """A function that says whether a new site holds a text, given the scores of it and its
    sentences."""
    from ..moderation.judging.scored import held, with_rest_by
    from ..sites.policy import Policy

    policy = Policy()

    def holds(text: str, said: Scores | Unscored) -> bool:
        return held(policy, text, with_rest_by(scorer, [text], [said])[0])

    return holds


def _progress(name: str) -> Any:
    """A progress counter on a terminal, else None."""
    if not sys.stderr.isatty():
        return None

    def tell(done: int, total: int) -> None:
        click.echo(f"\r{name}: {done}/{total}", nl=done == total, err=True)

    return tell


@toxicity.command()
@click.argument("data", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Output file.",
)
@click.option("--seed", default=1, show_default=True, help="Random seed.")
@click.option(
    "--quick", is_flag=True, help="Trial run, with a small part of the data and no teachers."
)
@click.option(
    "--from",
    "first",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Skip training the network, and start from this model file (an OUT.first, or an older model).",
)
@click.option(
    "--threads",
    default=1,
    show_default=True,
    help="Processor cores to use. A different number gives a slightly different network.",
)
def train(data: Path, out: Path, seed: int, quick: bool, first: Path | None, threads: int) -> None:
    """Train the embedded model on the data sets in the folder DATA.

    Needs the extra `train`: pip install "commentsvc[train]". Takes about half an hour on one core.

    Example: commentsvc toxicity train data/ -o toxicity.npz
    """
    try:
        from ..toxicity.training import train
    except ImportError as error:
        missing = f'Training needs {error.name}. Run: pip install "commentsvc[train]"'
        raise click.ClickException(missing) from error
    try:
        train.train(
            data,
            out,
            seed=seed,
            trial=train.Trial() if quick else None,
            threads=threads,
            first=first,
            tell=lambda s: click.echo(s, err=True),
        )
    except (FileNotFoundError, ValueError) as error:
        raise click.ClickException(f"{error}.") from error
    click.echo(f"Wrote {out}. To use it: TOXICITY_BACKEND=embedded:{out}")


COMMANDS = (toxicity,)
