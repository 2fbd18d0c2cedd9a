"""The banner that says what the scorer does not read, for the pages of one site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for

from ...core.locale import language_name
from ...moderation.desk.unread import unread
from ...sites.queries import can
from ...web.auth import viewer

if TYPE_CHECKING:
    from ...sites.models import Site


def unread_here(site: Site | None) -> dict[str, Any]:
    """What the template of the banner needs, and for an owner the way to where it is decided."""
    found = unread(site) if site is not None else None
    if site is None or found is None:
        return {}
    may = can(viewer().user, "set_policy", site)
    change = url_for("dashboard.policy", key=site.key, _anchor="g-scores") if may else None
    return {"unread": found, "language_name": language_name, "unread_change": change}
