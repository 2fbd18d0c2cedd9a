"""The history of a site's policy: who changed what, and restoring a version after a preview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request, url_for

from ...core.errors import Conflict, DomainError
from ...sites import history
from ...sites.policy import SECURED
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ...web.proving import require_fresh
from ..blueprints import dashboard
from ..desk.acts import change
from ..page import go, language, my_site, refused, staff_page, tell, whole_number, words_of
from .sections import my_section

if TYPE_CHECKING:
    from ...sites.models import Site
    from ...sites.sections.queries import Section


@dashboard.get("/sites/<key>/policy/history")
@limit("read")
@requires("set_policy")
def policy_history(key: str) -> Response:
    """Every change of the policy, newest first."""
    site = my_site(key, "set_policy")
    part = my_section(site)
    return staff_page(
        "dashboard/policy_history.html",
        section="sites",
        site=site,
        tab="policy",
        page=history.versions(site, part, after=request.args.get("after")),
        part=part,
        here=_code(part),
        first=history.FIRST,
        in_words=change,
    )


@dashboard.get("/sites/<key>/policy/history/<int(max=2147483647):version>")
@limit("read")
@requires("set_policy")
def policy_version(key: str, version: int) -> Response:
    """What restoring this version would change. Changes nothing."""
    return _preview(my_site(key, "set_policy"), version)


@dashboard.post("/sites/<key>/policy/history/<int(max=2147483647):version>")
@limit("manage")
@requires("set_policy")
def restore_policy(key: str, version: int) -> Response:
    """Restore it, if nothing has changed since the preview was shown."""
    site, me = my_site(key, "set_policy"), signed_in()
    part = my_section(site)
    before = url_for("dashboard.policy_history", key=key, section=_code(part))
    try:
        is_secured = bool(SECURED & history.differences(site, version, part).keys())
    except DomainError as error:
        return refused(error, before)
    if is_secured:
        require_fresh()
    try:
        seen = whole_number(request.form, "seen")
        history.restore(site, version, seen=seen, by=me, section=part)
    except Conflict as error:
        return _preview(site, version, error)
    except DomainError as error:
        return refused(error, before)
    tell("good", words_of("history.done"))
    return go("dashboard.policy", key=key, section=_code(part))


def _preview(site: Site, version: int, error: Conflict | None = None) -> Response:
    part = my_section(site)
    try:
        differing = history.differences(site, version, part)
    except DomainError as wrong:
        address = url_for("dashboard.policy_history", key=site.key, section=_code(part))
        return refused(wrong, address)
    shown = history.version(site, version, part) if version != history.FIRST else None
    return staff_page(
        "dashboard/policy_version.html",
        status=409 if error else 200,
        section="sites",
        site=site,
        tab="policy",
        part=part,
        here=_code(part),
        version=shown,
        changes=[change(name, *pair) for name, pair in differing.items()],
        error=error.say(language()) if error else None,
    )


def _code(part: Section | None) -> str | None:
    return part.code if part is not None else None
