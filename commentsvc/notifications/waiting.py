"""Emails to moderators about what is waiting on their sites, as often as each of them wants."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from ..accounts.models import User
from ..core import clock
from ..core.db import db, release, unit_of_work
from ..core.jobs import enqueue, handler, periodic
from ..moderation.cases.waiting import CASES, arrived, count_waiting
from ..moderation.desk import queue
from ..settings import settings
from ..sites.models import Membership, Site
from ..sites.permissions import PERMISSIONS
from ..sites.queries import not_over, sites_of
from .channels import Digest, Waiting, channels
from .choices import has_address, rhythm
from .models import Email
from .sending import address_hash

#: With the rhythm “now”, a moderator gets at most one email in this period.
SLOT_MINUTES = 15
MOST_A_DAY = 20  # of these emails; the limit for all emails to an address also applies
MOST_SHOWN = 10  # comments with links of their own
_DAY_BEGINS = timedelta(hours=6)  # UTC: the daily email arrives in the morning
#: The next email includes what arrived while this one was written: better twice than never.
_WHILE_WRITING = timedelta(seconds=2)
_QUEUES = ("pending", "reported")


@periodic("letters_about_what_waits", minutes=1)
def ask_for_emails() -> None:
    """Enqueue the emails that are due now, except those already sent in this period."""
    for user in _staff():
        since = _last_email(user)
        period = _period(rhythm(user))
        if period is None or (since is not None and since >= period):
            continue
        sites = _sites(user)
        # the daily email lists what is waiting; the others are only sent if something is new
        new = since - _WHILE_WRITING if since and rhythm(user) != "daily" else None
        if sites and arrived(sites, new) and _sent_today(user) < MOST_A_DAY:
            with unit_of_work():
                enqueue("tell_what_waits", user_id=user.id, period=f"{period:%Y-%m-%dT%H:%M}")
    release()


@handler("tell_what_waits", lane="mail")
def tell_what_waits(user_id: int, period: str) -> None:
    """Send one moderator the digest, if still wanted and something is still waiting; once per
    period."""
    user = db.session.get(User, user_id)
    if user is None or not any(each.wants(user, "queue") for each in channels().values()):
        return
    sites = _sites(user)
    found = [each for site in sites if (each := _waits(user, site)).counts]
    if not found:
        return
    shown = queue.page(sites, "pending", limit=MOST_SHOWN, locale=user.locale).items
    digest = Digest(user, found, shown, key=f"queue:{user_id}:{period}")
    wanted = [each for each in channels().values() if each.wants(user, "queue")]
    for channel in wanted:
        channel.digest(digest)


def _waits(user: User, site: Site) -> Waiting:
    counted = queue.counts([site])
    others = count_waiting(user, [site])
    base = f"{settings().public_url}/dashboard"
    rows = [(name, counted[name], f"{base}/?site={site.key}&queue={name}") for name in _QUEUES]
    rows += [(name, others[name], f"{base}/{name}?site={site.key}") for name in CASES]
    return Waiting(site, [row for row in rows if row[1]])


def _staff() -> list[User]:
    """Members with an address and a moderator's role on some site, who want emails."""
    roles = sorted(PERMISSIONS["moderate"])
    staff = select(Membership.user_id).where(Membership.role.in_(roles), not_over())
    rows = db.session.scalars(
        select(User)
        .where(User.id.in_(staff), User.email_verified_at.is_not(None))
        .order_by(User.id)
    ).all()
    return [user for user in rows if has_address(user) and rhythm(user) != "never"]


def _sites(user: User) -> list[Site]:
    """The sites where the person has a role of their own: an admin may see all sites but has not
    asked for emails about them."""
    given = set(
        db.session.scalars(
            select(Membership.site_id).where(
                Membership.user_id == user.id, Membership.role.in_(sorted(PERMISSIONS["moderate"]))
            )
        )
    )
    return [site for site in sites_of(user) if site.id in given]


def _period(how_often: str) -> datetime | None:
    """When the current period of this rhythm began, or None; one email is sent per period."""
    moment = clock.now()
    hour = moment.replace(minute=0, second=0, microsecond=0)
    if how_often == "now":
        return hour.replace(minute=moment.minute // SLOT_MINUTES * SLOT_MINUTES)
    if how_often == "hourly":
        return hour
    if how_often == "daily":
        day = (moment - _DAY_BEGINS).replace(hour=0, minute=0, second=0, microsecond=0)
        return day + _DAY_BEGINS
    return None


def _last_email(user: User) -> datetime | None:
    last: datetime | None = db.session.scalar(_emails_to(user, func.max(Email.created_at)))
    return last


def _sent_today(user: User) -> int:
    since = clock.now() - timedelta(days=1)
    found = _emails_to(user, func.count(Email.id)).where(Email.created_at > since)
    return int(db.session.scalar(found) or 0)


def _emails_to(user: User, what: Any) -> Select[Any]:
    return select(what).where(
        Email.address_hash == address_hash(user.email or ""),
        Email.kind == "queue",
        Email.state != "capped",
    )
