"""A moderator's chat channels: what is sent where and when, and how the last message went."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from flask import Response, request, url_for

from ...core.errors import DomainError, NotFound
from ...core.locale import say
from ...notifications.chat import commands, services
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ...web.proving import fresh
from ..blueprints import dashboard
from ..page import (
    channel_words,
    chosen_sites,
    go,
    language,
    my_site,
    refused,
    staff_page,
    tell,
    text_of,
    whole_number,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ...notifications.chat.models import ChatChannel

_DOING: dict[str, Callable[..., object]] = {
    "pause": commands.pause,
    "resume": commands.resume,
    "remove": commands.remove,
    "test": commands.try_out,
}


@dashboard.get("/channels")
@limit("read")
@requires("moderate")
def channels() -> Response:
    """One's own channels on the chosen sites, and a form to add one."""
    sites, site = chosen_sites()
    mine = commands.channels_of(signed_in(), sites)
    return staff_page(
        "dashboard/channels.html",
        section="channels",
        site=site,
        mine=[(channel, its, _why(channel)) for channel, its in mine],
        **_choices(),
    )


@dashboard.post("/channels")
@limit("manage")
@requires("moderate")
@fresh
def add_channel() -> Response:
    """Add a chat that gets a site's news."""
    here = url_for("dashboard.channels")
    try:
        site = my_site(text_of(request.form, "site", 60), "moderate")
        address = text_of(request.form, "address")
        commands.add(site, address, _wishes(), by=signed_in())
    except DomainError as error:
        return refused(error, here)
    tell("good", channel_words("added"))
    return go("dashboard.channels")


@dashboard.get("/channels/<channel_id>")
@limit("read")
@requires("moderate")
def channel(channel_id: str) -> Response:
    """The form of one channel; its address is not shown again."""
    found = commands.find(channel_id, by=signed_in())
    site = commands.site_of(found)
    return staff_page(
        "dashboard/channel.html",
        section="channels",
        switch=False,
        site=site,
        channel=found,
        why=_why(found),
        **_choices(),
    )


@dashboard.post("/channels/<channel_id>")
@limit("manage")
@requires("moderate")
@fresh
def change_channel(channel_id: str) -> Response:
    """Save the form."""
    try:
        address = text_of(request.form, "address")
        commands.change(channel_id, _wishes(), by=signed_in(), address=address)
    except DomainError as error:
        return refused(error, url_for("dashboard.channels"))
    tell("good", channel_words("saved"))
    return go("dashboard.channels")


@dashboard.post("/channels/<channel_id>/do")
@limit("manage")
@requires("moderate")
def do_channel(channel_id: str) -> Response:
    """Pause, resume, remove or test a channel."""
    wish = text_of(request.form, "do", 20)
    try:
        if wish not in _DOING:
            raise NotFound("not_found.action")
        _DOING[wish](channel_id, by=signed_in())
    except DomainError as error:
        return refused(error, url_for("dashboard.channels"))
    tell("good", channel_words(f"did.{wish}"))
    return go("dashboard.channels")


def _wishes() -> commands.Wishes:
    """The settings in the form. Raises `Invalid`."""
    form = request.form
    return commands.Wishes(
        what=form.getlist("what"),
        rhythm=text_of(form, "rhythm", 20),
        quote_below=whole_number(form, "quote_below"),
        links="links" in form,
        quiet_from=_hour("quiet_from"),
        quiet_until=_hour("quiet_until"),
        zone=text_of(form, "zone", 40) or "UTC",
        label=text_of(form, "label", commands.LONGEST_LABEL),
    )


def _hour(name: str) -> int | None:
    return whole_number(request.form, name) if text_of(request.form, name) else None


def _choices() -> dict[str, Any]:
    return {
        "w": channel_words,
        "installed": services.is_installed(),
        "install": services.EXTRA,
        "services": services.ROWS,
        "names": services.NAMES,
        "name_of": _name_of,
        "what": commands.WHAT,
        "rhythms": commands.RHYTHMS,
        "quotes": commands.QUOTES,
        "zones": sorted(each for each in available_timezones() if "/" in each),
    }


def _name_of(channel: ChatChannel) -> str:
    """The owner's name for it, else its service's."""
    return channel.label or services.NAMES[channel.service]


def _why(channel: ChatChannel) -> str | None:
    """The last error, in words."""
    if channel.why is None:
        return None
    return say(f"errors.{channel.why['key']}", language(), **channel.why["values"])
