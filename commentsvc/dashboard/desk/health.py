"""Alarms for staff: the scorer, backups, heated conversations, unscored comments, late jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request, url_for

from ...core.backups import scheduled
from ...core.locale import say
from ...moderation.desk import health
from ...toxicity.scorer import scorer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...sites.models import Site


_COUNTED = "commentsvc.dashboard_health"
#: A moderator's cookie: so many heated conversations are known to them, for the length of a shift
#: (static/dashboard/live.js sets it).
_KNOWN = "commentsvc_heated"


@dataclass(frozen=True)
class Alarm:
    """One alarm, in a sentence. Kind: bad, warn, or info for what only takes time."""

    kind: str
    text: str
    href: str | None = None  # the page that says more
    known: int | None = None  # may be dismissed: what the cookie then says


def counted(sites: Sequence[Site]) -> health.Count:
    """The problems on these sites, counted once per request."""
    kept: dict[tuple[int, ...], health.Count] = request.environ.setdefault(_COUNTED, {})
    key = tuple(each.id for each in sites)
    if key not in kept:
        kept[key] = health.count(sites)
    return kept[key]


def alarms(sites: Sequence[Site], locale: str, *, desk: bool = True) -> list[Alarm]:
    """All alarms, worst first: one query; more for scheduled backups. Heated conversations matter to
    those who work at the `desk`, until they have dismissed so many."""
    found: list[Alarm] = []
    status = scorer().status()
    count = counted(sites)
    if status.state != "ok":
        kind, key = ("warn", "scorer_part") if status.works else ("bad", "scorer")
        said = say(f"dashboard.alarm.{key}", locale, message=status.message)
        found.append(Alarm(kind, said))
    if count.parked:
        found.append(Alarm("bad", say("dashboard.alarm.parked", locale, count=count.parked)))
    saved = scheduled.standing()
    if saved is not None and not saved.is_well:
        found.append(Alarm("bad", _unsaved(saved, locale)))
    if desk and count.hot > request.cookies.get(_KNOWN, 0, type=int):
        text = say("tuning.heat.alarm", locale, count=count.hot)
        found.append(Alarm("warn", text, url_for("dashboard.temperature"), count.hot))
    if count.unscored:
        found.append(Alarm("warn", say("dashboard.alarm.unscored", locale, count=count.unscored)))
    if count.late:
        found.append(Alarm("warn", say("dashboard.alarm.late", locale)))
    if count.imported:
        found.append(Alarm("info", say("dashboard.alarm.imported", locale, count=count.imported)))
    return found


def _unsaved(saved: scheduled.Standing, locale: str) -> str:
    if saved.last is None:
        return say("dashboard.alarm.no_backup", locale)
    return say("dashboard.alarm.backup", locale, when=saved.last)
