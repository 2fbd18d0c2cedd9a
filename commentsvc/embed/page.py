"""Putting the frame's page together: links, boot facts, style, and the comments as markup."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Response, make_response, render_template

from ..core.locale import direction, say
from ..threads.pages import SORTS
from ..web import assets, headers
from ..web.render import comments_html
from .script import script_address

if TYPE_CHECKING:
    from markupsafe import Markup

    from ..core.paging import Page
    from ..sites.policy import Policy
    from ..threads.views import CommentView, ThreadView
    from .asked import Asked

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}|[a-zA-Z]{3,25}|(?:rgb|hsl|oklch)\([0-9.%,/ deg-]{3,50}\)")


@dataclass(frozen=True)
class Shown:
    """What one page shows. `named`: the comment that a link named, shown in its conversation; `gone`: it
    is not there; `shut`: why nobody can write here, "closed"."""

    thread: ThreadView
    want: Asked
    policy: Policy
    comments: Page[CommentView]
    named: str | None
    gone: bool
    cursor: str
    shut: str = ""


def page(shown: Shown) -> Response:
    """The whole page."""
    facts = _facts(shown)
    return make_response(
        render_template(
            "embed/thread.html",
            **facts,
            direction=direction(shown.want.locale),
            style=headers.inline_style(style_of(shown.policy.accent)),
            hello=hello(),
            script=script_address(shown.want.locale),
            sheet=assets.asset("embed/frame.css"),
            boot=_boot(shown),
            sorts=SORTS,
            scheme=shown.want.scheme,
        )
    )


def fragment(shown: Shown) -> Response:
    """The list of comments alone."""
    return make_response(render_template("embed/list.html", **_facts(shown)))


def _facts(shown: Shown) -> dict[str, Any]:
    policy, locale = shown.policy, shown.want.locale
    return {
        "say": say,
        "locale": locale,
        "policy": policy,
        "thread": shown.thread,
        "shut": shown.shut,
        "sort": shown.want.sort,
        "named": shown.named,
        "gone": shown.gone,
        "links": _links(shown),
        "comments": comments_html(shown.comments.items, locale, policy),
        "next": shown.comments.next,
    }


def _boot(shown: Shown) -> dict[str, str]:
    """What the script has to know, as data- attributes."""
    want, policy = shown.want, shown.policy
    facts = {
        "site": shown.thread.site_key,
        "thread": shown.thread.id or "",
        "href": want.href,
        "title": shown.thread.title or want.title or "",
        "sort": want.sort,
        "cursor": shown.cursor,
        "total": str(shown.thread.comment_count),
        "locale": want.locale.replace("_", "-"),
        "max": str(policy.max_length),
        "guests": "1" if policy.guests_may_post else "",
        "likes": "1" if policy.guests_may_like else "",
        "shut": shown.shut,
        "nudge": "1" if policy.nudge else "",
        "comment": shown.named or "",
    }
    return {name: value for name, value in facts.items() if value}


def _links(shown: Shown) -> dict[str, str]:
    """Addresses of the same thread shown otherwise: what works without a script."""
    want, policy = shown.want, shown.policy
    base: dict[str, str | int] = {"site": shown.thread.site_key, "href": want.href}
    if want.limit != policy.page_size:
        base["numposts"] = want.limit
    if want.scheme != "auto":
        base["colorscheme"] = want.scheme
    base["locale"] = want.locale
    same = urlencode(base)

    def link(**more: str) -> str:
        return f"/embed/thread?{same}&{urlencode(more)}"

    links: dict[str, str] = {sort: link(sort=sort) for sort in SORTS}
    links["all"] = link(sort=want.sort)
    if shown.comments.next:
        links["next"] = link(sort=want.sort, after=shown.comments.next)
    return links


@lru_cache(maxsize=64)
def _accent(colour: str) -> str:
    """The owner's colour as custom properties, with ink on it that can be read. Only what is a colour
    gets into the style."""
    if not _COLOUR.fullmatch(colour):
        return ""
    ink = "#fff"
    if _HEX.fullmatch(colour):
        digits = colour[1:] if len(colour) == 7 else "".join(each * 2 for each in colour[1:])
        red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
        ink = "#000" if 0.299 * red + 0.587 * green + 0.114 * blue > 150 else "#fff"
    return f":root:root{{--accent:{colour};--on-accent:{ink}}}"


def hello() -> Markup:
    """What the page says to the loader before any script of its own has come, or if none comes."""
    return headers.inline_script(_lean(assets.text_of("embed/hello.js")), "text/javascript")


_lean = lru_cache(maxsize=2)(assets.lean)


def style_of(accent: str = "") -> str:
    """What every page of the frame carries inside, in the owner's colour."""
    return assets.text_of("embed/read.css") + (_accent(accent) if accent else "")
