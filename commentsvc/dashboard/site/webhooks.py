"""The owner's page of webhooks: which events are sent where, and how each delivery went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request, url_for

from ...core.errors import DomainError, NotFound
from ...notifications import webhooks as rules
from ...notifications.deliveries import redeliver
from ...web.auth import requires, signed_in, viewer
from ...web.limits import limit
from ...web.proving import fresh
from ..blueprints import dashboard
from ..page import go, my_site, refused, staff_page, tell, text_of
from .exchange import exchange_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...notifications.models import Webhook
    from ...sites.models import Site

_DOING: dict[str, Callable[..., object]] = {
    "pause": rules.pause,
    "resume": rules.resume,
    "remove": rules.remove,
}


@dashboard.get("/sites/<key>/webhooks")
@limit("read")
@requires("manage_site")
def webhooks(key: str) -> Response:
    """The site's webhooks, and a form to add one."""
    site = my_site(key, "manage_site")
    return staff_page(
        "dashboard/webhooks.html",
        section="sites",
        site=site,
        tab="webhooks",
        hooks=rules.webhooks_of(site),
        events=rules.EVENTS,
    )


@dashboard.post("/sites/<key>/webhooks")
@limit("manage")
@requires("manage_site")
@fresh
def add_webhook(key: str) -> Response:
    """Add a webhook."""
    site = my_site(key, "manage_site")
    try:
        rules.subscribe(
            site,
            text_of(request.form, "url"),
            events=request.form.getlist("events"),
            by=viewer().user,
            secret=text_of(request.form, "secret", 200) or None,
            verify_token=text_of(request.form, "verify_token", 200) or None,
        )
    except DomainError as error:
        return refused(error, url_for("dashboard.webhooks", key=key))
    tell("good", exchange_words("hook.added"))
    return go("dashboard.webhooks", key=key)


@dashboard.get("/sites/<key>/webhooks/<hook>")
@limit("read")
@requires("manage_site")
def webhook(key: str, hook: str) -> Response:
    """A webhook's deliveries and how they went."""
    site = my_site(key, "manage_site")
    found = _hook(site, hook)
    page = rules.deliveries_of(found, after=request.args.get("after"))
    return staff_page(
        "dashboard/webhook.html",
        section="sites",
        site=site,
        tab="webhooks",
        hook=found,
        deliveries=page,
    )


@dashboard.post("/sites/<key>/webhooks/<hook>")
@limit("manage")
@requires("manage_site")
@fresh
def change_webhook(key: str, hook: str) -> Response:
    """Pause, resume or remove a webhook."""
    site = my_site(key, "manage_site")
    here = url_for("dashboard.webhooks", key=key)
    doing = _DOING.get(text_of(request.form, "do", 20))
    try:
        if doing is None:
            raise NotFound("not_found.action")
        doing(_hook(site, hook).public_id, by=signed_in())
    except DomainError as error:
        return refused(error, here)
    tell("good", exchange_words("hook.saved"))
    return go("dashboard.webhooks", key=key)


@dashboard.post("/sites/<key>/webhooks/<hook>/again/<delivery>")
@limit("manage")
@requires("manage_site")
def again(key: str, hook: str, delivery: str) -> Response:
    """Send one event again."""
    site = my_site(key, "manage_site")
    here = url_for("dashboard.webhook", key=key, hook=hook)
    try:
        _hook(site, hook)
        redeliver(delivery, by=signed_in())
    except DomainError as error:
        return refused(error, here)
    tell("good", exchange_words("hook.again_done"))
    return go("dashboard.webhook", key=key, hook=hook)


def _hook(site: Site, name: str) -> Webhook:
    found = rules.find(name, by=signed_in())
    if found.site_id != site.id:
        raise NotFound("not_found.webhook")
    return found
