"""Asking before saving: limits from what can be read, one text, the last month; the banner of what is not
read; what set-up asks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from commentsvc.sites.ladder import limits_at
from commentsvc.sites.queries import by_key, policy_of
from tests.dashboard.test_pieces import typed
from tests.factories import held_of_1000, post
from tests.people import LIMITS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

POLICY = "/dashboard/sites/harbour/policy"
PILLS = re.compile(r'<span class="pill \w+">([^<]+)</span>')


def told(page: str, part: str) -> str:
    """What a part of the page says, as plain words."""
    found = re.search(
        rf'id="{part}".*?<div class="told"[^>]*>(.*?)(?=<section|<div class="save|$)', page
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1])) if found else ""


def ask(staff: Staff, tool: str, **fields: str) -> str:
    from tests.flat import flat

    sent = {**typed(policy_of(by_key("harbour"))), **fields}
    answer = staff.post(f"{POLICY}/{tool}", **sent)
    assert answer.status_code == 200, answer.text[:2000]
    return flat(answer.text)


def test_it_works(cast: Cast, olga: Staff) -> None:
    page = ask(olga, "text", text="You idiot.")
    words = told(page, "tried")
    assert "It would be held for a moderator." in words
    assert "; your limit is" in words
    assert "<mark" in page
    assert "It would be published." in ask(olga, "text", text="A calm word.")


def test_a_text_is_judged_by_the_form_not_by_what_is_saved(cast: Cast, olga: Staff) -> None:
    page = ask(olga, "text", text="A walnut.", banned_words="walnut")
    assert "It would be rejected." in page and "walnut" in told(page, "tried")
    assert policy_of(by_key("harbour")).banned_words == ()
    page = ask(olga, "text", text="A calm word.", premoderate_first="1")
    assert "It would be held for a moderator." in page


def test_a_text_that_cannot_be_posted_is_refused_at_its_field(cast: Cast, olga: Staff) -> None:
    sent = {**typed(policy_of(cast.site)), "text": "far too long", "max_length": "5"}
    answer = olga.post(f"{POLICY}/text", **sent)
    assert answer.status_code == 422 and 'id="e-text"' in answer.text
    assert 'id="e-max_length"' not in answer.text


def test_a_mistake_in_the_form_is_said_by_every_tool(cast: Cast, olga: Staff) -> None:
    for tool in ("text", "replay"):
        sent = {**typed(policy_of(cast.site)), "text": "Hello", "max_links": "x"}
        answer = olga.post(f"{POLICY}/{tool}", **sent)
        assert answer.status_code == 422 and "needs attention" in answer.text


def test_limits_by_workload_fill_the_form_and_save_nothing(cast: Cast, olga: Staff) -> None:
    page = ask(olga, "limits", comments_a_day="1000", readable_a_day="50")
    words = told(page, "reading")
    assert f"Of 1,000 comments a day, about {held_of_1000(0.6)} would be held." in words
    assert "Civil Comments" in words and "95% confidence" in words
    assert re.search(r'name="hold_at.toxicity"[^>]+value="0.6"', page)
    assert re.search(r'name="hold_at.threat"[^>]+value="0.1"', page)
    assert policy_of(by_key("harbour")).hold_at == LIMITS["hold_at"]


@pytest.mark.parametrize(("name", "value"), [("comments_a_day", ""), ("readable_a_day", "0")])
def test_numbers_that_say_nothing(cast: Cast, olga: Staff, name: str, value: str) -> None:
    sent = {
        **typed(policy_of(cast.site)),
        "comments_a_day": "9",
        "readable_a_day": "9",
        name: value,
    }
    answer = olga.post(f"{POLICY}/limits", **sent)
    assert answer.status_code == 422 and f'id="e-{name}"' in answer.text


def test_a_replay_shows_what_would_change(cast: Cast, olga: Staff) -> None:
    post(cast.site, "You idiot.")
    post(cast.site, "A walnut.")
    page = ask(olga, "replay", suspect_words="walnut", **{"hold_at.toxicity": "0.99"})
    words = told(page, "replayed")
    assert "Of 2 comments, 1 would have been held or rejected." in words
    assert "Published → Flagged 1" in words and "A walnut." in words
    assert policy_of(by_key("harbour")).suspect_words == ()


def test_a_replay_of_nothing(cast: Cast, olga: Staff) -> None:
    assert "The form is the same" in ask(olga, "replay")
    assert "don’t affect which comments" in ask(olga, "replay", announcement="Hello")
    assert "There are no comments" in ask(olga, "replay", max_links="0")


@pytest.mark.parametrize("tool", ["limits", "text", "replay"])
def test_only_who_may_set_the_policy_tries_it(
    cast: Cast, sign_in: Callable[[str | None], Staff], tool: str
) -> None:
    for name in ("mona", "max"):
        assert sign_in(name).post(f"{POLICY}/{tool}", text="x").status_code in (403, 404)


def test_what_is_not_read_is_said_on_queue_and_policy(cast: Cast, olga: Staff, mona: Staff) -> None:
    assert "doesn’t read" not in mona.page("/dashboard/?site=harbour").partition("<form")[0]
    for number in range(5):
        post(cast.site, f"What is this in a language?? {number}")
    page = mona.page("/dashboard/?site=harbour")
    assert "In languages that the scorer doesn’t read (unknown): 5 of the last 5 comments." in page
    assert '<details class="notice warn">' in page  # one line above the queue, until it is opened
    assert "Such comments are published" in page and "#g-scores" not in page
    assert '#g-scores">Change this</a>' in olga.page("/dashboard/?site=harbour")
    assert "5 of the last 5 comments" in olga.page(POLICY)


def test_set_up_asks_how_much_can_be_read(
    cast: Cast, sign_in: Callable[[str | None], Staff]
) -> None:
    ada = sign_in("ada")
    assert f"hold about {held_of_1000(0.6)} of 1,000 comments" in ada.page("/dashboard/sites")
    fields = {"name": "New", "key": "new", "origins": "https://new.example.org"}
    sent = {**fields, "comments_a_day": "1000", "readable_a_day": "19", "unscored_language": "hold"}
    assert ada.post("/dashboard/sites", **sent).status_code == 303
    policy = policy_of(by_key("new"))
    assert policy.hold_at == limits_at(0.95)["hold_at"] and policy.unscored_language == "hold"
    sent = {**fields, "key": "zero", "comments_a_day": "0"}
    assert ada.post("/dashboard/sites", **sent).status_code == 303
    assert policy_of(by_key("zero")).hold_at == limits_at(0.6)["hold_at"]
    sent = {**fields, "key": "newer", "comments_a_day": "many"}
    answer = ada.post("/dashboard/sites", json=True, **sent)
    assert answer.status_code == 422 and "comments_a_day" in answer.text
