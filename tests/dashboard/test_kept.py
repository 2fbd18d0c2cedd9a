"""A form that is refused comes back with what was typed into it, also without scripts; passwords do not."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.datastructures import MultiDict

from commentsvc.core import clock
from commentsvc.dashboard.refill import refilled
from commentsvc.moderation.cases import appeals, notices, sanction_appeals, sanctions
from commentsvc.moderation.commands import decide
from commentsvc.sites.commands import set_role
from tests.dashboard.conftest import BASE, Staff
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from tests.people import Cast

HERE = "/dashboard/sites/harbour"
LONG = "Please read our “rules” <first>.\nThey are short. " * 40  # more than a session holds

#: Who, what to post to, the form with something wrong, and what else must be in the page again.
ROWS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "sanction": (
        "mona",
        "/dashboard/people/{rita}/measures",
        {"site": "harbour", "kind": "suspend", "until": "", "reason": "spam", "message": LONG,
         "note": "Third time.", "reject_waiting": "on"},
    ),
    "role": (
        "olga",
        "/dashboard/people/{rita}/role",
        {"site": "harbour", "role": "moderator", "until": "x", "note": "Since May."},
    ),
    "webhook": (
        "olga",
        f"{HERE}/webhooks",
        {"url": "https://u:p@hooks.example.org/", "events": "comment.published",
         "secret": "of ours", "verify_token": "token"},
    ),
    "site": (
        "olga",
        HERE,
        {"name": "Changed", "origins": "https://*.com\nhttps://a.example.org", "app_ids": "123"},
    ),
    "new site": (
        "ada",
        "/dashboard/sites",
        {"name": "New “one”", "key": "harbour", "origins": "https://new.example.org"},
    ),
    "staff": ("olga", f"{HERE}/people", {"email": "nobody@example.org", "role": "moderator"}),
    "key": ("olga", f"{HERE}/keys", {"label": "Nightly", "days": "90"}),
    "disqus": ("olga", f"{HERE}/disqus", {"forums": "no name"}),
    "rule": ("olga", f"{HERE}/aliases", {"old": "/a/*/*", "new": "javascript:x", "first": "on"}),
    "list of pages": ("olga", f"{HERE}/moved", {"pages": "https://news.example.org/a"}),
    "merge": ("olga", f"{HERE}/merge", {"one": "https://x.example/a", "into": "no"}),
    "import": ("olga", f"{HERE}/import", {"format": "disqus", "page": "https://x.example/"}),
    "decision": (
        "mona",
        "/dashboard/comments/{held}/decisions",
        {"action": "reject", "reason": "spam", "note": "x" * 5000, "message": "Sorry.",
         "seen_version": "1", "back": "/dashboard/"},
    ),
    "bulk": (
        "mona",
        "/dashboard/bulk",
        {"scope": "ticked", "action": "reject", "ticked": "{held}:1", "ban": "1"},
    ),
    "notice": ("mona", "/dashboard/notices/{receipt}/decision", {"outcome": "", "ground": LONG}),
    "note": ("mona", "/dashboard/notices/{receipt}/review", {"note": "x" * 5500}),
    "appeal": ("olga", "/dashboard/appeals/{appeal}", {"outcome": "", "answer": LONG}),
    "sanction appeal": (
        "olga",
        "/dashboard/sanction-appeals/{sanction_appeal}",
        {"outcome": "", "answer": "No. " * 20},
    ),
    "my appeal": ("max", "/account/comments/{rejected}/appeal", {"text": "x" * 4500}),
    "network": (
        "mona",
        "/dashboard/comments/{held}/network",
        {"until": "2020-01-31", "reason": "spam"},
    ),
    "name": ("rita", "/account/name", {"name": "R" * 61}),
    "keyboard": ("mona", "/account/keys", {"approve": "x", "reject": "x"}),
}  # fmt: skip


@pytest.fixture
def named(cast: Cast) -> Iterator[dict[str, str]]:
    """What the rows' addresses name; decided so long ago that their authors know."""
    with clock.frozen(clock.now()):
        yield _named(cast)


def _named(cast: Cast) -> dict[str, str]:
    held = post(cast.site, "You idiot.", user=cast.rita).comment
    shown = post(cast.site, "The ferry was late.", user=cast.max).comment
    receipt = notices.give_notice(
        shown.public_id,
        good_faith=True,
        network="net",
        law="§ 1",
        explanation="What it says of the harbour is false.",
        name="Ann",
        email="ann@example.org",
    ).receipt
    rejected = post(cast.site, "The bridge is closed.", user=cast.max).comment
    decide(rejected.public_id, action="reject", reason="off_topic", by=cast.mona)
    appealed = post(cast.site, "The boat was early.", user=cast.rita).comment
    decide(appealed.public_id, action="reject", reason="off_topic", by=cast.mona)
    clock.move(timedelta(minutes=5))
    appeal = appeals.appeal(
        appealed.public_id, "It was on topic, as anybody can see.", by=cast.rita
    )
    sanctions.sanction(cast.site, cast.max, "ban", reason="spam", by=cast.mona)
    of_ban = sanction_appeals.appeal(cast.site, "It was not me who wrote that.", by=cast.max)
    return {
        "rita": cast.rita.public_id,
        "held": held.public_id,
        "receipt": receipt,
        "rejected": rejected.public_id,
        "appeal": appeal.public_id,
        "sanction_appeal": of_ban.public_id,
    }


def fields_of(page: str) -> set[tuple[str, str]]:
    """Name and value of all that a browser would send from the page's forms."""
    found = set()
    for tag in re.findall(r"<input[^>]*>", page):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if given.get("type") not in ("checkbox", "radio") or re.search(r"\schecked", tag):
            found.add((given.get("name", ""), unescape(given.get("value", "on"))))
    for name, text in re.findall(
        r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', page, re.DOTALL
    ):
        found.add((name, unescape(text).removeprefix("\n")))
    for name, options in re.findall(
        r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        found |= {(name, unescape(v)) for v in re.findall(r'value="([^"]*)"[^>]*selected', options)}
    return found


def answer_to(staff: Staff, path: str, fields: dict[str, Any]) -> str:
    answer = staff.post(path, **fields)
    if answer.status_code == 303:
        answer = staff.get(answer.location)
        assert answer.status_code == 200
    else:
        assert answer.status_code in (403, 404, 409, 422)
    return answer.text


@pytest.mark.parametrize("row", ROWS)
def test_it_works(
    cast: Cast, sign_in: Callable[[str | None], Staff], named: dict[str, str], row: str
) -> None:
    who, path, fields = ROWS[row]
    fields = {name: value.format(**named) for name, value in fields.items()}
    page = answer_to(sign_in(who), path.format(**named), fields)
    typed = {
        each for each in fields.items() if each[0] not in ("back", "scope", "action") and each[1]
    }
    assert typed <= fields_of(page) | {("action", "reject")}, typed - fields_of(page)


def test_the_refused_field_is_marked_and_its_fold_open(cast: Cast, mona: Staff) -> None:
    post(cast.site, user=cast.rita)
    path = f"/dashboard/people/{cast.rita.public_id}/measures"
    page = answer_to(mona, path, {"site": "harbour", "kind": "suspend", "reason": "spam"})
    assert re.search(r'<input[^>]*name="until"[^>]* aria-invalid="true" autofocus[ >]', page)
    (fold,) = re.findall(r"<details([^>]*)>(?:(?!</details>).)*?name=\"until\"", page, re.DOTALL)[
        -1:
    ]
    assert "open" in fold
    assert "aria-invalid" not in mona.page(f"/dashboard/people/{cast.rita.public_id}")  # once


def test_what_is_wrong_stands_at_its_field(olga: Staff) -> None:
    """As after a script has sent the form, and before its help."""
    fields = {"url": "http://localhost/hook", "events": "comment.published"}
    page = answer_to(olga, f"{HERE}/webhooks", fields)
    (field, after) = re.findall(r'(<input\s[^>]*name="url"[^>]*>)\s*(<p[^>]*>[^<]+</p>)', page)[0]
    assert 'aria-describedby="e-url"' in field and 'id="e-url"' in after
    words = re.findall(r'class="notice told bad".*?<p class="grow">([^<]+)<', page, re.DOTALL)
    assert words == re.findall(r">([^<]+)<", after)


def test_a_form_goes_to_its_own_site_only(
    cast: Cast, sign_in: Callable[[str | None], Staff]
) -> None:
    """Of several forms with one address, the one that was sent is filled."""
    set_role(cast.other, cast.mona, "moderator", by=cast.max)
    post(cast.site, user=cast.rita)
    post(cast.other, href="https://mountain.example.net/1", user=cast.rita)
    page = answer_to(
        sign_in("mona"),
        f"/dashboard/people/{cast.rita.public_id}/measures",
        {"site": "mountain", "kind": "warn", "note": "Only there."},
    )
    forms = re.findall(r'name="site" value="(\w+)"(.*?)</form>', page, re.DOTALL)
    assert [key for key, form in forms if "Only there." in form] == ["mountain"]


def test_an_option_without_a_value_is_its_text() -> None:
    page = """<form action="/a"><select name=z><option>A&amp;B</option><option selected>
      C D
    </option></select></form>"""
    assert refilled(page, "/a", MultiDict({"z": "C D"}), page="/b") == (page, 0)
    html, changed = refilled(page, "/a", MultiDict({"z": "A&B"}), page="/b")
    assert changed == 2 and '<option value="A&amp;B" selected>' in html


def test_passwords_are_not_shown_again(app: Flask, sign_in: Callable[[str | None], Staff]) -> None:
    nobody = sign_in(None)
    page = answer_to(
        nobody, "/account/sign-in", {"email": "rita@example.org", "password": "wr0ng-one"}
    )
    assert "wr0ng-one" not in page and 'value="rita@example.org"' in page
    olga = sign_in("olga")
    fields = {"label": "A key", "password": "wr0ng-one", "proof_password": "wr0ng-one"}
    olga.post(f"{HERE}/keys", **fields)
    with olga.client.session_transaction(base_url=BASE) as kept:
        assert "wr0ng-one" not in str(dict(kept)) and "A key" in str(dict(kept))


def test_markup_that_was_typed_stays_text() -> None:
    page = '<form method="post" action="/a"><input name="x" value=""><textarea name="y"></textarea></form>'
    nasty = '"></textarea><script>alert(1)</script>'
    html, changed = refilled(page, "/a", MultiDict({"x": nasty, "y": nasty}), page="/b")
    assert changed == 2 and "<script" not in html
    assert refilled(page, "/elsewhere", MultiDict({"x": "1"}), page="/b") == (page, 0)


def test_a_page_that_answers_a_form_leads_back_to_it(cast: Cast, olga: Staff) -> None:
    """By a script, also where more was typed than a session holds."""
    again, fields = "dashboard/refused.js", {"old": "/a/*/*" + "x" * 1300, "new": "javascript:x"}
    assert again not in olga.page(f"{HERE}/moving")
    answer = olga.post(f"{HERE}/aliases", **fields)
    assert answer.status_code == 422 and again in answer.text
    answer = olga.post("/account/name", name="N" * 70)
    assert answer.status_code == 422 and again in answer.text
