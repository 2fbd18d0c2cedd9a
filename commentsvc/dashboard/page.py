"""Shared by every dashboard and account page: language, frame, notices, the chosen site."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from babel.dates import format_timedelta
from flask import (
    Response,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)

from ..core import clock, typed
from ..core.clock import duration
from ..core.errors import DomainError, Invalid, NotAllowed, NotFound
from ..core.locale import (
    day,
    direction,
    has,
    moment,
    number,
    percent,
    pick_locale,
    plain,
    say,
    speaking,
    until,
)
from ..core.shown import isolated, without_controls
from ..moderation.cases.waiting import count_waiting
from ..settings import settings
from ..sites.queries import real
from ..web import csrf
from ..web.auth import MY_SITES, my_sites, signed_in, viewer
from ..web.home import here
from . import places
from .again import NOTICES, is_shown_again, page_again
from .chosen import display_of, keys_of, listed
from .desk import health
from .phrases import of_scripts, saying

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ..sites.models import Site

THEMES = ("light", "dark")
THEME_COOKIE = "theme"
_LANGUAGE = "commentsvc.dashboard_language"
_FOR_STAFF = ("account.decide_page", "account.decide_by_email")
_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x1f\x7f\\]*")
#: Parameters kept when switching sites; a conversation is not, as it is on one site only.
_PASSED_ON = (
    "queue", "order", "q", "author", "language", "role", "by", "action", "reason", "rule", "label",
    "at_least", "at_most", "since", "until", "days",
)  # fmt: skip


def language() -> str:
    """The language of this page: the person's own, else the browser's."""
    kept: str | None = request.environ.get(_LANGUAGE)
    if kept is None:
        user = viewer().user
        wanted = [user.locale if user else None, request.headers.get("Accept-Language")]
        kept = request.environ[_LANGUAGE] = pick_locale(wanted, speaking(_surface()))
    return kept


def _surface() -> str:
    """The catalog of this page; the account's has more languages than the dashboard's."""
    endpoint = request.endpoint or ""
    return (
        "account" if endpoint.startswith("account.") and endpoint not in _FOR_STAFF else "dashboard"
    )


def page(template: str, *, status: int = 200, **values: Any) -> Response:
    """A full page in the reader's language."""
    locale = language()
    theme = request.cookies.get(THEME_COOKIE)
    values = {
        "locale": locale,
        "dir": direction(locale),
        "theme": theme if theme in THEMES else None,
        **{letter: saying(name, locale) for letter, name in (("d", "dashboard"), ("a", "account"))},
        "m": lambda key, **given: say(f"exchange.{key}", locale, **given),
        "called": lambda family, code: say(f"names.{family}.{code}", locale),
        "desk": lambda key, **given: say(f"desk.{key}", locale, **given),
        "s": lambda key, **given: say(f"security.{key}", locale, **given),
        "t": lambda key, **given: say(f"start.{key}", locale, **given),
        "has": has,
        "number": partial(number, locale=locale),
        "duration": partial(duration, locale=locale),
        "percent": partial(percent, locale=locale),
        "isolated": partial(isolated, locale=locale),
        "moment": lambda at: moment(at, locale),
        "day": lambda at: day(at, locale),
        "until": lambda end: until(end, locale),
        "lasts": lambda end: lasting(end, locale),
        "ago": lambda at: ago(at, locale),
        "here": here(),
        "me": viewer().user,
        "messages": _messages(),
        "answers_form": is_shown_again() or (request.method == "POST" and status >= 400),
        **values,
    }
    return make_response(render_template(template, **values), status)


def staff_page(template: str, *, section: str, site: Site | None = None, **values: Any) -> Response:
    """A page of the dashboard, with sections, site switch and alarms."""
    locale, sites, user = language(), mine("moderate"), signed_in()
    nav, keys = sections(section, site), keys_of(user)
    places_here = places.common(nav, site, locale)
    data = {
        "prefix": settings().prefix,
        "keys": {key: name for name, key in keys.items() if key},
        "me": user.public_id,
        "go": {each.letter: each.href for each in places_here if each.letter}
        | values.pop("go", {}),
        "places": url_for("dashboard.places", site=site.key if site else None),
        "csrf": {"name": csrf.FIELD, "value": csrf.token()},
        "live": url_for("dashboard.live", site=site.key if site else None),
        "words": of_scripts(locale),
        **values.pop("card_data", {}),
        **values.pop("page_data", {}),
    }
    at_desk = template == "dashboard/queue.html"
    return page(
        template,
        section=section,
        site=site,
        sites=sites,
        many_sites=len(sites) > 1,
        nav=nav,
        keys=keys,
        key_list=listed(keys, words_of),
        places_by_letter=[each for each in places_here if each.letter],
        display=display_of(user),
        kept={name: request.args[name] for name in _PASSED_ON if request.args.get(name)},
        health=health.alarms(real(sites), locale, desk=at_desk),
        at_desk=at_desk,
        page_data=data,
        link=link,
        **values,
    )


def sections(current: str, site: Site | None) -> list[dict[str, Any]]:
    """The sections in the bar of this page."""
    user = signed_in()
    waiting = count_waiting(user, [site] if site else real(mine("moderate")))
    manages = user.is_admin or manages_any()
    return places.sections(current, site, language(), waiting=waiting, manages=manages)


def link(endpoint: str = "", **changes: Any) -> str:
    """The address of this page, or of another with the same parameters; `changes` sets some of them
    or, with None, leaves them out."""
    args = {**request.args.to_dict(), **(request.view_args or {}), **changes}
    kept = {k: v for k, v in args.items() if v not in (None, "") and not k.startswith("_")}
    return url_for(endpoint or str(request.endpoint), **kept)


def mine(action: str) -> list[Site]:
    """The viewer's sites for this action: one query per request. Raises `NotAllowed` for none."""
    kept: dict[str, list[Site]] = request.environ.setdefault(MY_SITES, {})
    if action not in kept:
        kept[action] = my_sites(action)
    return kept[action]


def manages_any() -> bool:
    """Whether the viewer may change the settings of any site."""
    try:
        return bool(mine("manage_site"))
    except NotAllowed:
        return False


def chosen_sites(action: str = "moderate") -> tuple[list[Site], Site | None]:
    """The sites this page is about, and the one that `?site=` names. Raises `NotFound` for a site
    that is not the viewer's, as for one that does not exist."""
    key = request.args.get("site", "")
    if not key:
        sites = real(mine(action))
        return sites, sites[0] if len(sites) == 1 else None
    found = my_site(key, action)
    return [found], found


def my_site(key: str, action: str) -> Site:
    """The site with this key, if the viewer may do this there. Raises `NotFound` otherwise."""
    for site in mine(action):
        if site.key == key:
            return site
    raise NotFound("not_found.site")


def lasting(end: datetime, locale: str) -> str:
    """“through 5 December”: how long a role or a sanction is in force."""
    return say("dashboard.person.until_day", locale, day=until(end, locale))


def ago(at: datetime, locale: str) -> str:
    """“5 minutes ago” in this language, in whole units that have passed."""
    unit: Literal["year", "month", "day", "hour", "minute"]
    unit, count = clock.age(at)
    if not count:
        return say("dashboard.just_now", locale)
    gone = timedelta(**{f"{unit}s": count})
    if gone >= _MONTH:
        unit, size = ("year", _YEAR) if gone >= _YEAR else ("month", _MONTH)
        gone -= gone % size
    tongue = plain(locale.replace("-", "_"))
    return str(format_timedelta(-gone, unit, 1e9, add_direction=True, locale=tongue))


_MONTH, _YEAR = timedelta(days=30), timedelta(days=365)


def wants_json() -> bool:
    """Whether one of our scripts asks, not a form."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def tell(kind: str, text: str, *, undo: str | None = None, seconds: int = 0) -> None:
    """Show a message on the next page, once however often it is told. Kind: good, warn or bad;
    `undo` is the form address that undoes the act unnoticed for `seconds`."""
    notice = {"kind": kind, "text": text, "undo": undo}
    others = [each for each in session.get(NOTICES, []) if not notice.items() <= each.items()]
    session[NOTICES] = [*others, {**notice, "ends": int(clock.now().timestamp()) + seconds}][-3:]


def _messages() -> list[dict[str, Any]]:
    """The messages for this page, shown once, each with the seconds left to undo it."""
    if NOTICES not in session:
        return []
    now = int(clock.now().timestamp())
    return [{**each, "left": max(0, each.get("ends", 0) - now)} for each in session.pop(NOTICES)]


def go_back(default: str) -> Response:
    """Redirect to where the form says it came from, if that is one of our pages; else `default`."""
    return _on(local_address(request.form.get("back"), default))


def go(endpoint: str, **values: Any) -> Response:
    """Redirect to another page of ours."""
    return _on(url_for(endpoint, **values))


def _on(address: str) -> Response:
    """A redirect; a script that sent a form in the background gets the address as JSON."""
    if wants_json():
        return jsonify(location=address)
    return redirect(address, 303)  # type: ignore[return-value]


def local_address(address: str | None, default: str) -> str:
    """The address if it is ours; anything else (another host, a script) becomes `default`."""
    if not address or not address.startswith(f"{request.script_root}/"):
        return default
    return address if _LOCAL.fullmatch(address) else default


def refused(error: DomainError, default: str) -> Response:
    """Say what was wrong: raise the error for a script; for a form, show it on the page it came
    from, with what was typed."""
    if wants_json():
        raise error
    words = error.say(language())
    tell("bad", words)
    return page_again(local_address(request.form.get("back"), default), error, words)


def words_of(key: str, **values: Any) -> str:
    """A phrase of the dashboard in the page's language."""
    return say(f"dashboard.{key}", language(), **values)


def account_words(key: str, **values: Any) -> str:
    """A phrase of the account pages in the page's language."""
    return say(f"account.{key}", language(), **values)


def security_words(key: str, **values: Any) -> str:
    """A phrase of the security pages in the page's language."""
    return say(f"security.{key}", language(), **values)


def channel_words(key: str, **values: Any) -> str:
    """A phrase of the pages about chat channels in the page's language."""
    return say(f"channels.{key}", language(), **values)


def text_of(form: Mapping[str, str], name: str, most: int = 2000) -> str:
    """A field as typed, without invisible characters, trimmed, and cut to `most` characters, more
    than any real value has."""
    return without_controls(form.get(name, "")).strip()[:most]


def whole_number(form: Mapping[str, str], name: str) -> int:
    """A field as a whole number. Raises `Invalid` for anything else."""
    try:
        return typed.whole(text_of(form, name, 20))
    except ValueError:
        raise Invalid("invalid.whole_number", field=name) from None
