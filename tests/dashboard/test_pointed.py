"""Where a script sends a form, each error names a field of that form, so that it is shown there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from commentsvc.moderation.sharing import canned
from commentsvc.moderation.sharing import own_reasons as own
from commentsvc.moderation.sharing.own_reasons import Wording
from commentsvc.notifications.chat import commands as channels
from commentsvc.sites.sections.commands import add_section
from tests.dashboard import forms
from tests.dashboard.test_every_form import GO_TO
from tests.dashboard.test_kept import HERE, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from tests.dashboard.conftest import Staff
    from tests.dashboard.forms import Sent
    from tests.people import Cast

__all__ = ["named"]

#: Who, and the page with forms that scripts send.
PAGES = (
    ("ada", "/dashboard/sites"),
    ("olga", HERE),
    ("olga", f"{HERE}/policy"),
    ("olga", f"{HERE}/policy?section={{section}}"),
    ("olga", f"{HERE}/look"),
    ("olga", f"{HERE}/sign-in?kind=oidc"),
    ("olga", f"{HERE}/webhooks"),
    ("olga", f"{HERE}/people"),
    ("olga", f"{HERE}/sections"),
    ("olga", f"{HERE}/reasons"),
    ("olga", f"{HERE}/canned"),
    ("olga", f"{HERE}/judges"),
    ("olga", f"{HERE}/moving"),
    ("mona", "/dashboard/channels"),
    ("mona", "/dashboard/channels/{channel}"),
    ("mona", "/dashboard/"),
    ("mona", "/dashboard/shift"),
    ("mona", "/dashboard/people/{rita}"),
    ("mona", "/dashboard/comments/{held}"),
    ("mona", "/dashboard/comments/{held}/network"),
    ("mona", "/dashboard/notices"),
    ("olga", "/dashboard/appeals"),
)

#: What is typed: nothing, no address, an address that is not allowed, too much, no number, another alphabet.
TYPED = (
    *("", "not an origin !!", "https://user:pass@*.com/", "x" * 6000, "-1", "1\n2", "2001-01-31"),
    "{name} {wrong}",
)
#: Forms that are called by a button, or that stand on a page as another one.
GOES_TO = {**GO_TO, "embed_look_post": ("dashboard.set_look",)}
WITHOUT = {"dashboard.hear_notice": "is the form of dashboard.hear, sent elsewhere"}


@pytest.fixture
def app(make_app: Callable[..., Flask], app: Flask) -> Iterator[Flask]:
    """Without limits on how often forms are sent."""
    yield make_app(limits="manage=off;moderate=off;sign_in=off")


@pytest.fixture
def ids(cast: Cast, named: dict[str, str]) -> dict[str, str]:
    own.add(cast.site, Wording({"en": "No source"}), by=cast.olga)
    canned.add(cast.site, "Links", {"en": "No links, please."}, by=cast.mona)
    section = add_section(cast.site, name="Sport", patterns=["/sport"], by=cast.olga)
    wishes = channels.Wishes(what=("pending",))
    made = channels.add(cast.site, "ntfys://ntfy.example.org/newsroom", wishes, by=cast.mona)
    return {**named, "channel": made.public_id, "section": section.code}


def wrong(staff: Staff, form: Sent, to: str) -> Iterator[str]:
    """What was refused without an error at one of the form's fields."""
    for name in (None, *form.typed):
        for text in TYPED:
            sent = {**form.values, **dict.fromkeys(form.typed if name is None else (name,), text)}
            sent.pop("csrf_token", None)
            answer = staff.post(to, json=True, **sent)
            if answer.status_code != 422:
                continue
            errors = (answer.get_json(silent=True) or {}).get("errors") or [{"pointer": "nothing"}]
            for each in errors:
                if not form.shows(each["pointer"].removeprefix("#/")):
                    yield f"{name}={text[:20]!r}: {answer.status_code} {each} {answer.text[:60]}"


@pytest.mark.parametrize(("who", "address"), PAGES)
def test_it_works(
    sign_in: Callable[[str | None], Staff], ids: dict[str, str], who: str, address: str
) -> None:
    staff, address = sign_in(who), address.format(**ids)
    found = [
        (to, each)
        for form in forms.sent_forms(staff.page(address))
        for to in [form.action or address]
        for each in wrong(staff, form, to)
    ]
    assert not found, "\n".join(map(str, found))


def test_every_form_is_tried(
    app: Flask, sign_in: Callable[[str | None], Staff], ids: dict[str, str]
) -> None:
    adapter, tried = app.url_map.bind("localhost"), set()
    people = {who: sign_in(who) for who in ("ada", "olga", "mona")}
    for who, page in PAGES:
        address = page.format(**ids)
        for form in forms.sent_forms(people[who].page(address)):
            path = re.split("[?#]", form.action or address)[0]
            tried.add(adapter.match(path, "POST")[0])
    kept = forms.fillable_forms(kept=True)
    assert {to for form in kept for to in GOES_TO.get(form, (form,))} - tried == WITHOUT.keys()
