"""What waits in the queue that browsers are shown, and what is said about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from commentsvc.sites.commands import set_policy
from tests.factories import post

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.people import Cast


OLDEST = "/dashboard/?order=oldest"


def phone(width: int, height: int, **more: Any) -> dict[str, Any]:
    """The options of a browser on a phone."""
    size = {"width": width, "height": height}
    return {"viewport": size, "has_touch": True, "is_mobile": True, **more}


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


def told(page: Page, words: str) -> None:
    """Wait for the answer of the server, as it is said."""
    expect(page.locator(".toast:not([aria-busy])")).to_contain_text(words)
