"""The page of a moderator's chat channels: the address goes in and never comes out again."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.jobs import Job
from commentsvc.notifications.chat.models import ChatChannel
from tests.people import PASSWORD

if TYPE_CHECKING:
    from tests.dashboard.conftest import Staff
    from tests.people import Cast

PAGE = "/dashboard/channels"
ADDRESS = "ntfys://ntfy.example.org/our-own-topic"
FORM: dict[str, Any] = {
    "site": "harbour",
    "address": ADDRESS,
    "what": ["pending", "notice"],
    "rhythm": "daily",
    "quote_below": "50",
    "zone": "Europe/Berlin",
    "quiet_from": "22",
    "quiet_until": "6",
    "links": "on",
}


def channel() -> ChatChannel:
    db.session.expire_all()
    return db.session.scalars(select(ChatChannel)).one()


def test_it_works(cast: Cast, mona: Staff, olga: Staff) -> None:
    assert "No channels yet." in mona.page(PAGE)
    assert mona.post(PAGE, **FORM).status_code == 303
    found = channel()
    assert found.user_id == cast.mona.id and found.address == ADDRESS
    assert (found.what, found.rhythm, found.links) == (["pending", "notice"], "daily", True)
    assert (found.quiet_from, found.quiet_until, found.zone) == (22, 6, "Europe/Berlin")
    shown = mona.page(PAGE)
    assert "Send a test" in shown and "our-own-topic" not in shown
    (kept,) = mona.get("/account/data").get_json()["chat_channels"]
    assert kept["service"] == "ntfy" and "address" not in kept
    one = f"{PAGE}/{found.public_id}"
    form = mona.page(one)
    assert 'value="Europe/Berlin"' in form and "our-own-topic" not in form
    assert "ntfys://ntfy.example.org/TOPIC" in form  # the examples that a wrong address names
    assert "our-own-topic" not in olga.page(PAGE) and olga.get(one).status_code == 404
    mona.post(one, **{**FORM, "address": "", "rhythm": "now", "what": ["severe"]})
    found = channel()
    assert (found.what, found.rhythm, found.address) == (["severe"], "now", ADDRESS)
    for wish, state in (("pause", "paused"), ("resume", "active")):
        mona.post(f"{one}/do", do=wish)
        assert channel().state == state
    mona.post(f"{one}/do", do="test")
    assert db.session.scalar(select(Job.id).where(Job.name == "try_channel"))
    log = olga.page("/dashboard/log?action=access")
    for words in (
        "added a chat channel",
        "changed a chat channel",
        "paused a chat channel",
        "ntfy",
    ):
        assert words in log
    assert "our-own-topic" not in log
    mona.post(f"{one}/do", do="remove")
    assert "No channels yet." in mona.page(PAGE)


def test_what_is_wrong_is_said(cast: Cast, mona: Staff) -> None:
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"address": "mailto://a:b@example.org"}, "This isn’t a Slack"),
        ({"what": []}, "Choose one or more of"),
        ({"quiet_from": ""}, "Choose both hours, or neither."),
        ({"zone": "Atlantis"}, "This time zone isn’t known."),
        ({"site": "mountain"}, "There’s no site with this key."),
    )
    for change, words in wrong:
        answer = mona.post(PAGE, **{**FORM, **change})
        assert answer.status_code in (303, 404)
        if answer.status_code == 303:
            assert words in mona.page(PAGE), change
    assert db.session.scalar(select(ChatChannel.id)) is None


def test_a_channel_has_a_name_of_its_own_and_is_not_removed_by_one_click(
    cast: Cast, mona: Staff
) -> None:
    mona.post(PAGE, **FORM, label=" Night\nshift ")
    mona.post(PAGE, **FORM)
    named, plain = db.session.scalars(select(ChatChannel).order_by(ChatChannel.id))
    assert (named.label, plain.label) == ("Night shift", None)
    shown = mona.page(PAGE)
    assert re.search(r"<bdi>Night shift</bdi></a>\s*·\s*ntfy\s*·", shown)
    assert re.search(r"<bdi>ntfy</bdi></a>\s*·", shown)
    assert 'value="Night shift"' in mona.page(f"{PAGE}/{named.public_id}")
    assert mona.get("/account/data").get_json()["chat_channels"][0]["label"] == "Night shift"
    asked = re.findall(r'<details class="ask">.+?</details>', shown, re.DOTALL)
    assert len(asked) == 2 and shown.count('value="remove"') == 2
    assert all("can’t be undone" in each and 'value="remove"' in each for each in asked)
    mona.post(f"{PAGE}/{named.public_id}", **{**FORM, "address": "", "label": ""})
    db.session.expire_all()
    assert named.label is None


def test_an_address_asks_for_a_fresh_proof(cast: Cast, mona: Staff) -> None:
    with clock.frozen(clock.now()):
        clock.move(timedelta(minutes=16))
        asked = mona.post(PAGE, **FORM)
        assert asked.status_code == 403 and "Confirm it’s you" in asked.text
        assert db.session.scalar(select(ChatChannel.id)) is None
        assert mona.post(PAGE, **FORM, proof_password=PASSWORD).status_code == 303
        assert channel().address == ADDRESS


def test_what_went_wrong_is_said_in_words(cast: Cast, mona: Staff) -> None:
    mona.post(PAGE, **FORM)
    with unit_of_work():
        found = db.session.scalars(select(ChatChannel)).one()
        found.why = {"key": "unavailable.channel_status", "values": {"status": 404}}
    shown = mona.page(PAGE)
    assert "The service answered with error 404." in shown and ">failing</span>" in shown
