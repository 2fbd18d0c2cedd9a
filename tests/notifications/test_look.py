"""Emails as HTML: the words of the plain text, in the site's color, and nothing of a stranger's as markup."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import pytest

from commentsvc.core.db import db
from commentsvc.notifications.look.html import html_of
from commentsvc.notifications.mail import Mail, compose, mailer
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Revision
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.people import Cast

MAIL = Mail(
    "rita@example.org",
    "Hello <b>",
    "Hello Rita,\n\nMax wrote:\n> So did <i>I</i>.\n> https://evil.example\n"
    "View the comment: https://news.example.org/?a=1&b=2\n\n123 456\n\nThe Post\n\n"
    "Unsubscribe from these emails: https://comments.example.com/off\n",
    sender_name="The Post & Co",
    stop="https://comments.example.com/off",
    locale="en",
)


def test_it_works() -> None:
    page = html_of(MAIL)
    assert '<a href="https://news.example.org/?a=1&amp;b=2">View the comment</a>' in page
    assert (
        '<blockquote dir="auto">So did &lt;i&gt;I&lt;/i&gt;.<br>https://evil.example</blockquote>'
        in page
    )
    assert "<i>" not in page and "<b>" not in page and 'href="https://evil' not in page
    assert "<h1>The Post &amp; Co</h1>" in page and '<span class="code">123 456</span>' in page
    assert "prefers-color-scheme:dark" in page and 'class="foot"' in page


@pytest.mark.parametrize(
    ("text", "language", "marks"),
    [
        ("> Die Fähre kam schon wieder zu spät.", "de", 'dir="auto" lang="de"'),
        ("> The ferry was late again today.", "en", 'dir="auto"'),
        ("> كان العبّار متأخراً مرة أخرى", None, 'dir="rtl"'),
        ("> Ferry كان العبّار متأخراً\n> مرة أخرى", "ar", 'dir="rtl" lang="ar"'),
    ],
)
def test_a_quotation_is_marked_like_a_comment(text: str, language: str | None, marks: str) -> None:
    """By the detected language, if it is not the email's."""
    told = ((text, language),) if language else ()
    mail = replace(MAIL, body=f"Max wrote:\n{text}\nView\n\nThe Post\n", languages=told)
    assert f"<blockquote {marks}>" in html_of(mail)


@pytest.mark.parametrize(
    ("locale", "said"),
    [("ar", 'lang="ar" dir="rtl"'), ("de_x_du", 'lang="de" dir="ltr"'), ("pt_BR", 'lang="pt-BR"')],
)
def test_its_language(locale: str, said: str) -> None:
    assert said in html_of(Mail("a@example.org", "s", "b\n", locale=locale))


def test_both_are_sent_and_say_the_same() -> None:
    taken = message_from_bytes(compose(MAIL, "us@example.org").as_bytes(), policy=default)
    assert taken.get_content_type() == "multipart/alternative"
    plain, page = taken.iter_parts()
    assert (plain.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content().splitlines() == MAIL.body.splitlines()
    assert page.get_content().splitlines() == html_of(MAIL).splitlines()


def test_in_the_color_of_the_site(app: Flask, cast: Cast, work: Callable[[], int]) -> None:
    cast.rita.email_verified_at = cast.rita.created_at
    sites.set_policy(cast.site, {"accent": "#a0161d"}, by=cast.olga)
    mine = post(cast.site, "I took the tram.", user=cast.rita).comment
    reply = post(cast.site, "So did I, of course.", user=cast.max, parent=mine.public_id).comment
    db.session.get_one(Revision, reply.revision_id).language = "nl"
    db.session.commit()
    work()
    (mail,) = mailer.of(app).sent  # type: ignore[attr-defined]
    assert "a{color:#a0161d}" in html_of(mail)
    assert '<blockquote dir="auto" lang="nl">So did I' in html_of(mail)
