"""A suspension or ban as shown to the person: once final, with its reason and any appeal."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from ...core import clock
from ...core.db import db, unit_of_work
from ...core.errors import Unavailable
from ...sites.queries import by_id, membership, policy_of, sites_banned_from
from ..judging.reasons import title
from .models import Sanction, SanctionAppeal
from .sanctions import AWAY
from .standing import is_undone

if TYPE_CHECKING:
    from datetime import datetime

    from ...accounts.models import User
    from ...sites.models import Membership, Site

_Later = aliased(Sanction)  # made once: to make an alias takes longer than to ask with it


@dataclass(frozen=True)
class InForce:
    """`reason` is a word or two; `appeal_url` is a link that the site names for appeals, if any.
    `can_appeal`: here, because there is no appeal yet."""

    kind: Literal["ban", "suspend"]
    reason: str | None
    until: datetime | None
    message: str | None
    appeal_url: str | None
    can_appeal: bool
    appeal: SanctionAppeal | None


def in_force(user: User, site: Site, locale: str | None = None) -> InForce | None:
    """The suspension or ban of the person on the site now, if they may know of it."""
    row = membership(user, site)
    return shown(row, locale) if row is not None and row.role == "banned" else None


def note_shown(user: User, site: Site) -> None:
    """Record that the person was shown what is in force, so that staff know: guests get no email.
    Written once; skipped while the database is read-only."""
    row = membership(user, site)
    led = led_to(row) if row is not None and row.role == "banned" else None
    if led is None or led.acknowledged_at is not None:
        return
    with suppress(Unavailable), unit_of_work():
        db.session.execute(
            update(Sanction)
            .where(Sanction.id == led.id, Sanction.acknowledged_at.is_(None))
            .values(acknowledged_at=clock.now())
        )


def shown(row: Membership, locale: str | None = None) -> InForce | None:
    """A ban as shown to the person; None while it can still be undone."""
    if seconds_left(row):
        return None
    led = led_to(row)
    appeal = appeal_of(led) if led else None
    return InForce(
        kind="suspend" if row.until else "ban",
        reason=title(led.reason, locale) if led and led.reason else None,
        until=row.until,
        message=row.message,
        appeal_url=_address_in(policy_of(by_id(row.site_id)).redress),
        can_appeal=appeal is None,
        appeal=appeal,
    )


def seconds_left(row: Membership) -> int:
    """Seconds left to undo the sanction behind this ban, of which the person may not know until
    then; 0 if it is final."""
    led = led_to(row)
    if led is None or led.final_at is None:
        return 0
    return max(0, math.ceil((led.final_at - clock.now()).total_seconds()))


def led_to(row: Membership) -> Sanction | None:
    """The sanction behind a ban, skipping undone ones. None for a ban given as a role."""
    newest = db.session.scalar(
        select(Sanction)
        .where(Sanction.user_id == row.user_id, Sanction.site_id == row.site_id)
        .where(Sanction.kind != "warn", ~is_undone(Sanction))
        .order_by(Sanction.id.desc())
        .limit(1)
    )
    return newest if newest is not None and newest.kind in AWAY else None


def is_replaced() -> Any:
    """SQL condition on sanctions: a later one exists that was not undone."""
    beside = (_Later.user_id == Sanction.user_id) & (_Later.site_id == Sanction.site_id)
    newer = select(_Later.id).where(beside, _Later.id > Sanction.id, _Later.kind != "warn")
    return newer.where(~is_undone(_Later)).exists()


def appeal_of(sanction: Sanction) -> SanctionAppeal | None:
    """The appeal against a sanction, if any."""
    return db.session.scalar(
        select(SanctionAppeal).where(SanctionAppeal.sanction_id == sanction.id)
    )


def answers(user: User) -> list[SanctionAppeal]:
    """Appeals of the last week, decided, on sites where they may write again: the newest per
    site."""
    barred = [site.id for site in sites_banned_from(user)]
    query = (
        select(SanctionAppeal)
        .where(SanctionAppeal.user_id == user.id, SanctionAppeal.site_id.not_in(barred))
        .where(SanctionAppeal.decided_at > clock.now() - _NEWS)
        .order_by(SanctionAppeal.decided_at.desc(), SanctionAppeal.id.desc())
    )
    newest: dict[int, SanctionAppeal] = {}
    for made in db.session.scalars(query):
        newest.setdefault(made.site_id, made)
    return list(newest.values())


_NEWS = timedelta(days=7)
_WEB = re.compile(r"https?://[^\s<>\"'“”«»]+[^\s<>\"'“”«»).,;:!?]")
_EMAIL = re.compile(r"(?<![^\s<>@:,;()])[^\s<>@:,;()]+@[^\s<>@:,;()]+[^\s<>@:,;().!?]")


def _address_in(redress: str) -> str | None:
    """The first web or email address in a text, as a link; None without one."""
    if found := _WEB.search(redress[:2000]):
        return found[0]
    found = _EMAIL.search(redress[:2000])
    return f"mailto:{found[0]}" if found else None
