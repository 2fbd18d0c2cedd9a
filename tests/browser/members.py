"""Readers who have signed in before. Whoever tests how one signs in takes the window of test_sign_in.py."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import Frame, Page, expect

from commentsvc.accounts import frames
from tests.browser.conftest import box

if TYPE_CHECKING:
    from commentsvc.accounts.models import User
    from commentsvc.sites.models import Site

#: What a sign-in leaves in the storage of the box, put there once: who signs out later stays so.
_KEPT = """([key, token]) => {
    const name = encodeURIComponent(`commentsvc:${key}:refresh`);
    if (window.parent === window || localStorage.getItem("was here")) return;
    localStorage.setItem("was here", "1");
    localStorage.setItem(name, JSON.stringify(token));
}"""


def come_back(page: Page, address: str, user: User, site: Site) -> Frame:
    """Open a page as a member who has signed in at its box on another day; returns the frame of the box,
    which shows the name."""
    parts = urlsplit(address)
    tokens = frames.grant(user, site_id=site.id, origin=f"{parts.scheme}://{parts.netloc}")
    given = json.dumps([site.key, tokens.refresh])
    page.add_init_script(f"({_KEPT})({given})")
    page.goto(address)
    frame = box(page)
    expect(frame.locator("#me bdi")).to_have_text(user.name)
    return frame
