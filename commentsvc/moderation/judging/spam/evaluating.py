"""Evaluation of the spam filter: on unseen videos and sentences, on sites that train it, and on
clean comments."""

from __future__ import annotations

import random
from functools import lru_cache
from typing import TYPE_CHECKING

from ....core.bands import wilson
from ....toxicity.normalise import normalise
from ..traits import scan_links
from .learning import learn, lesson_of
from .model import Model, reading_of, shipped
from .training import Example, examples, fit, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from .model import Reading

_FOLDS = 4
_DECISIONS = (0, 20, 50, 200)
_ORDERS = 5
#: Clean comments from other sources: file, text column, and a column below 0.5 for clean comments.
_CLEAN = (
    ("civil_dev.csv", "comment_text", "target"),
    ("jigsaw_dev.csv.xz", "comment_text", "toxic"),
)


def score_of(model: Model, text: str) -> float:
    """The probability that a text alone is an advertisement."""
    return model.said(*_read(text))[0]


def evaluated(data: Path, limit: float) -> Iterator[str]:
    """Report lines: spam caught and comments wrongly held, with 95% intervals."""
    given = examples(data)
    videos = sorted({each.kind for each in given} - {"own", "calm"})
    caught: list[tuple[Example, bool]] = []
    for video in videos:
        found = _unseen([e for e in given if e.kind != video], given, video, limit)
        yield _line(f"{video} (left out of training)", found)
        caught += found
    yield _line("all videos (each left out of training)", caught)
    yield from _taught(given, limit)
    yield _line("our own sentences (each left out of training)", list(_own(given, limit)))
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


def _taught(given: Sequence[Example], limit: float) -> Iterator[str]:
    """Report lines for sites made of two videos each, after some decisions, in several orders."""
    sets = sorted({each.kind for each in given} - {"own", "calm"})
    sites = [sets[at : at + 2] for at in range(0, len(sets), 2)]
    models = [fit([each for each in given if each.kind not in site]) for site in sites]
    for decisions in _DECISIONS:
        found = [
            (each, held)
            for site, model in zip(sites, models, strict=True)
            for order in range(_ORDERS)
            for each, held in _after(decisions, _shuffled(given, site, order), model, limit)
        ]
        name = f"sites of two videos (left out of training), after {decisions} decisions"
        yield _line(name, found, times=_ORDERS)


def _shuffled(given: Sequence[Example], site: Sequence[str], order: int) -> list[Example]:
    comments = [each for each in given if each.kind in site]
    random.Random(order).shuffle(comments)
    return comments


def _after(
    decisions: int, comments: Sequence[Example], model: Model, limit: float
) -> Iterator[tuple[Example, bool]]:
    lessons = [lesson_of(model, *_read(each.text), spam=each.spam) for each in comments[:decisions]]
    learned = learn(lessons, model=model)
    for each in comments[max(_DECISIONS) :]:
        shipped_says = model.said(*_read(each.text))[0]
        if not learned.speaks:
            yield each, shipped_says >= limit
            continue
        share, signs = learned.said(*_read(each.text), model=model)
        yield each, share >= limit and (bool(signs) or shipped_says >= limit)


@lru_cache(maxsize=2000)
def _read(text: str) -> tuple[Reading, list[str]]:
    return reading_of(text, normalise(text)), scan_links(text)


def _own(given: Sequence[Example], limit: float) -> Iterator[tuple[Example, bool]]:
    own = [each for each in given if each.kind == "own"]
    for fold in range(_FOLDS):
        out = own[fold::_FOLDS]
        model = fit([each for each in given if each not in out])
        yield from ((each, score_of(model, each.text) >= limit) for each in out)


def _line(name: str, found: Sequence[tuple[Example, bool]], *, times: int = 1) -> str:
    """A report line. Intervals count each text once, although `found` has it `times` times."""
    parts = []
    for spam, what in ((True, "caught"), (False, "wrongly held")):
        held = [hit for each, hit in found if each.spam is spam]
        if held:
            count = len(held) // times
            band = wilson(round(sum(held) / times), count)
            share = sum(held) / len(held)
            parts.append(f"{what} {share:.1%} [{band.low:.1%}, {band.high:.1%}] of {count}")
    return f"{name}: {', '.join(parts)}"
