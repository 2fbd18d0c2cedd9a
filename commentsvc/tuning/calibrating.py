"""A site's own calibration: curves that turn a model's score into the probability that this site's
moderators would reject the text. A curve is fitted to their decisions, compared on decisions it has
not seen, used only if it is better, and reversible.

Decisions are weighted as in `advisor`: what was held is read often and the rest hardly ever, so
each stratum's decisions stand for all of it.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ..accounts.acts import record
from ..core import clock
from ..core.bands import Band, Stratum, Z, combined
from ..core.db import db, unit_of_work
from ..core.errors import Conflict, Invalid
from ..moderation.audit import append
from ..moderation.judging.curves import Curve, logit
from ..toxicity.labels import LABELS
from .advisor import Case, cases
from .feedback import examples
from .models import Calibration, Feedback

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..accounts.models import User
    from ..sites.models import Site

FEWEST = 50  # decisions of each kind, rejected and approved
AUDITED = 20  # decisions on the audit's sample, without which all below the limits is unknown
SUGGESTED = 0.1  # the largest share of the weight that programs' suggestions may have
BINS = 10

#: Rejections for these reasons say that a text is toxic; for others they say nothing about it.
_TOXIC = frozenset(("offensive", "abusive", "hate", "harassment"))


@dataclass(frozen=True)
class Example:
    """One decided text: the model's score, the decision, and how many texts it stands for."""

    score: float
    bad: bool
    weight: float


@dataclass(frozen=True)
class Comparison:
    """A loss without and with the curve, on decisions that the curve has not seen; `gain` is the
    difference with its 95 % band, above 0 if the curve is better."""

    before: float
    after: float
    gain: Band


@dataclass(frozen=True)
class Proposal:
    """A calibration that could be put in force for one label. `refused`: `few` decisions, `blind`
    (too few audited), or not `better`; None: it may be used."""

    label: str
    model: str | None
    rejected: int
    approved: int
    audited: int
    suggested: int
    refused: str | None
    curve: Curve | None = None
    log_loss: Comparison | None = None
    brier: Comparison | None = None


def proposal(known: Sequence[Case], label: str, suggestions: Iterable[Feedback] = ()) -> Proposal:
    """The best curve for this label, and whether it may be used. `known` holds the model's own
    scores. Raises `Invalid` for a label that does not exist."""
    if label not in LABELS:
        raise Invalid("invalid.label", name=label, field="label")
    model = next((case.model for case in known), None)
    known = [case for case in known if case.model == model and label in case.scores]
    found = weighed(known, label)
    hints = _hints(suggestions, label, model, sum(each.weight for each in found))
    counts: dict[str, Any] = {
        "rejected": sum(each.bad for each in found),
        "approved": sum(not each.bad for each in found),
        "audited": sum(case.kind == "rest" and _truth(case) is not None for case in known),
        "suggested": len(hints),
    }
    blind = counts["audited"] < AUDITED and any(case.kind == "rest" for case in known)
    few = min(counts["rejected"], counts["approved"]) < FEWEST
    if few or blind:
        return Proposal(label, model, **counts, refused="few" if few else "blind")
    said = _unseen(found, hints)
    log_loss, brier = _compared(said, _log_loss), _compared(said, _square)
    better = log_loss.gain.low > 0 and brier.gain.share > 0
    return Proposal(
        label,
        model,
        **counts,
        refused=None if better else "better",
        curve=fitted([*found, *hints]),
        log_loss=log_loss,
        brier=brier,
    )


def of_site(site: Site, label: str) -> tuple[Proposal, list[Case]]:
    """The site's proposal for this label, and the cases it is based on: four queries."""
    known = cases(site, raw=True)
    return proposal(known, label, examples(site.id)), known


def weighed(known: Sequence[Case], label: str) -> list[Example]:
    """The decided texts, each with the weight of its stratum."""
    sizes = Counter(case.kind for case in known)
    decided = Counter(case.kind for case in known if _truth(case) is not None)
    return [
        Example(case.scores[label], truth, sizes[case.kind] / decided[case.kind])
        for case in known
        if (truth := _truth(case)) is not None
    ]


def fitted(found: Sequence[Example]) -> Curve:
    """The curve fitted to these texts."""
    import numpy as np

    from ..toxicity.calibrate import (
        fit_curve,  # imports training code: not for every request
    )

    slope, offset = fit_curve(
        np.array([logit(each.score) for each in found], np.float32),
        np.array([each.bad for each in found], bool),
        np.array([each.weight for each in found], np.float64),
    )
    return Curve(float(slope), float(offset))


def observed(known: Sequence[Case], label: str) -> list[tuple[float, Band]]:
    """(middle of a range of scores, share that moderators would reject there), for ranges with
    decisions: what a curve should match."""
    shares = []
    for at in range(BINS):
        inside = [case for case in known if int(min(case.scores[label], 0.999) * BINS) == at]
        strata = []
        for kind in ("held", "called", "rest"):
            of_kind = [case for case in inside if case.kind == kind]
            truths = [truth for case in of_kind if (truth := _truth(case)) is not None]
            strata.append(Stratum(len(of_kind), len(truths), sum(truths)))
        if any(each.decided for each in strata):
            shares.append(((at + 0.5) / BINS, combined(strata)))
    return shares


def _truth(case: Case) -> bool | None:
    if case.bad and case.reason is not None and case.reason not in _TOXIC:
        return None
    return case.bad


def _hints(
    suggestions: Iterable[Feedback], label: str, model: str | None, total: float
) -> list[Example]:
    """Programs' suggestions. Nobody knows how they were selected, so together they weigh little."""
    pairs = [
        (each.measured[label], each.suggested[label] >= 0.5)
        for each in suggestions
        if each.scorer == model and each.measured and label in each.measured
        if label in each.suggested
    ]
    weight = min(1.0, SUGGESTED * total / max(len(pairs), 1))
    return [Example(score, bad, weight) for score, bad in pairs]


_Said = list[tuple[Example, float]]


def _unseen(found: Sequence[Example], hints: Sequence[Example]) -> _Said:
    """Each text with its value on a curve fitted to the other half."""
    shuffled = list(found)
    random.Random(len(shuffled)).shuffle(shuffled)
    shuffled.sort(key=lambda each: (each.weight, each.bad))  # halves alike
    halves = (shuffled[::2], shuffled[1::2])
    said = []
    for half, other in (halves, halves[::-1]):
        curve = fitted([*other, *hints])
        said += [(each, curve.at(each.score)) for each in half]
    return said


def _compared(said: _Said, loss: Any) -> Comparison:
    total = sum(each.weight for each, _ in said)
    before = sum(each.weight * loss(each.score, each.bad) for each, _ in said) / total
    after = sum(each.weight * loss(new, each.bad) for each, new in said) / total
    mean = before - after
    spread = sum(
        (each.weight * (loss(each.score, each.bad) - loss(new, each.bad) - mean)) ** 2
        for each, new in said
    )
    half = Z * math.sqrt(spread) / total
    return Comparison(before, after, Band(mean, mean - half, mean + half))


def _log_loss(score: float, bad: bool) -> float:
    kept = min(max(score, 1e-4), 1 - 1e-4)
    return -math.log(kept if bad else 1 - kept)


def _square(score: float, bad: bool) -> float:
    return (score - bad) ** 2


# --- curves in force ------------------------------------------------------------------------------


def switch_on(site: Site, label: str, *, by: User) -> Calibration:
    """Put the current curve in force for this label. Raises `Conflict` if it may not be used."""
    found, _ = of_site(site, label)
    if found.refused or found.curve is None or found.model is None:
        raise Conflict("refused")
    facts = {key: value for key, value in asdict(found).items() if key not in ("curve", "refused")}
    with unit_of_work():
        _end(site, label, by=by)
        row = Calibration(
            site_id=site.id,
            label=label,
            model=found.model,
            **asdict(found.curve),
            facts=facts,
            by_id=by.id,
            created_at=clock.now(),
        )
        db.session.add(row)
        _project(site, label, {"model": found.model, **asdict(found.curve)})
        append(site.id, "calibration", {"label": label, "action": "on", "model": found.model})
        record("calibration_on", site_id=site.id, by=by, label=label)
    return row


def switch_off(site: Site, label: str, *, by: User) -> None:
    """Let the rules use the model's own scores again. Doing it twice is harmless."""
    with unit_of_work():
        if not _end(site, label, by=by):
            return
        _project(site, label, None)
        append(site.id, "calibration", {"label": label, "action": "off"})
        record("calibration_off", site_id=site.id, by=by, label=label)


def _end(site: Site, label: str, *, by: User) -> bool:
    rows = db.session.scalars(
        select(Calibration)
        .where(Calibration.site_id == site.id, Calibration.label == label)
        .where(Calibration.ended_at.is_(None))
        .with_for_update()
    ).all()
    for row in rows:
        row.ended_at, row.ended_by_id = clock.now(), by.id
    return bool(rows)


def _project(site: Site, label: str, curve: Mapping[str, Any] | None) -> None:
    """Copy the curve to the site's row, so that judging reads it without another query."""
    kept = {name: value for name, value in (site.calibration or {}).items() if name != label}
    site.calibration = {**kept, label: dict(curve)} if curve else kept or None
    site.version += 1
    db.session.flush()
