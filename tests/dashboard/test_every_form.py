"""No form of the templates loses what was typed into it: each has a row, here or in test_kept.py, or a
reason why there is nothing to lose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from commentsvc.accounts import entering, joining, proofs
from commentsvc.accounts.models import Credential
from commentsvc.core.db import db
from commentsvc.core.ids import new_id
from commentsvc.notifications.chat import commands as channels
from commentsvc.notifications.mail import MemoryMailer, mailer
from commentsvc.sites import first_run, inviting
from commentsvc.threads.commands import thread_of
from tests.dashboard import forms
from tests.dashboard.conftest import Staff
from tests.dashboard.test_kept import HERE, ROWS, answer_to, fields_of, named
from tests.dashboard.test_second_step import token_of
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from tests.people import Cast

__all__ = ["named"]

NEW = "nele@example.org"
MORE: dict[str, tuple[str | None, str, dict[str, Any]]] = {
    "register": (
        None,
        "/account/register",
        {"name": "Nele", "email": "no address", "password": "x"},
    ),
    "email": (None, "/account/email", {"email": "no address"}),
    "sign-in": (None, "/account/sign-in", {"email": "rita@example.org", "password": "wrong"}),
    "link": (None, "/account/link", {"token": "{link}", "name": "N" * 70}),
    "invitation": (
        None,
        "/account/invitation",
        {"token": "{invitation}", "name": "N" * 70, "password": "x"},
    ),
    "delete": ("rita", "/account/delete", {"password": "wrong", "withdraw": "on"}),
    "invite": ("olga", f"{HERE}/invitations", {"email": "no address", "role": "owner"}),
    "migrate": ("olga", "/migrate", {"site": "harbour", "base": "https://a.example/", "url": "no"}),
    "policy": (
        "olga",
        f"{HERE}/policy",
        {"min_length": "90000", "banned_words": "one\ntwo", "slow_seconds": "7"},
    ),
    "provider": (
        "olga",
        f"{HERE}/sign-in",
        {"kind": "oidc", "issuer": "no", "client_id": "ours", "label": "Club"},
    ),
    "new channel": (
        "mona",
        "/dashboard/channels",
        {"site": "harbour", "address": "no://where", "rhythm": "daily", "what": "alarm"},
    ),
    "channel": (
        "mona",
        "/dashboard/channels/{channel}",
        {
            "address": "no://where",
            "rhythm": "daily",
            "what": "alarm",
            "back": "/dashboard/channels/{channel}",
        },
    ),
    "judge": ("olga", f"{HERE}/judges", {"url": "no", "ms": "500", "failure": "hold"}),
    "filter": (
        "mona",
        "/dashboard/filters",
        {"name": "N" * 70, "queue": "all", "q": "walnut", "back": "/dashboard/?queue=all&q=walnut"},
    ),
    "new canned message": (
        "mona",
        f"{HERE}/canned",
        {
            "name": "Links",
            "text_en": "Dear {{name}}, {{wrong}}.",
            "more": "Liebe",
            "language": "de",
        },
    ),
    "note": ("mona", "/dashboard/shift/notes", {"site": "harbour", "text": "N" * 2100}),
    "new reason": (
        "olga",
        f"{HERE}/reasons",
        {
            "title_en": "No source",
            "hint_en": "Say where you have it from.",
            "category": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
            "rule": "no://rule",
            "more_title": "Ohne Quelle",
            "more_hint": "Woher?",
            "language": "de",
        },
    ),
    "tags": (
        "mona",
        "/dashboard/threads/{thread}/tags",
        {"tags": "a, " + "b" * 51, "back": "/dashboard/comments/{shown}"},
    ),
    "new section": (
        "olga",
        f"{HERE}/sections",
        {"name": "N" * 90, "patterns": "/sport\n/games", "tags": "a, b"},
    ),
    "passkey": ("ada", "/account/security/passkeys/{passkey}/name", {"name": "N" * 70}),
    "legal notice": (
        None,
        "/embed/notice",
        {"comment": "{shown}", "law": "§ 1", "explanation": "Short.", "name": "Ann"},
    ),
}
CHOICES = "has choices alone, and refuses none that a browser sends"
CODES = "has a code, which works once"
PASSWORDS = "has passwords, which are not shown again"
#: Forms without a row -> why.
WHY = {
    "account.add_email": "has an address, which tests/dashboard/test_added_address.py keeps",
    "account.add_passkey": "needs scripts, which keep what is typed",
    "account.add_totp": CODES,
    "account.change_follow": CHOICES,
    "account.change_password": PASSWORDS,
    "account.choose_display": CHOICES,
    "account.choose_emails": CHOICES,
    "account.confirm": PASSWORDS,
    "account.decide_by_email": CHOICES,
    "account.do_second_step": CODES,
    "account.forgot": "says the same of every address",
    "account.reset": PASSWORDS,
    "account.set_up": "is kept below, on a server without a site",
    "account.sign_in_by_email": CODES,
    "account.join_with": "has a name, which tests/dashboard/test_providers.py keeps",
    "account.name_by_email": "has a name, kept below",
    "account.prove": "has a password or a code",
    "dashboard.change_canned": "is the form of dashboard.add_canned, for one that is there",
    "dashboard.change_reason": "is the form of dashboard.add_reason, for one that is there",
    "dashboard.change_section": "is the form of dashboard.add_section, for one that is there",
    "dashboard.check_page": "is answered with what was found, in tests/dashboard/test_start.py",
    "dashboard.claim": CHOICES,
    "dashboard.close_thread_later": "has a date, which browsers send whole",
    "dashboard.scorer_page": CHOICES,
    "dashboard.set_coral": "has a secret, which is not shown again",
    "dashboard.slow_thread": CHOICES,
    'dashboard/reply.html action="close-reply">': "needs scripts, which keep what is typed",
    "embed_notice_appeal": "is kept in tests/dashboard/test_notices.py",
    "dashboard.hear_notice": "is the form of dashboard.hear, sent elsewhere",
    "embed_look_post": "is for trying, in a window of its own, and always shows what was sent",
}
#: Forms whose template does not say where they go -> what they are sent to.
GO_TO = {
    'account/home.html action="{{ action }}">': ("account.appeal",),
    'account/prove.html action="{{ action }}"': ("account.prove",),
    'account/prove.html action="{{ action }}">': ("account.prove",),
    'dashboard/appeals.html action="{{ action }}">': (
        "dashboard.hear",
        "dashboard.hear_sanction",
        "dashboard.hear_notice",
    ),
    "dashboard/channel.html": ("dashboard.change_channel",),
    "dashboard/migrate.html": ("migrate.look",),
    "dashboard.policy": ("dashboard.set_policy",),
    "dashboard/site.html": ("dashboard.set_site",),
    "dashboard/staff.html": ("dashboard.add_person",),
    "dashboard/webhooks.html": ("dashboard.add_webhook",),
    "dashboard.api_keys": ("dashboard.add_api_key",),
    "dashboard.channels": ("dashboard.add_channel",),
}


def test_every_form_has_a_row_or_a_reason(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    paths = (path for _, path, _ in (*ROWS.values(), *MORE.values()))
    kept = {adapter.match(each.replace("{", "").replace("}", ""), "POST")[0] for each in paths}
    wanted = {to for form in forms.fillable_forms() for to in GO_TO.get(form, (form,))}
    assert wanted - kept - WHY.keys() == set()
    assert WHY.keys() - wanted == set() and WHY.keys() & kept == set()
    assert GO_TO.keys() <= forms.fillable_forms()


@pytest.fixture(autouse=True)
def reached(app: Flask) -> Iterator[None]:
    """Emails reach people: some forms are there only then."""
    before = mailer.of(app)
    mailer.install(app, MemoryMailer(reaches_people=True))
    yield
    mailer.install(app, before)


@pytest.fixture
def more(
    cast: Cast, named: dict[str, str], work: Callable[[], int]
) -> Callable[[str], dict[str, str]]:
    """What these rows name besides; made once somebody is signed in, which a passkey would change. A channel
    only for the row that names it, as a process checks its address."""

    def make(path: str) -> dict[str, str]:
        entering.ask(NEW, joining.Window(None), locale=None)
        inviting.invite(cast.site, NEW, "moderator", by=cast.olga)
        work()
        sent = [each.body.partition("token=")[2].split() for each in mailer().sent]  # type: ignore[attr-defined]
        proofs.issue("passkey", user=cast.ada, label=(key := new_id()))
        passkey = db.session.scalars(select(Credential).where(Credential.label == key)).one()
        found = {
            **named,
            "link": sent[-2][0],
            "invitation": sent[-1][0],
            "shown": (shown := post(cast.site).comment).public_id,
            "thread": thread_of(shown).public_id,
            "passkey": passkey.public_id,
        }
        if "{channel}" in path:
            wishes = channels.Wishes(what=("pending",))
            address = "ntfys://ntfy.example.org/newsroom"
            found["channel"] = channels.add(cast.site, address, wishes, by=cast.mona).public_id
        return found

    return make


@pytest.mark.parametrize("row", MORE)
def test_it_works(
    sign_in: Callable[[str | None], Staff], more: Callable[[str], dict[str, str]], row: str
) -> None:
    who, path, fields = MORE[row]
    staff, ids = sign_in(who), more(path)
    fields = {name: value.format(**ids) for name, value in fields.items()}
    page = answer_to(staff, path.format(**ids), fields)
    typed = {each for each in fields.items() if each[0] not in ("password", "back") and each[1]}
    assert typed - fields_of(page) == set()


def test_a_name_after_a_code_from_an_email(
    sign_in: Callable[[str | None], Staff], work: Callable[[], int]
) -> None:
    nobody = sign_in(None)
    nobody.post("/account/email", email=NEW)
    work()
    body = mailer().sent[-1].body  # type: ignore[attr-defined]
    code = re.search(r"\b\d{3} \d{3}\b", body)
    assert code
    nobody.post("/account/email/code", email=NEW, code=code[0])
    page = answer_to(nobody, "/account/email/name", {"email": NEW, "name": "N" * 70})
    assert ("name", "N" * 70) in fields_of(page)


def test_the_first_run(app: Flask) -> None:
    staff, token = Staff(app.test_client()), first_run.new_token()
    staff.token = token_of(staff.page("/account/sign-in"))
    sent = {
        "name": "Olga",
        "email": "no address",
        "site": "The Post",
        "origin": "https://a.example",
    }
    page = answer_to(staff, "/account/set-up", {**sent, "token": token, "password": "x"})
    assert set(sent.items()) - fields_of(page) == set()
