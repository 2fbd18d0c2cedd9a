"""Chats that tell a moderator, walked whole: added on the page, told by the real library over a real
connection, at once and in the morning, and answered from a telephone that is signed in nowhere."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from commentsvc.core import clock
from commentsvc.core.jobs import run_due
from commentsvc.notifications.chat import telling
from commentsvc.settings import Settings, settings
from commentsvc.sites.commands import set_policy
from tests.answering import answering
from tests.browser.conftest import status
from tests.browser.test_touch import PHONE
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext

    from tests.browser.conftest import Open, Server
    from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.drill]


@dataclass
class Chats:
    """Servers of ntfy and of Matrix on this machine, and what each was told."""

    port: int = 0
    ntfy: list[str] = field(default_factory=list)
    matrix: list[str] = field(default_factory=list)


@pytest.fixture
def chats(live: Server) -> Iterator[Chats]:
    found = Chats()

    class Said(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def _answer(self) -> None:
            said = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if "/send/m.room.message" in self.path:
                found.matrix.append(json.loads(said)["body"])
            elif self.command == "POST" and not self.path.startswith("/_matrix"):
                told = json.loads(said)
                found.ntfy.append(f"{told['title']}\n{told['message']}")
            body = b"""{"access_token": "t", "user_id": "@me:localhost", "home_server": "localhost",
                "device_id": "d", "room_id": "!room:localhost", "joined_rooms": [], "event_id": "$1"}"""
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = _answer

    server = ThreadingHTTPServer(("127.0.0.1", 0), Said)
    server.daemon_threads = True
    found.port = server.server_port
    assert live.app is not None
    now = settings.of(live.app).as_dict() | {"webhook_private": True}
    settings.install(live.app, Settings(**now))
    with answering(server):
        yield found


def add(page: Page, address: str, label: str, **wishes: str) -> None:
    """Fill in the form for a new channel."""
    page.get_by_label("Address").fill(address)
    page.get_by_label("Name").fill(label)
    for name, value in wishes.items():
        page.locator(f"[name={name}]").select_option(value)
    if "quote_below" in wishes:
        page.locator("#f-links").check()
    page.get_by_role("button", name="Add a channel").press("Enter")
    expect(page.locator("tbody").get_by_role("link", name=label)).to_be_visible()


def wait(**time: float) -> None:
    """Time passes, and what is due then is sent."""
    clock.move(timedelta(**time))
    telling.ask_for_messages()
    run_due()


def test_it_works(
    open_as: Open, people: Cast, chats: Chats, new_context: Callable[..., BrowserContext]
) -> None:
    set_policy(people.site, {"premoderate_all": True}, by=people.olga)
    noon = clock.now().replace(hour=12, minute=0) + timedelta(days=1)
    with clock.frozen(noon):
        page = open_as("mona", "/dashboard/channels", **PHONE)
        _two_channels(page, chats)
        clock.move(timedelta(seconds=5))
        held = post(people.site, "A ferry, said aloud.", name="Ann").comment
        post(people.site, "I will kill you.", name="Bob")
        wait(seconds=40)
        assert not chats.matrix  # it waits for the morning
        (told,) = chats.ntfy
        assert "A ferry, said aloud." in told and "kill" not in told
        _, _, its = told.partition("A ferry, said aloud.")
        approve = re.findall(r"http\S+/account/letters/decide\S+", its)[0]
        _approved_from_a_phone(new_context(**PHONE).new_page(), approve, held.public_id)
        clock.move(timedelta(hours=10, minutes=30))
        post(people.site, "At night.", name="Cleo")
        wait(seconds=40)
        assert len(chats.ntfy) == 1  # quiet
        wait(hours=9, minutes=40)  # after eight
        (told,) = chats.ntfy[1:]
        assert "At night." in told and "A ferry" not in told
        (told,) = chats.matrix
        assert "2 comments are waiting" in told and "At night" not in told
        wait(hours=1)
        assert (len(chats.ntfy), len(chats.matrix)) == (2, 1)
        page.reload()
        expect(page.locator("tbody .pill.good")).to_have_count(2)


def _two_channels(page: Page, chats: Chats) -> None:
    """One that is told at once but at night, and may decide; one that is told in the morning."""
    at = f"127.0.0.1:{chats.port}"
    night = {"quiet_from": "22", "quiet_until": "8"}
    add(page, f"ntfy://{at}/newsroom", "Duty phone", rhythm="now", quote_below="90", **night)
    add(page, f"matrix://me:secret@{at}/!room:localhost", "Newsroom", rhythm="daily")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for name in ("Duty phone", "Newsroom"):
        page.locator("tr", has_text=name).get_by_role("button", name="Send a test").press("Enter")
        expect(page.locator(".notice.good")).to_be_visible()
        run_due()
    assert ["test" in each for each in chats.ntfy + chats.matrix] == [True, True]
    chats.ntfy.clear()
    chats.matrix.clear()


def _approved_from_a_phone(phone: Page, link: str, comment: str) -> None:
    """The link only asks; the button decides, once."""
    phone.goto(link)
    expect(phone.locator(".said")).to_have_text("A ferry, said aloud.")
    assert status(comment) == "pending"
    phone.get_by_role("button", name="Approve").press("Enter")
    expect(phone.locator(".notice.good")).to_be_visible()
    assert status(comment) == "published"
    phone.goto(link)
    expect(phone.locator(".notice.warn")).to_be_visible()
    expect(phone.get_by_role("button", name="Approve")).to_have_count(0)
