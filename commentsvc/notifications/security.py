"""Emails about how a person signs in: a new device, a second factor added or removed. They are sent
only to a confirmed address and cannot be turned off."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..accounts.commands import by_id
from ..core.errors import NotFound
from ..core.jobs import handler
from ..core.locale import moment, say
from ..settings import settings
from ..sites.queries import only_site
from .emails import accounts
from .links import send

if TYPE_CHECKING:
    from ..accounts.models import User


@handler("send_security", lane="mail")
def send_security(user_id: int, what: str, asked: str, facts: dict[str, Any] | None = None) -> None:
    """Email that something about a person's sign-in has changed; `facts` describe a device or
    provider."""
    try:
        user = by_id(user_id)
    except NotFound:
        return
    if user.erased_at is not None or not user.email or user.email_verified_at is None:
        return
    site = only_site()
    mail = accounts.security(
        user,
        said=say(f"emails.security.{what}", user.locale, **_in_words(user, facts or {})),
        link=f"{settings().public_url}/account/security",
        site=site.name if site else "",
    )
    send(mail, f"security:{asked}", "security")


def _in_words(user: User, facts: dict[str, Any]) -> dict[str, str]:
    """The facts in the person's language: a device in words, a provider by name."""
    if "browser" not in facts:
        return facts
    named = {name: facts[name] for name in ("browser", "system")}
    if all(named.values()):
        device = say("security.sessions.device", user.locale, **named)
    else:
        unknown = say("security.sessions.unknown", user.locale)
        device = next(filter(None, named.values()), unknown)
    at = moment(datetime.fromisoformat(facts["at"]), user.locale)
    return {"device": device, "network": facts["network"], "at": at}
