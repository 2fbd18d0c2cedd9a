"""The owner's page of providers that people can sign in with at a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

from ...accounts.providers import PRESETS, installed
from ...core.errors import DomainError
from ...sites import providers as rules
from ...web.auth import requires, signed_in
from ...web.home import public_address
from ...web.limits import limit
from ...web.proving import fresh
from ..blueprints import dashboard
from ..page import go, language, my_site, security_words, staff_page, tell, text_of, wants_json

if TYPE_CHECKING:
    from ...sites.models import Site

#: Fields of the form, except the secret, which may have several lines.
_FIELDS = ("client_id", "issuer", "label", "team", "key")
_ISSUED = ("oidc", "microsoft")  # kinds whose form has an issuer


@dashboard.get("/sites/<key>/sign-in")
@limit("read")
@requires("manage_site")
def providers(key: str) -> Response:
    """The providers offered; with `kind`, the form of one."""
    return _page(my_site(key, "manage_site"), request.args.get("kind", ""))


@dashboard.post("/sites/<key>/sign-in")
@limit("manage")
@requires("manage_site")
@fresh
def put_provider(key: str) -> Response:
    """Offer a provider, or change its client; the secret is never shown again."""
    site, kind = my_site(key, "manage_site"), text_of(request.form, "kind", 12)
    given = {name: text_of(request.form, name, 300) for name in _FIELDS}
    given["client_secret"] = request.form.get("client_secret", "")[:4000]
    try:
        made = rules.put(site, kind, given, by=signed_in())
    except DomainError as error:
        if error.field == "issuer" and kind not in _ISSUED:
            error.field = "client_id"
        if wants_json():
            raise
        return _page(site, kind, error)
    tell("good", security_words("providers.done", provider=made.title))
    return go("dashboard.providers", key=key)


@dashboard.post("/sites/<key>/sign-in/remove")
@limit("manage")
@requires("manage_site")
@fresh
def remove_provider(key: str) -> Response:
    """Stop offering a provider."""
    site = my_site(key, "manage_site")
    try:
        rules.remove(site, text_of(request.form, "kind", 12), by=signed_in())
    except DomainError as error:
        tell("bad", error.say(language()))
    else:
        tell("good", security_words("providers.removed"))
    return go("dashboard.providers", key=key)


def _page(site: Site, kind: str, error: DomainError | None = None) -> Response:
    found = {each.kind: each for each in rules.of_site(site)}
    return staff_page(
        "dashboard/providers.html",
        status=422 if error else 200,
        section="sites",
        site=site,
        tab="settings",
        presets={name: each.title for name, each in PRESETS.items()},
        found=found,
        everywhere={each.kind: each.title for each in installed().values()},
        kind=kind if kind in PRESETS else "",
        back=public_address("account.back", name=f"{kind}.{site.key}"),
        typed=request.form,
        error=error.say(language()) if error else None,
        wrong=(error.field if error else None) or "client_id",
    )
