"""What waits in the queue that browsers are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commentsvc.sites.commands import set_policy
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast


def four_held(people: Cast) -> list[str]:
    """Public ids of four held comments, the first and the third by Rita, the others by guests."""
    set_policy(people.site, {"slow_seconds": 0}, by=people.olga)
    users = (people.rita, None, people.rita, None)
    return [
        post(
            people.site, f"You idiot, {n}.", user=user, name=None if user else f"P{n}"
        ).comment.public_id
        for n, user in enumerate(users)
    ]
