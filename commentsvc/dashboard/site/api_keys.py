"""The owner's page of API keys: what programs may do on the site; a new key is shown once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Response, request, url_for

from ...accounts import keys
from ...accounts.commands import by_id as person
from ...core.errors import DomainError, NotFound
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ...web.proving import fresh
from ..blueprints import dashboard
from ..page import go, my_site, refused, staff_page, tell, text_of
from .exchange import exchange_words

if TYPE_CHECKING:
    from ...sites.models import Site

DAYS = (30, 90, 365, 0)  # 0: no end


@dashboard.get("/sites/<key>/keys")
@limit("read")
@requires("manage_site")
def api_keys(key: str) -> Response:
    """The site's keys in force, without their secrets, and a form to create one."""
    return _page(my_site(key, "manage_site"))


@dashboard.post("/sites/<key>/keys")
@limit("manage")
@requires("manage_site")
@fresh
def add_api_key(key: str) -> Response:
    """Create a key that acts as its creator on this site only. It is shown only in this response,
    which is therefore no redirect."""
    site = my_site(key, "manage_site")
    days = request.form.get("days", "")
    try:
        secret = keys.add_key(
            label=text_of(request.form, "label", 120),
            scopes=request.form.getlist("scope"),
            site_id=site.id,
            user=signed_in(),
            by=signed_in(),
            ttl=timedelta(days=int(days)) if days in {str(each) for each in DAYS if each} else None,
        )
    except DomainError as error:
        return refused(error, url_for("dashboard.api_keys", key=key))
    return _page(site, secret=secret)


@dashboard.post("/sites/<key>/keys/<key_id>/revoke")
@limit("manage")
@requires("manage_site")
def revoke_api_key(key: str, key_id: str) -> Response:
    """Revoke a key of this site at once."""
    site = my_site(key, "manage_site")
    try:
        if key_id not in [each.id for each in keys.keys(site.id)]:
            raise NotFound("not_found.key")
        keys.revoke_key(key_id, by=signed_in())
    except DomainError as error:
        return refused(error, url_for("dashboard.api_keys", key=key))
    tell("good", exchange_words("key.revoked"))
    return go("dashboard.api_keys", key=key)


def _page(site: Site, *, secret: str | None = None) -> Response:
    rows = [(each, person(each.user_id) if each.user_id else None) for each in keys.keys(site.id)]
    answer = staff_page(
        "dashboard/api_keys.html",
        section="sites",
        site=site,
        tab="keys",
        rows=rows,
        secret=secret,
        scopes=keys.SCOPES,
        days=DAYS,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
