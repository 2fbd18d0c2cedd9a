"""Saved filters: a moderator's own named queues, with their counts where counting is cheap."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from flask import Response, redirect, request, url_for

from ...core.errors import DomainError, Invalid, NotFound
from ...core.locale import number
from ...moderation.desk import queue
from ...moderation.sharing import filters as saving
from ...sites.queries import by_id, can
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import go_back, language, mine, my_site, refused, tell, text_of
from . import filters
from .words import desk_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...moderation.sharing.filters import Saved
    from ...moderation.sharing.models import SavedFilter
    from ...sites.models import Site

_MOST_COUNTED = 12  # filters whose matches are counted for one page
#: Action on a filter -> the command.
_DOING: dict[str, Callable[..., object]] = {
    "remove": saving.remove,
    "share": partial(saving.share, shared=True),
    "unshare": partial(saving.share, shared=False),
    "take": partial(saving.take, on=True),
    "untake": partial(saving.take, on=False),
}


@dataclass(frozen=True)
class Shown:
    """A filter as a link. `count` is in words, None if not counted; `digit` opens it after `g`."""

    id: str
    name: str
    href: str
    count: str | None
    owner: str | None
    shared: bool
    takes: bool
    may_share: bool
    may_change: bool
    current: bool
    digit: str


def saved_here(sites: Sequence[Site]) -> list[Shown]:
    """The viewer's filters and those shared with them, on these sites."""
    found = saving.of(signed_in(), sites)
    return [_shown(each, at, sites) for at, each in enumerate(found)]


def counts_now(sites: Sequence[Site]) -> dict[str, str]:
    """The counts of the filters that are counted, by id."""
    found = saving.of(signed_in(), sites)[:_MOST_COUNTED]
    counted = {each.row.public_id: _count(each, sites) for each in found}
    return {id_: count for id_, count in counted.items() if count is not None}


def links() -> list[tuple[str, str, str]]:
    """Name, address and digit of each filter of the viewer, for the keys and the palette."""
    found = saving.of(signed_in(), mine("moderate"))
    return [(each.row.name, _href(each), _digit(at)) for at, each in enumerate(found)]


def _digit(at: int) -> str:
    return str(at + 1) if at < 9 else ""


def _href(each: Saved) -> str:
    return _address(each.row, each.site_key)


def _address(row: SavedFilter, site_key: str | None) -> str:
    given = {name: value for name, value in row.given.items() if name in filters.NAMES}
    return url_for(
        "dashboard.queue_page",
        queue=row.queue,
        order=row.order,
        site=site_key,
        saved=row.public_id,
        **given,  # type: ignore[arg-type]
    )


def _shown(each: Saved, at: int, sites: Sequence[Site]) -> Shown:
    me, row = signed_in(), each.row
    on_site = by_id(row.site_id) if row.site_id is not None else None
    return Shown(
        id=row.public_id,
        name=row.name,
        href=_href(each),
        count=_count(each, sites) if at < _MOST_COUNTED else None,
        owner=each.owner,
        shared=row.shared,
        takes=row.takes,
        may_share=on_site is not None,
        may_change=each.owner is None or (on_site is not None and can(me, "manage_site", on_site)),
        current=request.args.get("saved") == row.public_id,
        digit=_digit(at),
    )


def _count(each: Saved, sites: Sequence[Site]) -> str | None:
    if each.row.queue in queue.UNCOUNTED:
        return None
    own = [site for site in sites if each.row.site_id in (None, site.id)]
    try:
        found = queue.cheaply_matching(own, each.row.queue, filters.chosen(each.row.given))
    except Invalid:  # the filter is out of date
        return None
    return None if found is None else f"{number(found[0], language())}{'+' if found[1] else ''}"


@dashboard.post("/filters")
@limit("manage")
@requires("moderate")
def save_filter() -> Response:
    """Save the queue's filter under a name."""
    here, form = url_for("dashboard.queue_page"), request.form
    given = {name: form[name].strip()[:200] for name in filters.NAMES if form.get(name)}
    key = text_of(form, "site", 60)
    try:
        filters.chosen(given)
        what = saving.Narrowed(text_of(form, "queue", 20), text_of(form, "order", 20), given)
        site = my_site(key, "moderate") if key else None
        made = saving.save(
            text_of(form, "name", 200),
            what,
            site=site,
            shared="shared" in form,
            by=signed_in(),
        )
    except DomainError as error:
        return refused(error, here)
    tell("good", desk_words("filter.saved"))
    return redirect(_address(made, site.key if site else None), 303)  # type: ignore[return-value]


@dashboard.post("/filters/<filter_id>")
@limit("manage")
@requires("moderate")
def do_filter(filter_id: str) -> Response:
    """Remove or (un)share a filter, or start or stop taking its comments."""
    here, wish = url_for("dashboard.queue_page"), text_of(request.form, "do", 20)
    try:
        if wish not in _DOING:
            raise NotFound("not_found.action")
        _DOING[wish](filter_id, by=signed_in())
    except DomainError as error:
        return refused(error, here)
    tell("good", desk_words(f"filter.did.{wish}"))
    return go_back(here)
