"""The policy of a site as a page: every field of it, explained in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

from ...core.errors import Invalid
from ...core.locale import available, language_name
from ...moderation.judging.reasons import label_name
from ...sites import commands
from ...sites.accent import shades
from ...sites.queries import policy_of
from ...web.auth import requires, viewer
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import go, language, my_site, staff_page, tell, words_of
from . import policy_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...sites.models import Site


@dashboard.get("/sites/<key>/policy")
@limit("read")
@requires("set_policy")
def policy(key: str) -> Response:
    """The form with what is in force."""
    return _form(my_site(key, "set_policy"))


@dashboard.post("/sites/<key>/policy")
@limit("manage")
@requires("set_policy")
def set_policy(key: str) -> Response:
    """Save what changed; on a mistake nothing is saved and the form comes back as it was typed."""
    site = my_site(key, "set_policy")
    changes, errors = policy_fields.read(request.form, policy_of(site))
    if not errors:
        try:
            commands.set_policy(site, changes, by=viewer().user)
        except Invalid as error:
            errors = {error.field or "": error}
    if errors:
        words = {name: error.say(language()) for name, error in errors.items()}
        return _form(site, request.form, words)
    tell("good", words_of("done.saved"))
    return go("dashboard.policy", key=key)


def _form(
    site: Site, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> Response:
    stored, locale = policy_of(site), language()
    return staff_page(
        "dashboard/policy.html",
        status=422 if errors else 200,
        section="sites",
        site=site,
        tab="policy",
        groups=policy_fields.fields(stored, typed, errors),
        limits=policy_fields.limits(stored, typed),
        errors=errors or {},
        languages=[(each, language_name(each)) for each in available()],
        shades=shades,
        label_name=lambda label: label_name(label, locale),
    )
