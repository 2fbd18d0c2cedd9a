"""Logs what staff do with their own accounts: signing in, second factors, passwords."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..accounts.acts import record
from ..accounts.devices import browser_of
from ..core.db import unit_of_work
from .queries import sites_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..accounts.models import User


def did(user: User, kind: str, **data: Any) -> None:
    """Record an act if the user is staff of any site. The record belongs to no site."""
    if user.is_admin or sites_of(user):
        with unit_of_work():
            record(kind, site_id=None, by=user, **data)


@contextmanager
def doing(user: User, kind: str, **data: Any) -> Iterator[None]:
    """Record what is done inside this context, in the same unit: both happen or neither."""
    with unit_of_work():
        yield
        did(user, kind, **data)


def signed_in(user: User, agent: str) -> None:
    """Record a sign-in with this browser."""
    browser, system = browser_of(agent)
    did(user, "signed_in", browser=browser, system=system)
