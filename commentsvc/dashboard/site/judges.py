"""The owner's page of external judges: the site's own, and Coral, which may ask us to judge."""

from __future__ import annotations

from flask import Response, request, url_for

from ...core import typed
from ...core.errors import DomainError, Invalid
from ...settings import settings
from ...sites import judges as rules
from ...web.auth import requires, viewer
from ...web.limits import limit
from ...web.proving import fresh
from ..blueprints import dashboard
from ..page import go, my_site, refused, staff_page, tell, text_of, words_of


@dashboard.get("/sites/<key>/judges")
@limit("read")
@requires("manage_site")
def judges(key: str) -> Response:
    """The program this site asks before publishing, and whether Coral may ask us."""
    site = my_site(key, "manage_site")
    answer = staff_page(
        "dashboard/judges.html",
        section="sites",
        site=site,
        tab="judges",
        judge=rules.judge_of(site),
        usual_ms=rules.MS,
        least_ms=rules.LEAST_MS,
        most_ms=rules.MOST_MS,
        failures=rules.FAILURES,
        phase=f"{settings().public_url}/coral/phase?site={site.key}",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@dashboard.post("/sites/<key>/judges")
@limit("manage")
@requires("manage_site")
@fresh
def set_judge(key: str) -> Response:
    """Ask a program before publishing, or stop asking."""
    site, by = my_site(key, "manage_site"), viewer().user
    try:
        if "remove" in request.form:
            rules.remove_judge(site, by=by)
        else:
            address = text_of(request.form, "url")
            failure = text_of(request.form, "failure", 20)
            rules.set_judge(site, address, ms=_ms(), failure=failure, by=by)
    except DomainError as error:
        return refused(error, url_for("dashboard.judges", key=key))
    tell("good", words_of("done.saved"))
    return go("dashboard.judges", key=key)


@dashboard.post("/sites/<key>/judges/coral")
@limit("manage")
@requires("manage_site")
@fresh
def set_coral(key: str) -> Response:
    """Accept a signing secret of Coral's, or forget all of them."""
    site, by = my_site(key, "manage_site"), viewer().user
    try:
        if "forget" in request.form:
            rules.forget_coral(site, by=by)
        else:
            rules.add_coral_secret(site, text_of(request.form, "coral_secret", 1000), by=by)
    except DomainError as error:
        return refused(error, url_for("dashboard.judges", key=key))
    tell("good", words_of("done.saved"))
    return go("dashboard.judges", key=key)


def _ms() -> int:
    try:
        return typed.whole(text_of(request.form, "ms", 20))
    except ValueError:
        raise Invalid("invalid.whole_number", field="ms") from None
