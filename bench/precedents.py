"""How often the nearest earlier decisions agree with the next: labeled comments, decided
by their labels.

Nobody's decisions are public, so labels stand in for them. The comments that a new site would
hold are posted and decided one by one in shuffled order. The first half is the past; for each
of the others, the decisions on its three nearest are compared. By chance, they would agree as
often as any three.
"""

from __future__ import annotations

import csv
import lzma
import random
from datetime import timedelta
from typing import TYPE_CHECKING

from commentsvc.accounts.commands import by_email
from commentsvc.core import clock, jobs
from commentsvc.core.bands import wilson
from commentsvc.moderation.commands import decide
from commentsvc.moderation.desk import queue
from commentsvc.moderation.judging.scored import held
from commentsvc.moderation.precedents.reading import of_cards
from commentsvc.posting.commands import NewComment, submit
from commentsvc.sites.policy import Policy
from commentsvc.sites.queries import by_key
from commentsvc.toxicity.scorer import scorer
from tests.shared_data import shared

from . import corpus, ours

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commentsvc.toxicity.scorer import Scores, Unscored

    from .tools import Figures

Labeled = tuple[str, bool]  # a text, and whether it is toxic by its label
_AT_ONCE = 64
_MOST = 12_000  # texts per table
_LONGEST = 5000


def run(figures: Figures) -> None:
    """For each table: the share of the nearest that agree, and whether its band is above chance."""
    for name, texts in (
        (
            "Wikipedia talk pages",
            _rows("toxicity/jigsaw_dev.csv.xz", ("toxic", "insult", "obscene")),
        ),
        ("news comments", _rows("toxicity/civil_dev.csv", ("target",))),
    ):
        with ours.data("precedents") as folder:
            app = ours.filled(folder, (1,))
            with app.app_context(), clock.frozen(clock.now()):
                _measure(figures, name, texts)


def _rows(path: str, labels: tuple[str, ...]) -> list[Labeled]:
    found = shared(path)
    if found is None:
        return []
    return [
        (row["comment_text"][:_LONGEST], any(float(row[each] or 0) >= 0.5 for each in labels))
        for row in _lines(found)
    ][:_MOST]


def _lines(path: Path) -> Iterator[dict[str, str]]:
    opened = lzma.open if path.suffix == ".xz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _held(texts: list[Labeled]) -> list[Labeled]:
    """The texts that a new site holds."""
    policy, kept = Policy(), []
    for at in range(0, len(texts), _AT_ONCE):
        part = texts[at : at + _AT_ONCE]
        said: list[Scores | Unscored] = scorer().score([text for text, _ in part])
        kept += [
            each
            for each, answer in zip(part, said, strict=True)
            if each[0].strip() and held(policy, each[0], answer)
        ]
    return kept


def _measure(figures: Figures, name: str, texts: list[Labeled]) -> None:
    site, owner = by_key(corpus.KEY), by_email(corpus.OWNER)
    assert owner is not None
    cases = _held(texts)
    random.Random(1).shuffle(cases)
    past = len(cases) // 2
    asked = agreed = 0
    chance: list[float] = []
    before: list[bool] = []
    for number, (text, bad) in enumerate(cases):
        new = NewComment(site=site, href=f"{corpus.ORIGIN}/{number}", name=f"N{number}", text=text)
        made = submit(new).comment
        if number >= past:
            card = queue.card(made.public_id, [site])
            near = of_cards([card])[card.id]
            asked += len(near)
            agreed += sum(each.approved != bad for each in near)
            share = sum(before) / len(before)
            chance += [share if bad else 1 - share] * len(near)
        action, reason = ("reject", "offensive") if bad else ("approve", None)
        decide(made.public_id, action=action, reason=reason, by=owner)
        before.append(bad)
        clock.move(timedelta(minutes=5))
        jobs.run_due()
    if not asked:
        return
    band, base = wilson(agreed, asked), sum(chance) / len(chance)
    what = f"the nearest agree on {name} ({asked:,} of {3 * (len(cases) - past):,} were near)"
    wanted = f"> {base:.1%} by chance; band {band.low:.1%} to {band.high:.1%}"
    figures.add("precedents", what, 100 * band.share, "%", wanted=wanted, ok=band.low > base)
