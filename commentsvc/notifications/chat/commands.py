"""A moderator's chat channels: add, change, pause, remove, test. Nothing is sent to people who no
longer moderate the site (telling.py checks each time)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select

from ...accounts.acts import record
from ...core import clock
from ...core.db import db, release, unit_of_work
from ...core.errors import Conflict, Invalid, NotFound
from ...core.jobs import enqueue, handler
from ...core.locale import named
from ...core.sealing import sealer
from ...core.shown import one_line
from ...sites.models import Site
from ...sites.queries import by_id, require, sites_of
from . import sending, services
from .models import ChatChannel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...accounts.models import User

#: What a channel can report.
WHAT = ("pending", "reported", "severe", "alarm", "notice")
RHYTHMS = ("now", "hourly", "daily")
#: Comments are quoted if their highest score, in percent, is below this; 0 quotes none.
QUOTES = (0, 30, 50, 70, 90)
MOST = 10  # of one person on one site
LONGEST_LABEL = 60
_LONGEST = 1500


@dataclass(frozen=True)
class Wishes:
    """What a channel reports, when and in how much detail, and its owner's label. The quiet hours
    are hours of the day in `zone`: both or neither."""

    what: Sequence[str]
    rhythm: str = "now"
    quote_below: int = 0
    links: bool = False
    quiet_from: int | None = None
    quiet_until: int | None = None
    zone: str = "UTC"
    label: str = ""

    def check(self) -> None:
        """Raises `Invalid` with the field's name."""
        if not self.what or set(self.what) - set(WHAT):
            raise Invalid("invalid.choose_some", names=named("channel_what", WHAT), field="what")
        if self.rhythm not in RHYTHMS:
            raise Invalid("invalid.choose", names=named("rhythm", RHYTHMS), field="rhythm")
        if self.quote_below not in QUOTES:
            raise Invalid("invalid.number_between", least=0, most=QUOTES[-1], field="quote_below")
        hours = (self.quiet_from, self.quiet_until)
        if any(each is not None and not 0 <= each <= 23 for each in hours):
            raise Invalid("invalid.number_between", least=0, most=23, field="quiet_from")
        if None in hours and hours != (None, None):
            raise Invalid("invalid.quiet_hours", field="quiet_from")
        zone_of(self.zone)

    def give(self, channel: ChatChannel) -> None:
        """Store these wishes in the channel."""
        channel.what = [each for each in WHAT if each in self.what]
        channel.rhythm, channel.quote_below, channel.links = (
            self.rhythm,
            self.quote_below,
            self.links,
        )
        channel.quiet_from, channel.quiet_until = self.quiet_from, self.quiet_until
        channel.zone, channel.label = self.zone, one_line(self.label)[:LONGEST_LABEL] or None


def zone_of(name: str) -> tzinfo:
    """The time zone of this name. Raises `Invalid`."""
    if name == "UTC":  # known even if the system has no list of zones
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise Invalid("invalid.zone", field="zone") from error


def channels_of(user: User, sites: Sequence[Site] | None = None) -> list[tuple[ChatChannel, Site]]:
    """The person's channels on these sites (None: all sites), with their sites, oldest first."""
    query = select(ChatChannel, Site).join(Site, Site.id == ChatChannel.site_id)
    if sites is not None:
        query = query.where(Site.id.in_([each.id for each in sites]))
    rows = db.session.execute(query.where(ChatChannel.user_id == user.id).order_by(ChatChannel.id))
    return [(channel, site) for channel, site in rows]


def find(public_id: str, *, by: User) -> ChatChannel:
    """A person's own channel on a site that they moderate. Raises `NotFound`."""
    query = select(ChatChannel).where(
        ChatChannel.public_id == public_id, ChatChannel.user_id == by.id
    )
    found = db.session.scalar(query)
    if found is None or found.site_id not in {each.id for each in sites_of(by)}:
        raise NotFound("not_found.channel")
    return found


def add(site: Site, address: str, wishes: Wishes, *, by: User) -> ChatChannel:
    """Report new items on this site to this address from now on. Raises `Conflict`, `Invalid`."""
    require(by, "moderate", site)
    wishes.check()
    service = _service_of(address.strip())
    with unit_of_work():
        mine = ChatChannel.user_id == by.id, ChatChannel.site_id == site.id
        if (db.session.scalar(select(func.count()).where(*mine)) or 0) >= MOST:
            raise Conflict("conflict.channel_most", n=MOST)
        made = ChatChannel(
            user_id=by.id,
            site_id=site.id,
            service=service,
            kept_address=sealer().seal(address.strip()),
            state="active",
            attempts=0,
            told_until=clock.now(),
            created_at=clock.now(),
        )
        wishes.give(made)
        db.session.add(made)
        db.session.flush()
        record("channel_added", site_id=site.id, by=by, service=service)
    return made


def change(public_id: str, wishes: Wishes, *, by: User, address: str = "") -> ChatChannel:
    """Change a channel's wishes and, if given, its address. Raises like `add`."""
    wishes.check()
    find(public_id, by=by)
    service = _service_of(address.strip()) if address.strip() else None
    with unit_of_work():
        channel = find(public_id, by=by)
        wishes.give(channel)
        if service is not None:
            channel.service, channel.kept_address = service, sealer().seal(address.strip())
            _well(channel)
        record("channel_changed", site_id=channel.site_id, by=by, service=channel.service)
    return channel


def pause(public_id: str, *, by: User) -> None:
    """Send nothing there until `resume`."""
    with unit_of_work():
        channel = find(public_id, by=by)
        channel.state = "paused"
        record("channel_paused", site_id=channel.site_id, by=by, service=channel.service)


def resume(public_id: str, *, by: User) -> None:
    """Report again, starting with items from now on."""
    with unit_of_work():
        channel = find(public_id, by=by)
        channel.state, channel.told_until = "active", clock.now()
        _well(channel)
        record("channel_resumed", site_id=channel.site_id, by=by, service=channel.service)


def remove(public_id: str, *, by: User) -> None:
    """Delete a channel and its address."""
    with unit_of_work():
        channel = find(public_id, by=by)
        record("channel_removed", site_id=channel.site_id, by=by, service=channel.service)
        db.session.delete(channel)


def try_out(public_id: str, *, by: User) -> None:
    """Enqueue a test message; the result is stored in the channel. Raises `Conflict`."""
    _require_installed()
    with unit_of_work():
        enqueue("try_channel", channel_id=find(public_id, by=by).id)


@handler("forget_channels", at_once=True)
def forget_channels(user_id: int) -> None:
    """Delete the chat channels of an erased person."""
    db.session.execute(delete(ChatChannel).where(ChatChannel.user_id == user_id))


def site_of(channel: ChatChannel) -> Site:
    """The channel's site."""
    return by_id(channel.site_id)


def local(moment: datetime, channel: ChatChannel) -> datetime:
    """A moment in the channel's time zone; unchanged if the zone is no longer known."""
    try:
        return moment.astimezone(zone_of(channel.zone))
    except Invalid:
        return moment


def is_quiet(channel: ChatChannel, moment: datetime) -> bool:
    """Whether this moment is in the channel's quiet hours, which may span midnight."""
    start, end = channel.quiet_from, channel.quiet_until
    if start is None or end is None or start == end:
        return False
    hour = local(moment, channel).hour
    return start <= hour < end if start < end else hour >= start or hour < end


def began(channel: ChatChannel, moment: datetime) -> datetime:
    """The start of the channel's current period: the full hour, or the last 8:00 in the channel's
    zone."""
    here = local(moment, channel)
    hour = here.replace(minute=0, second=0, microsecond=0)
    if channel.rhythm == "hourly":
        return hour.astimezone(UTC)
    day = hour.replace(hour=8)
    return (day if here >= day else day - timedelta(days=1)).astimezone(UTC)


def _service_of(address: str) -> str:
    _require_installed()
    if not address or len(address) > _LONGEST:
        raise Invalid("invalid.channel_address", field="address")
    release()  # the child process takes a moment
    return sending.service_of(address)


def _require_installed() -> None:
    if not services.is_installed():
        raise Conflict("conflict.channels_extra", command=services.EXTRA)


def _well(channel: ChatChannel) -> None:
    channel.why, channel.failing_since, channel.due_at, channel.attempts = None, None, None, 0
