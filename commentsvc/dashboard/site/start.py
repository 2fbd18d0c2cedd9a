"""The steps from a new site to comments on a page: the tag, a check of a page, a test email."""

from __future__ import annotations

import shlex

from flask import Response, request, url_for

from ...core.db import release
from ...core.locale import say
from ...notifications.mail import MailFailed, mailer
from ...notifications.trying import send_test
from ...settings import settings
from ...sites.queries import origins
from ...sites.tag import checking
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import go_back, language, my_site, staff_page, tell, text_of
from .sites import link_of, site_answer, tag_of


@dashboard.get("/sites/<key>/start")
@limit("read")
@requires("manage_site")
def start(key: str) -> Response:
    """What is left to do before comments show on a page."""
    return _page(key)


@dashboard.post("/sites/<key>/check")
@limit("check")
@requires("manage_site")
def check_page(key: str) -> Response:
    """Fetch one of the owner's pages and check it; the page that asked shows the findings."""
    site = my_site(key, "manage_site")
    address = text_of(request.form, "page")
    release()
    found = checking.check_page(site, address, private=settings().webhook_private)
    checked = {
        "address": address,
        "findings": [(each.state, each.say(language())) for each in found],
        "works": checking.works(found),
        "private": checking.is_private(found),
        "command": f"commentsvc check --site {site.key} --page {shlex.quote(address)}",
    }
    if request.form.get("on") == "start":
        return _page(key, checked)
    return site_answer(site, checked=checked)


@dashboard.post("/sites/<key>/test-email")
@limit("check")
@requires("add_site")
def test_email(key: str) -> Response:
    """Send the viewer an email."""
    site, me = my_site(key, "manage_site"), signed_in()
    release()
    to = me.email or ""
    try:
        send_test(to, locale=language())
    except MailFailed as error:
        tell("bad", say("start.mail_failed", language(), reason=str(error)))
    else:
        tell("good", say("start.mail_sent", language(), email=to))
    return go_back(url_for("dashboard.start", key=site.key))


def _page(key: str, checked: dict[str, object] | None = None) -> Response:
    site, me = my_site(key, "manage_site"), signed_in()
    answer = staff_page(
        "dashboard/start.html",
        section="sites",
        site=site,
        tab="start",
        tag=tag_of(site),
        without_scripts=link_of(site),
        checked=checked,
        example=next((each for each in origins(site) if "*" not in each), "https://example.org"),
        may_try_email=me.is_admin and bool(me.email),
        reaches_people=mailer().reaches_people,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
