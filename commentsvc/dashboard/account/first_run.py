"""The page that sets up a new installation: its owner, its first site, then the tag to copy."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from ...core.errors import DomainError, Invalid, NotAllowed
from ...core.locale import available, language_name
from ...sites import first_run, workload
from ...web import sessions
from ...web.limits import limit
from ..blueprints import account
from ..page import go, language, page, security_words, tell, text_of, whole_number
from .joining import closed, private

_FIELDS = ("name", "email", "site", "origin", "locale", "comments_a_day", "readable_a_day")


@account.get("/set-up")
@limit("sign_in")
def set_up_page() -> Response:
    """The form, for whoever has the link from the console."""
    return _page(request.args.get("token", "")[:200])


@account.post("/set-up")
@limit("sign_in")
def set_up() -> Response:
    """Create the owner and the site, and sign the owner in."""
    token, typed = request.form.get("token", "")[:200], _typed()
    try:
        if not typed["origin"]:
            raise Invalid("invalid.origin", field="origin")
        owner, site = first_run.set_up(
            token,
            name=typed["name"],
            email=typed["email"],
            password=request.form.get("password", "")[:1024],
            locale=language(),
            site=typed["site"],
            origins=typed["origin"].split(),
            policy=_policy(typed["locale"]),
        )
    except NotAllowed:
        return closed("set_up")
    except DomainError as error:
        return _page(token, error)
    sessions.begin(owner)
    tell("good", security_words("first.done"))
    return go("dashboard.start", key=site.key)


def _policy(locale: str) -> dict[str, Any]:
    """The policy that follows from the answers about language and workload. Raises `Invalid`."""
    numbers = (
        whole_number(request.form, name) if text_of(request.form, name) else None
        for name in ("comments_a_day", "readable_a_day")
    )
    return {**workload.set_up(*numbers), "locale": locale if locale in available() else ""}


def _page(token: str, error: DomainError | None = None) -> Response:
    if not first_run.opens(token):
        return closed("set_up")
    return private(
        page(
            "account/set_up.html",
            status=422 if error else 200,
            token=token,
            typed=_typed(),
            languages=[(each, language_name(each)) for each in available()],
            held_of_1000=round(1000 * workload.default_rung().held),
            errors={_field_of(error): error.say(language())} if error else {},
        )
    )


def _field_of(error: DomainError) -> str:
    """The form field where an error is shown; sites and accounts may name it differently."""
    if error.key == "invalid.site_name":
        return "site"
    return {"origins": "origin"}.get(error.field or "", error.field or "origin")


def _typed() -> dict[str, str]:
    return {name: text_of(request.form, name, 2000) for name in _FIELDS}
