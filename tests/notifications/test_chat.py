"""Chats that tell a moderator what waits: once, never at a private address, tried again when it fails."""

from __future__ import annotations

import json
import re
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core import clock
from commentsvc.core.calling import Answer
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, Invalid, NotAllowed
from commentsvc.notifications.chat import child, commands, telling
from commentsvc.notifications.chat.commands import Wishes
from commentsvc.settings import Settings, settings
from commentsvc.sites import commands as sites
from commentsvc.threads.commands import comment_by_public_id
from tests.dashboard.conftest import BASE, Staff
from tests.factories import post
from tests.notifications.chats import ADDRESSES, ALL, asked, made

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.notifications.chats import Chat
    from tests.people import Cast

pytestmark = pytest.mark.usefixtures("noon")


@pytest.mark.engines
def test_it_works(
    app: Flask,
    cast: Cast,
    chat: Chat,
    work: Callable[[], int],
    sign_in: Callable[[str | None], Staff],
) -> None:
    wishes = Wishes(what=ALL, quote_below=90, links=True)
    channel = commands.add(cast.site, chat.address, wishes, by=cast.mona)
    assert channel.service == "ntfy" and chat.address not in channel.kept_address
    sites.set_policy(cast.site, {"premoderate_all": True}, by=cast.olga)
    clock.move(timedelta(seconds=1))
    held = post(cast.site, "A ferry, said aloud.", name="Ann").comment
    clock.move(timedelta(seconds=30))
    for _ in range(2):  # the second time there is nothing new
        telling.ask_for_messages()
        work()
        clock.move(timedelta(minutes=1))
    (told,) = chat.texts()
    assert "The Harbour Post: 1 item for a moderator" in told
    assert "1 comment is waiting for review" in told and "A ferry, said aloud." in told
    assert "Highest score: toxicity 0.01" in told
    approve, reject = re.findall(r"https://\S+/account/letters/decide\S+", told)
    phone = sign_in(None)
    path = approve.removeprefix(BASE)
    assert phone.get(path).status_code == 200
    assert comment_by_public_id(held.public_id).status == "pending"
    token = re.search(r"token=([^&]+)", reject)
    assert token
    sent = {"token": token[1], "action": "approve"}
    assert phone.post("/account/letters/decide", **sent).status_code == 200
    db.session.expire_all()
    assert comment_by_public_id(held.public_id).status == "published"
    again = {**sent, "action": "reject", "reason": "spam"}
    assert phone.post("/account/letters/decide", **again).status_code == 409
    sites.set_role(cast.site, cast.mona, None, by=cast.olga)
    assert phone.get(path).status_code == 410


def test_what_fails_is_tried_again_and_paused_after_days(
    cast: Cast, chat: Chat, work: Callable[[], int]
) -> None:
    channel = made(cast, chat.address)
    post(cast.site, "You idiot, said aloud.", name="Ann")
    clock.move(timedelta(seconds=30))
    chat.answers = [500, 500]
    assert asked(cast) == 1
    work()
    db.session.refresh(channel)
    assert channel.why == {"key": "unavailable.channel_status", "values": {"status": 500}}
    assert channel.due_at == clock.now() + timedelta(seconds=telling.PAUSES[0])
    assert asked(cast) == 0
    clock.move(timedelta(days=3))
    assert asked(cast) == 1
    work()
    db.session.refresh(channel)
    assert channel.state == "paused" and not chat.told
    assert asked(cast) == 0
    commands.resume(channel.public_id, by=cast.mona)
    commands.try_out(channel.public_id, by=cast.mona)
    work()
    db.session.refresh(channel)
    assert channel.why is None and channel.sent_at == clock.now()
    assert "test message" in chat.texts()[0]


def test_no_private_address_is_called(app: Flask, cast: Cast, chat: Chat) -> None:
    settings.install(app, Settings(**{**settings.of(app).as_dict(), "webhook_private": False}))
    channel = made(cast, chat.address)
    telling.try_out(channel.id)
    db.session.refresh(channel)
    assert channel.why is not None and channel.why["key"] == "invalid.call_private"
    assert not chat.told and channel.sent_at is None


def test_one_that_hangs_ends(chat: Chat, requests_again: None) -> None:
    chat.hangs = True
    said = {"address": chat.address, "title": "T", "body": "B", "private": True}
    found = child.answer(said, seconds=0.3)
    # which of the two limits ends it first is up to the machine
    assert found["why"]["key"] in ("invalid.call_within", "invalid.call_answer")


HOSTS = {
    "slack": "hooks.slack.com",
    "discord": "discord",
    "teams": "logic.azure.com",
    "telegram": "api.telegram.org",
    "matrix": "matrix.example.org",
    "ntfy": "ntfy.example.org",
}


@pytest.mark.parametrize("service", ADDRESSES)
def test_each_service_is_written_to(service: str, requests_again: None) -> None:
    address, host = ADDRESSES[service], HOSTS[service]
    calls: list[tuple[str, bytes, dict[str, Any]]] = []

    def caller(url: str, **more: Any) -> Answer:
        calls.append((url, more["body"] or b"", more))
        content = {
            "access_token": "t",
            "user_id": "u",
            "home_server": "h",
            "room_id": "!r:e",
            "ok": True,
        }
        content |= {"joined_rooms": [], "event_id": "e", "versions": []}
        body = b"ok" if "hooks.slack.com" in url else json.dumps(content).encode()
        return Answer(200, {"content-type": "application/json"}, body, 1)

    assert child.answer({"address": address})["service"] == service
    ours = "https://comments.example.com/a"
    said = {"address": address, "title": "Harbour", "body": f"Three comments wait. {ours}"}
    assert child.answer(said, caller) == {"service": service, "why": None}
    assert all(host in url and url.startswith("https://") for url, _, _ in calls)
    assert any(b"Three comments wait." in body and ours.encode() in body for _, body, _ in calls)
    assert not any(more["private"] for _, _, more in calls)
    shown = [body.decode() + str(more["headers"]) for _, body, more in calls]
    assert not any("github" in each or ".png" in each for each in shown)
    assert all(more["deadline"] <= 10 for _, _, more in calls)


@pytest.mark.parametrize(
    "address",
    [
        "mailto://a:b@example.org",
        "json://127.0.0.1/x",
        "file:///etc/passwd",
        "syslog://",
        "nonsense",
        "",
    ],
)
def test_other_addresses_are_refused(cast: Cast, address: str) -> None:
    if address:
        assert child.answer({"address": address})["service"] is None
    else:
        with pytest.raises(Invalid, match="isn’t a Slack"):
            commands.add(cast.site, address, Wishes(what=ALL), by=cast.mona)


def test_wrong_wishes_are_refused(cast: Cast) -> None:
    for wrong in (
        Wishes(what=[]),
        Wishes(what=["gossip"]),
        Wishes(what=ALL, rhythm="never"),
        Wishes(what=ALL, quote_below=45),
        Wishes(what=ALL, quiet_from=22),
        Wishes(what=ALL, quiet_from=22, quiet_until=24),
        Wishes(what=ALL, zone="Europe/Atlantis"),
        Wishes(what=ALL, zone="../../etc/passwd"),
    ):
        with pytest.raises(Invalid):
            commands.add(cast.site, "ntfys://ntfy.example.org/t", wrong, by=cast.mona)
    with pytest.raises(NotAllowed):
        commands.add(cast.site, "ntfys://ntfy.example.org/t", Wishes(what=ALL), by=cast.rita)


def test_without_the_library_it_says_what_to_install(
    cast: Cast,
    sign_in: Callable[[str | None], Staff],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(Conflict, match=r"commentsvc\[channels\]"):
        commands.add(cast.site, "ntfys://ntfy.example.org/t", Wishes(what=ALL), by=cast.mona)
    page = sign_in("mona").page("/dashboard/channels")
    assert "pip install &#39;commentsvc[channels]&#39;" in page and 'name="address"' not in page
