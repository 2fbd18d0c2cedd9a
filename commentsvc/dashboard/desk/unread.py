"""The banner on a site's pages about languages that the scorer does not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for

from ...core.locale import language_in
from ...moderation.desk.health import ENOUGH
from ...moderation.desk.unread import is_own_read, unread
from ...sites.queries import can
from ...web.auth import viewer
from ..page import language, words_of
from .health import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...sites.models import Site

_MOST_NAMED = 5


def unread_here(site: Site | None, sites: Sequence[Site]) -> dict[str, Any]:
    """What the banner's template needs, with a link to the setting for owners. `sites` are those
    whose health the page counts anyway: if nothing is unread there, nothing more is queried."""
    if site is None or (counted(sites).unread < ENOUGH and is_own_read(site)):
        return {}
    found = unread(site)
    if found is None:
        return {}
    may = can(viewer().user, "set_policy", site)
    change = url_for("dashboard.policy", key=site.key, _anchor="g-scores") if may else None
    names = [
        language_in(code, language()) if code else words_of("unread.other")
        for code in found.languages[:_MOST_NAMED]
    ]
    return {"unread": found, "unread_languages": names, "unread_change": change}
