"""Who may do what on a site, in one table. Commands check whose comment it is, and time limits."""

from __future__ import annotations

from typing import Literal

Role = Literal["anonymous", "guest", "reader", "trusted", "moderator", "owner", "admin", "banned"]

#: action -> the roles that may. A new role starts without permissions.
PERMISSIONS: dict[str, frozenset[str]] = {
    "read": frozenset(
        ("anonymous", "guest", "reader", "trusted", "moderator", "owner", "admin", "banned")
    ),
    "post": frozenset(("anonymous", "guest", "reader", "trusted", "moderator", "owner", "admin")),
    "like": frozenset(("anonymous", "guest", "reader", "trusted", "moderator", "owner", "admin")),
    "flag": frozenset(("anonymous", "guest", "reader", "trusted", "moderator", "owner", "admin")),
    "appeal": frozenset(("guest", "reader", "trusted", "moderator", "owner", "admin", "banned")),
    "moderate": frozenset(("moderator", "owner", "admin")),
    "see_people": frozenset(("moderator", "owner", "admin")),
    "sanction": frozenset(("moderator", "owner", "admin")),
    "close_thread": frozenset(("moderator", "owner", "admin")),
    "set_policy": frozenset(("owner", "admin")),
    "set_role": frozenset(("owner", "admin")),
    "manage_site": frozenset(("owner", "admin")),
    "export": frozenset(("owner", "admin")),
    "add_site": frozenset(("admin",)),
}


def may(role: str, action: str) -> bool:
    """Whether this role may do this. Raises `KeyError` for an action that is not in the table."""
    return role in PERMISSIONS[action]
