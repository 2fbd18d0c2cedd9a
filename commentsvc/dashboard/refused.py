"""Explain to people why they may not see a dashboard page, whom to ask, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.errors import DomainError, NotAllowed, NotFound
from ..moderation.desk.people import owners_to_ask
from ..sites.queries import role_of, sites_of
from ..web.auth import viewer
from ..web.problems import KINDS, Unauthorized, of_error
from .blueprints import dashboard, migrate
from .page import page, wants_json

if TYPE_CHECKING:
    from flask import Response


def explain(error: DomainError) -> Response:
    """The response to somebody who is signed in: a page or, for scripts, a problem that says if
    they have no role at all. A page they may not know of looks like one that does not exist."""
    try:
        user = viewer().user
    except DomainError as bad:  # an invalid authorization header
        return of_error(bad)
    if isinstance(error, Unauthorized) or user is None:
        return of_error(error)
    sites = sites_of(user)
    if wants_json():
        none = isinstance(error, NotAllowed) and not sites
        return of_error(NotAllowed("may_not_moderate.no_role", name=user.name) if none else error)
    return page(
        "account/no_role.html",
        status=KINDS[NotAllowed if isinstance(error, NotAllowed) else NotFound],
        error=error,
        mine=[(each, role_of(user, each)) for each in sites],
        owners=[] if sites else owners_to_ask(user),
    )


for _blueprint in (dashboard, migrate):
    for _kind in (NotAllowed, NotFound):
        _blueprint.register_error_handler(_kind, explain)
