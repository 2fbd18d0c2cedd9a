"""Labeled comments from the folder of public data sets: one reader per file, one row format."""

from __future__ import annotations

import csv
import hashlib
import io
import lzma
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

UNKNOWN = float("nan")
MULTILINGUAL = ("multilingual_train.csv.xz", "languages_train.csv.xz")
"""What the language detector and the heads of other languages than English learn from."""
COLUMNS = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
"""The names of our six labels in the data files, in the order of `scorer.LABELS`."""


@dataclass(frozen=True)
class Row:
    """One text with what is known of its six labels: a probability, or NaN for unknown."""

    text: str
    labels: tuple[float, ...]
    source: str
    origin: str = ""
    """The source that a variation was made from."""
    kin: int = -1
    """The same for a text and all its variations; -1 for texts of our own."""


@dataclass(frozen=True)
class Source:
    """A file, and how to read it."""

    file: str
    read: Callable[[dict[str, str]], Iterable[tuple[str, tuple[float, ...]]]]


def read_table(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a CSV file, compressed or not. OSError, ValueError or csv.Error."""
    csv.field_size_limit(1 << 24)
    data = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
    yield from csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""))


def number(cell: str | None) -> float:
    """A cell as a number; an empty one is unknown."""
    return float(cell) if cell not in (None, "") else UNKNOWN


def only_toxic(value: float) -> tuple[float, ...]:
    """The labels of a text of which only the toxicity is known."""
    return (value, *(UNKNOWN,) * 5)


def _jigsaw(row: dict[str, str]) -> list[tuple[str, tuple[float, ...]]]:
    return [(row["comment_text"], tuple(number(row.get(c)) for c in COLUMNS))]


def _recorded(row: dict[str, str]) -> list[tuple[str, tuple[float, ...]]]:
    return [(row["comment_text"], tuple(number(row["ref_" + c]) for c in COLUMNS))]


def _davidson(row: dict[str, str]) -> list[tuple[str, tuple[float, ...]]]:
    value = {"0": 1.0, "1": 0.8, "2": 0.0}[row["klass"]]
    return [(row["tweet"], only_toxic(value))]


def _paradetox(row: dict[str, str]) -> list[tuple[str, tuple[float, ...]]]:
    neutral = [row[c] for c in ("neutral1", "neutral2") if row.get(c)]
    return [(row["toxic"], only_toxic(1.0)), *((t, only_toxic(0.0)) for t in neutral)]


def _edos(row: dict[str, str]) -> list[tuple[str, tuple[float, ...]]]:
    sexist = row["label_sexist"] == "sexist"
    return [(row["text"], only_toxic(0.8) if sexist else (UNKNOWN,) * 6)]


def _simple(
    text: str, label: str
) -> Callable[[dict[str, str]], list[tuple[str, tuple[float, ...]]]]:
    return lambda row: [(row[text], only_toxic(number(row[label])))]


def _hatemoji(row: dict[str, str]) -> list[tuple[str, tuple[float, ...]]]:
    hate = number(row["label_gold"])
    return [(row["text"], (hate, *(UNKNOWN,) * 4, 0.9 * hate))]


_HATE_ONLY = frozenset(("dynahate", "fox-news-comments"))


def _hate(row: dict[str, str]) -> list[tuple[str, tuple[float, ...]]]:
    """The rows of sources that call only attacks on groups toxic: they may call an insult harmless,
    so the other labels are unknown."""
    if row["language"] != "en" or row["source"] not in _HATE_ONLY:
        return []
    return [(row["text"], (*(UNKNOWN,) * 5, 0.95 * number(row["toxic"])))]


def _parents(row: dict[str, str]) -> list[tuple[str, tuple[float, ...]]]:
    return [(row["parent"], (UNKNOWN,) * 6)] if row.get("parent") else []


SOURCES: tuple[Source, ...] = (
    Source("jigsaw_train.csv.xz", _jigsaw),
    Source("jigsaw_test_unscored_teacher.csv", _recorded),
    Source("civil_train.csv.xz", _simple("comment_text", "target")),
    Source("civil_toxic_spans_train.csv.xz", lambda r: [(r["comment_text"], only_toxic(0.85))]),
    Source("wiki_context_train.csv.xz", _simple("text", "label")),
    Source("davidson_train.csv.xz", _davidson),
    Source("paradetox_train.csv.xz", _paradetox),
    Source("edos_train.csv.xz", _edos),
    Source("hatemojibuild_train.csv", _hatemoji),
    Source("wiki_context_train.csv.xz", _parents),
)
HARDER: tuple[Source, ...] = (
    Source("dynahate_train.csv.xz", _hate),
    Source("languages_train.csv.xz", _hate),
)
"""English texts on which the network goes on learning: attacks in polite words, and what looks like one."""


def load(folder: Path, *, share: float = 1.0, sources: Sequence[Source] = SOURCES) -> list[Row]:
    """All rows of the sources present in `folder`, each text once (the first source wins).

    `share` < 1 keeps the first part of every file, for quick runs. Raises FileNotFoundError if the
    folder has none of the files.
    """
    seen: set[str] = set()
    rows: list[Row] = []
    for source in sources:
        path = folder / source.file
        if not path.exists():
            continue
        table = list(read_table(path))
        for record in table[: max(1, int(len(table) * share))]:
            for text, labels in source.read(record):
                key = "".join(c for c in text.lower() if c.isalnum())[:400]
                if key and key not in seen:
                    seen.add(key)
                    name = source.file.split(".")[0]
                    rows.append(Row(text, labels, name, name, len(rows)))
    if not rows:
        names = ", ".join(sorted({s.file for s in sources}))
        raise FileNotFoundError(f"{folder} holds none of the training files ({names})")
    return rows


@dataclass(frozen=True)
class Spoken:
    """A comment in some language, and whether its source calls it toxic, by its own standard."""

    language: str
    text: str
    toxic: bool
    source: str
    domain: str = ""


def spoken(folder: Path, name: str) -> Iterator[Spoken]:
    """The comments of one of `MULTILINGUAL`; empty if the file does not exist."""
    path = folder / name
    for row in read_table(path) if path.exists() else ():
        yield Spoken(
            row["language"],
            row["text"],
            number(row["toxic"]) >= 0.5,
            row["source"],
            row.get("domain", ""),
        )


def other_languages(folder: Path) -> Iterator[Spoken]:
    """All comments in languages other than English."""
    return (each for name in MULTILINGUAL for each in spoken(folder, name) if each.language != "en")


def foreign(folder: Path) -> list[Row]:
    """Clean comments in other languages, for the few words of them that pass as English."""
    name = MULTILINGUAL[0].partition(".")[0]
    return [
        Row(each.text, (0.0,) * len(COLUMNS), name, name)
        for each in spoken(folder, MULTILINGUAL[0])
        if each.language != "en" and not each.toxic
    ]


def hashes(folder: Path) -> dict[str, str]:
    """File name -> SHA-256 of the training files present, for the model's card."""
    names = {*(s.file for s in (*SOURCES, *HARDER)), *MULTILINGUAL}
    found = sorted(name for name in names if (folder / name).exists())
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in found}
