"""Where staff may go: the sections of the bar, and every page by name."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from flask import url_for

from ..core.locale import say
from ..moderation.desk.queue import QUEUES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..sites.models import Site

#: The letter that opens each place after `g`.
LETTERS = {
    "pending": "q",
    "reported": "r",
    "unreviewed": "u",
    "second": "s",
    "appeals": "a",
    "notices": "n",
    "log": "l",
    "people": "p",
    "networks": "b",
    "figures": "f",
    "temperature": "c",
    "sites": "w",
    "account": "y",
    "shift": "h",
}
_FIGURES = ("temperature", "fairness", "agreement", "report")
_OF_SITE = {
    "sites.settings": "site_page",
    "sites.policy": "policy",
    "sites.look": "look",
    "sites.advisor": "advisor",
    "sites.calibration": "calibration",
    "sites.people": "staff",
}
_MOVED = {
    "scorer": "scorer_page",
    "moving": "moving",
    "webhooks": "webhooks",
    "judges": "judges",
    "keys": "api_keys",
}
_SITES_WHOLE = 5  # with more sites, their pages would drown the rest


@dataclass(frozen=True)
class Place:
    """A page by its name, the site it belongs to, and its letter after `g`."""

    words: str
    href: str
    site: str = ""
    letter: str = ""


def sections(
    current: str, site: Site | None, locale: str, *, waiting: Mapping[str, int], manages: bool
) -> list[dict[str, Any]]:
    """The bar: each section with the number waiting there."""
    key = site.key if site else None
    entries = [
        ("queue", "dashboard.queue_page"),
        ("appeals", "dashboard.appeals"),
        ("notices", "dashboard.notices"),
        ("log", "dashboard.log"),
        ("people", "dashboard.people"),
        ("figures", "dashboard.figures"),
    ]
    if manages:
        entries.append(("sites", "dashboard.sites"))
    if waiting["second"] or current == "second":  # most sites have none
        entries.insert(1, ("second", "dashboard.second_looks"))
    return [
        {
            "name": name,
            "href": url_for(view, site=key) if name != "sites" else url_for(view),
            "words": say(f"cases.nav.{name}", locale)
            if name in waiting
            else say(f"dashboard.nav.{name}", locale),
            "count": waiting.get(name),
            "notes": waiting["notes"] if name == "queue" else 0,
            "current": name == current,
        }
        for name, view in entries
    ]


def common(nav: Sequence[Mapping[str, Any]], site: Site | None, locale: str) -> list[Place]:
    """The pages that belong to no site, the queues first."""
    return list(_common(nav, site.key if site else None, locale))


def _common(nav: Sequence[Mapping[str, Any]], key: str | None, locale: str) -> Iterator[Place]:
    for name in QUEUES:
        words = say("dashboard.queue.heading", locale, queue=say(f"dashboard.queue.{name}", locale))
        href = url_for("dashboard.queue_page", queue=name, site=key)
        yield Place(words, href, letter=LETTERS.get(name, ""))
    for each in nav:
        if each["name"] != "queue":
            yield Place(each["words"], each["href"], letter=LETTERS.get(each["name"], ""))
    words = say("cases.people_tab.networks", locale)
    yield Place(words, url_for("dashboard.networks", site=key), letter=LETTERS["networks"])
    for name in _FIGURES:
        words = say(f"dashboard.figures_tab.{name}", locale)
        href = url_for(f"dashboard.{name}", site=key)
        yield Place(words, href, letter=LETTERS.get(name, ""))
    words = say("desk.shift.heading", locale)
    yield Place(words, url_for("dashboard.shift_page", site=key), letter=LETTERS["shift"])
    account = say("dashboard.layout.account", locale)
    yield Place(account, url_for("account.home"), letter=LETTERS["account"])
    yield Place(say("security.heading", locale), url_for("account.security"))
    yield Place(say("channels.heading", locale), url_for("dashboard.channels"))


def of_sites(
    sites: Sequence[Site], managed: Sequence[Site], site: Site | None, locale: str
) -> Iterator[Place]:
    """Each site's queue and canned messages; owners' pages of the chosen site, or of all if few."""
    for each in sites if len(sites) > 1 else ():
        yield Place(say("dashboard.nav.queue", locale), _queue_of(each), each.name)
    for each in sites:
        href = url_for("dashboard.canned_page", key=each.key)
        yield Place(say("desk.canned.heading", locale), href, each.name)
    few = managed if len(managed) <= _SITES_WHOLE else [each for each in managed if each == site]
    for each in few:
        for phrase, view in _OF_SITE.items():
            href = url_for(f"dashboard.{view}", key=each.key)
            yield Place(say(f"dashboard.{phrase}", locale), href, each.name)
        href = url_for("dashboard.reasons_page", key=each.key)
        yield Place(say("desk.reason.heading", locale), href, each.name)
        for tab, view in _MOVED.items():
            href = url_for(f"dashboard.{view}", key=each.key)
            yield Place(say(f"exchange.tab.{tab}", locale), href, each.name)


def _queue_of(site: Site) -> str:
    return url_for("dashboard.queue_page", site=site.key)


def as_dicts(places: Sequence[Place]) -> list[dict[str, str]]:
    """The places as JSON for a script."""
    return [asdict(each) for each in places]
