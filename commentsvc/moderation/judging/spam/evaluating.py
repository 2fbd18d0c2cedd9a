"""How good the filter is: on videos and sentences that it has not seen, and on clean comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....core.bands import wilson
from ....toxicity.normalise import normalise
from ..traits import scan_links
from .model import Model, reading_of, shipped
from .training import Example, examples, fit, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_FOLDS = 4
#: Clean comments of other sources: the file, its texts, and what is below one half where they are clean.
_CLEAN = (
    ("civil_dev.csv", "comment_text", "target"),
    ("jigsaw_dev.csv.xz", "comment_text", "toxic"),
)


def score_of(model: Model, text: str) -> float:
    """How much a text alone reads like an advertisement."""
    return model.said(reading_of(text, normalise(text)), scan_links(text))[0]


def evaluated(data: Path, limit: float) -> Iterator[str]:
    """Line by line, with 95% intervals, what is caught and what is wrongly held."""
    given = examples(data)
    videos = sorted({each.kind for each in given} - {"own", "calm"})
    caught: list[tuple[Example, bool]] = []
    for video in videos:
        found = _unseen([e for e in given if e.kind != video], given, video, limit)
        yield _line(f"{video}, not trained on", found)
        caught += found
    yield _line("all videos, each not trained on", caught)
    yield _line("our own sentences, each not trained on", list(_own(given, limit)))
    for file, text, label in _CLEAN:
        clean = [
            Example(row[text], False, file)
            for row in rows_of(data / "toxicity" / file)
            if float(row[label]) < 0.5
        ]
        yield _line(file, [(each, score_of(shipped(), each.text) >= limit) for each in clean])


def _unseen(
    seen: Sequence[Example], given: Sequence[Example], video: str, limit: float
) -> list[tuple[Example, bool]]:
    model = fit(seen)
    return [(e, score_of(model, e.text) >= limit) for e in given if e.kind == video]


def _own(given: Sequence[Example], limit: float) -> Iterator[tuple[Example, bool]]:
    own = [each for each in given if each.kind == "own"]
    for fold in range(_FOLDS):
        out = own[fold::_FOLDS]
        model = fit([each for each in given if each not in out])
        yield from ((each, score_of(model, each.text) >= limit) for each in out)


def _line(name: str, found: Sequence[tuple[Example, bool]]) -> str:
    parts = []
    for spam, what in ((True, "caught"), (False, "wrongly held")):
        held = [hit for each, hit in found if each.spam is spam]
        if held:
            band = wilson(sum(held), len(held))
            parts.append(
                f"{what} {band.share:.1%} [{band.low:.1%}, {band.high:.1%}] of {len(held)}"
            )
    return f"{name}: {', '.join(parts)}"
