"""The people whose comments a person has muted. It affects nobody else: no page changes for others,
nobody is notified, and moderators do not see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ..core.db import db
from ..core.errors import Invalid, NotFound
from .commands import change_setting
from .models import User

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 500


def muted(user: User) -> list[User]:
    """The people whom this person has muted, sorted by name, without deleted accounts."""
    ids = _ids(user)
    if not ids:
        return []
    found = db.session.scalars(select(User).where(User.public_id.in_(ids))).all()
    return sorted(found, key=lambda each: (each.name.casefold(), each.id))


def has_muted(user: User, other: User) -> bool:
    """Whether `user` has muted `other`."""
    return other.public_id in _ids(user)


def mute(user: User, public_id: str) -> None:
    """Mute a person; repeating it is harmless. Raises `NotFound`, or `Invalid` for oneself and for
    too many."""
    if public_id == user.public_id:
        raise Invalid("invalid.mute_self", field="person_id")
    known = select(User.id).where(User.public_id == public_id, User.erased_at.is_(None))
    if db.session.scalar(known) is None:
        raise NotFound("not_found.person")
    _change(user, lambda ids: [*(each for each in ids if each != public_id), public_id])


def unmute(user: User, public_id: str) -> None:
    """Unmute a person; harmless if they were not muted."""
    _change(user, lambda ids: [each for each in ids if each != public_id])


def _ids(user: User) -> list[str]:
    return _listed((user.settings or {}).get("mutes"))


def _listed(kept: Any) -> list[str]:
    return list(kept or ())


def _change(user: User, change: Callable[[list[str]], list[str]]) -> None:
    def checked(kept: Any) -> list[str]:
        ids = change(_listed(kept))
        if len(ids) > MOST:
            raise Invalid("invalid.mute_most", n=MOST, field="person_id")
        return ids

    change_setting(user, "mutes", checked)
