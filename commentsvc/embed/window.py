"""The window that the box opens: its site, its language, and the frame of its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, make_response, render_template, request

from ..core.errors import NotFound
from ..core.locale import direction, pick_locale, say
from ..sites.queries import by_key, policy_of
from ..web import assets, headers
from .page import style_of

if TYPE_CHECKING:
    from ..sites.models import Site


def site_of(key: str) -> Site | None:
    """The window's site, if it exists."""
    try:
        return by_key(key)
    except NotFound:
        return None


def locale_of(site: Site | None) -> str:
    """The language of the window: as requested, else the site's, else the browser's."""
    own = policy_of(site).locale if site else None
    return pick_locale([request.values.get("locale"), own, request.headers.get("Accept-Language")])


def page(template: str, site: Site | None, *, status: int = 200, **more: Any) -> Response:
    """A page of the window in the site's look; it is not stored, and names itself only to us."""
    locale = locale_of(site)
    body = render_template(
        f"embed/{template}",
        say=say,
        locale=locale,
        direction=direction(locale),
        site=site,
        nonce=request.values.get("nonce", ""),
        style=headers.inline_style(
            style_of(policy_of(site) if site else None) + assets.text_of("embed/pop.css")
        ),
        script=assets.asset("embed/pop.js"),
        **more,
    )
    answer = make_response(body, status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer
