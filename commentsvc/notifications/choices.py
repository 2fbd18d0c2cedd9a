"""Which emails a person wants: kinds that can be turned off, and how often they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..accounts.commands import change_setting
from ..core.errors import Invalid
from ..core.locale import named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..accounts.models import User

#: Kind of email -> the choice that turns it off. Other kinds are about the person's own account and
#: cannot be turned off.
CHOICE: dict[str, str] = {
    "reply": "reply",
    "mention": "mention",
    "follow": "follow",
    "approved": "decision",
    "rejected": "decision",
    "hidden": "decision",
    "appeal": "decision",
    "sanction": "decision",
    "flag": "flag",
    "queue": "queue",
}
#: Choices that everybody has; `queue`, for moderators, is a rhythm instead.
CHOICES = ("reply", "mention", "decision", "flag")
RHYTHMS = ("now", "hourly", "daily", "never")
_DEFAULT_RHYTHM = "daily"
#: How often replies and mentions are emailed.
REPLY_RHYTHMS = ("now", "daily", "weekly")


def has_address(user: User) -> bool:
    """Whether emails may go to this person at all: they are active and have a confirmed address."""
    confirmed = bool(user.email) and user.email_verified_at is not None
    return confirmed and user.is_active


def wants(user: User, kind: str) -> bool:
    """Whether an email of this kind may go to this person. A guest has asked for replies only."""
    choice = CHOICE.get(kind)
    if user.is_guest and choice != "reply":
        return False
    if choice == "queue":
        return has_address(user) and rhythm(user) != "never"
    return has_address(user) and bool(_chosen(user).get(choice or "", True))


def rhythm(user: User) -> str:
    """How often the person wants emails about what is waiting on their sites."""
    found = str(_chosen(user).get("queue", _DEFAULT_RHYTHM))
    return found if found in RHYTHMS else _DEFAULT_RHYTHM


def reply_rhythm(user: User) -> str:
    """How often the person wants emails about replies and mentions, if they want any."""
    found = str(_chosen(user).get("replies", "now"))
    return found if found in REPLY_RHYTHMS else "now"


def chosen(user: User) -> dict[str, bool]:
    """The current values of the choices that everybody has."""
    return {name: bool(_chosen(user).get(name, True)) for name in CHOICES}


def choose(
    user: User,
    *,
    emails: Mapping[str, bool] | None = None,
    queue: str | None = None,
    replies: str | None = None,
) -> None:
    """Change the given choices and keep the others. Raises `Invalid` for an unknown rhythm."""
    changes: dict[str, bool | str] = {
        name: bool(on) for name, on in (emails or {}).items() if name in CHOICES
    }
    asked = (
        ("queue", queue, named("rhythm", RHYTHMS), RHYTHMS),
        ("replies", replies, named("follow_rhythm", REPLY_RHYTHMS), REPLY_RHYTHMS),
    )
    for field, wanted, names, known in asked:
        if wanted is None:
            continue
        if wanted not in known:
            raise Invalid("invalid.choose", names=names, field=field)
        changes[field] = wanted
    change_setting(user, "letters", lambda kept: {**(kept or {}), **changes})


def _chosen(user: User) -> dict[str, bool | str]:
    return dict((user.settings or {}).get("letters") or {})
