"""Tables to evaluate on: any CSV with a text and labels in one of the usual formats."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .. import identity
from ..labels import LABELS
from ..training.data import COLUMNS, number, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

TEXTS = ("comment_text", "text", "tweet", "test_case", "phrase", "Text", "toxic_text", "comment")
_NO_LETTER = re.compile(r"[\W_]")
_NEEDS = (
    "a text column (" + ", ".join(TEXTS[:5]) + ") and labels: the six Jigsaw columns, our six "
    "label names, or one of target, label, label_gold, klass, Label, toxicity, is_toxic, toxic"
)


class NotATable(ValueError):
    """The file has no columns that can be evaluated; the message names those that can."""


@dataclass(frozen=True)
class Table:
    """Texts and what is known of them. Unknown labels are NaN."""

    name: str
    texts: list[str]
    labels: dict[str, NDArray[np.float64]]
    weights: NDArray[np.float64] | None
    languages: list[str] | None
    functions: list[str] | None
    clusters: list[str] | None
    """Which rows were made from one template."""
    corpora: list[str] | None
    """Where each row comes from."""
    groups: dict[str, NDArray[np.bool_]]
    recorded: dict[str, NDArray[np.float64]]
    """Answers of another model that the file carries in `ref_*` columns."""


_WORDS = {"hateful": 1.0, "non-hateful": 0.0, "BAD": 1.0, "NOT_BAD": 0.0}
_WORDS |= {"toxic": 1.0, "nontoxic": 0.0, "Toxic": 1.0, "Not Toxic": 0.0, "sexist": 1.0}
_WORDS |= {"person": 1.0, "publish": 0.0}
_WORDS |= {"not sexist": 0.0, "True": 1.0, "False": 0.0}


def _value(cell: str | None) -> float:
    """A label as a number, from words or figures. Raises NotATable for anything else."""
    try:
        return _WORDS[cell] if cell in _WORDS else number(cell)
    except ValueError as error:
        raise NotATable(
            f"{cell!r} is not a label; labels are numbers or words such as toxic"
        ) from error


def _single(column: str, rows: list[dict[str, str]]) -> NDArray[np.float64]:
    """One column as the label `toxicity`, whatever words or numbers it uses."""
    values = np.array([_value(r[column]) for r in rows])
    if column == "klass":  # 0 hate, 1 offensive, 2 neither
        return np.where(np.isnan(values), np.nan, values < 2).astype(float)
    return np.where(np.isnan(values), np.nan, values >= 0.5).astype(float)


def _labels(rows: list[dict[str, str]], path: Path) -> dict[str, NDArray[np.float64]]:
    have = rows[0]
    for names in (COLUMNS, LABELS):
        if names[1] in have or (names[0] in have and names[4] in have):
            return {
                label: np.array([number(r[name]) for r in rows])
                for name, label in zip(names, LABELS, strict=True)
                if name in have
            }
    if "toxic_sentence" in have:  # each text contains a toxic sentence among calm ones
        return {"toxicity": np.ones(len(rows))}
    single = (
        "wanted",
        "label_gold",
        "target",
        "klass",
        "Label",
        "is_toxic",
        "label_sexist",
        "toxicity",
    )
    for column in (*single, "toxic", "label"):
        if column in have:
            return {"toxicity": _single(column, rows)}
    raise NotATable(f"{path} cannot be evaluated; it needs {_NEEDS}")


def _groups(texts: list[str]) -> dict[str, NDArray[np.bool_]]:
    """Group -> which texts name it."""
    padded = [f" {_NO_LETTER.sub(' ', t.lower())} " for t in texts]
    found = {}
    for term in dict.fromkeys(identity.ADJECTIVES):
        needle = f" {term.replace('-', ' ')} "
        member = np.array([needle in t for t in padded])
        if member.any():
            found[term] = member
    return found


_KINDS = ("functionality", "class", "place")
"""Columns that say what kind of test a row is."""


def _column(rows: list[dict[str, str]], *names: str) -> list[str] | None:
    """The first of these columns that exists."""
    name = next((name for name in names if name in rows[0]), None)
    return None if name is None else [row[name] for row in rows]


def _clusters(rows: list[dict[str, str]]) -> list[str] | None:
    templates = _column(rows, "g", "templ_id")
    functions = _column(rows, *_KINDS)
    if templates is None or functions is None:
        return None
    return [f"{a} {b or i}" for i, (a, b) in enumerate(zip(functions, templates, strict=True))]


def read(path: Path) -> Table:
    """The table in a file. Raises OSError, or NotATable if no columns fit."""
    try:
        rows = list(read_table(path))
    except (ValueError, EOFError) as error:
        raise NotATable(f"{path} is not a CSV file in UTF-8 ({error})") from error
    if not rows:
        raise NotATable(f"{path} has no rows")
    if "neutral1" in rows[0]:  # pairs of a toxic sentence and neutral rewrites
        pairs = [(r["toxic"], "1") for r in rows]
        pairs += [(r[c], "0") for r in rows for c in ("neutral1", "neutral2", "neutral3") if r[c]]
        rows = [{"text": text, "label": label} for text, label in pairs]
    column = next((c for c in TEXTS if c in rows[0]), None)
    if column is None:
        raise NotATable(f"{path} cannot be evaluated; it needs {_NEEDS}")
    texts = [r[column] or "" for r in rows]
    have = rows[0]
    recorded = {
        label: np.array([number(r[f"ref_{name}"]) for r in rows])
        for name, label in zip(COLUMNS, LABELS, strict=True)
        if f"ref_{name}" in have
    }
    return Table(
        name=path.name,
        texts=texts,
        labels=_labels(rows, path),
        weights=np.array([float(r["weight"]) for r in rows]) if "weight" in have else None,
        languages=[r["language"] for r in rows] if "language" in have else None,
        functions=_column(rows, *_KINDS),
        clusters=_clusters(rows),
        corpora=_column(rows, "source"),
        groups=_groups(texts),
        recorded=recorded,
    )
