"""A comment in another language says so wherever its text is shown; one in the page's inherits it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from commentsvc.core.db import db, unit_of_work
from commentsvc.threads.models import Comment, Revision, Thread
from tests.factories import HREF, post
from tests.tables import every_row
from tests.web.asking import HOST

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.people import Cast

ENGLISH, GERMAN, NOWHERE = (
    "Good morning to all of you",
    "Guten Morgen euch allen hier",
    "Pu ti re la",
)


def spoken(cast: Cast) -> Thread:
    """Comments in English, German, and a language that the scorer does not know."""
    for text, language in ((ENGLISH, "en"), (GERMAN, "de"), (NOWHERE, None)):
        comment = post(cast.site, text, name="Ann").comment
        with unit_of_work():
            db.session.execute(
                update(Revision).where(Revision.comment_id == comment.id).values(language=language)
            )
            if language is None:
                db.session.get_one(Comment, comment.id).unscored = "language"
    return db.session.get_one(Thread, comment.thread_id)


def get(client: FlaskClient, path: str) -> str:
    answer = client.get(path, base_url=HOST)
    assert answer.status_code == 200, answer.text
    return answer.text


class Spoken(HTMLParser):
    """The `lang` of the element with a `dir` around each text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.attributes: dict[str, str | None] = {}
        self.langs: dict[str, str | None] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "dir" in given and tag not in ("bdi", "cite"):
            self.attributes = given

    def handle_data(self, data: str) -> None:
        if data.strip() in (ENGLISH, GERMAN, NOWHERE):
            self.langs[data.strip()] = self.attributes.get("lang")


def langs(html: str) -> list[str | None]:
    found = Spoken(html).langs
    return [found[each] for each in (ENGLISH, GERMAN, NOWHERE)]


@every_row("locale, expected", [("en", [None, "de", ""]), ("de", ["en", None, ""])])
def test_it_works(cast: Cast, client: FlaskClient, locale: str, expected: list[str | None]) -> None:
    thread = db.session.scalar(select(Thread)) or spoken(cast)
    for path in (
        f"/embed/thread?site=harbour&href={HREF}&locale={locale}",
        f"/threads/{thread.public_id}.html?locale={locale}",
    ):
        html = get(client, path)
        assert f'<html lang="{locale}"' in html
        assert langs(html) == expected, path
    rows = client.get(
        f"/api/v1/threads/{thread.public_id}/comments?include=html&locale={locale}", base_url=HOST
    ).get_json()
    assert langs("".join(each["html"] for each in rows["items"])) == expected


def test_where_a_text_stands_for_itself(cast: Cast, client: FlaskClient) -> None:
    """In other people's pages and programs, each known language is named."""
    thread = spoken(cast)
    data = json.loads(get(client, f"/threads.jsonld?site=harbour&href={HREF}"))
    told = {each["text"]: each.get("inLanguage") for each in data["comment"]}
    assert told == {ENGLISH: "en", GERMAN: "de", NOWHERE: None}
    feed = get(client, f"/feeds/threads/{thread.public_id}.atom")
    assert re.findall(r'<content type="html"(.*?)>', feed) == [
        *("", ' xml:lang="de"', ' xml:lang="en"')
    ]
    rows = db.session.query(Revision.text, Comment.public_id).join(
        Comment, Comment.id == Revision.comment_id
    )
    by_text = {text: public_id for text, public_id in rows}
    quotation = client.get(
        f"/oembed?url={HREF}%23commentsvc={by_text[ENGLISH]}", base_url=HOST
    ).get_json()
    assert '<p dir="auto" lang="en">' in quotation["html"]
    for text, lang in ((ENGLISH, None), (GERMAN, "de"), (NOWHERE, "")):
        path = f"/embed/quote?id={by_text[text]}&page={HREF}"
        said = json.loads(get(client, path).strip()[len("export default ") : -1])
        assert said["text"] == text and said.get("lang") == lang
        html = get(client, f"/threads/comments/{by_text[text]}.html")
        assert Spoken(html).langs[text] == lang
        assert Spoken(get(client, f"/embed/notice?comment={by_text[text]}")).langs[text] == (
            lang or None
        )


def test_a_right_to_left_language_that_begins_with_a_latin_name(
    cast: Cast, client: FlaskClient
) -> None:
    """Each paragraph has the direction of its own letters, and the preview shows the same."""
    text = "iPhone أفضل من غيره في كل شيء"
    mixed = f"English first.\n\n{text}، {text}\n\nAnd again."
    shown = (
        f'<p lang="">English first.</p>\n<p dir="rtl">{text}، {text}</p>\n<p lang="">And again.</p>'
    )
    post(cast.site, text)
    post(cast.site, mixed)
    with unit_of_work():
        db.session.execute(update(Revision).values(language="ar"))
    page = f"/embed/thread?site=harbour&href={HREF}"
    for locale, lang in (("en", ' lang="ar"'), ("ar", "")):
        html = get(client, f"{page}&locale={locale}")
        assert f'<div class="text" dir="rtl"{lang}><p>{text}' in html
        assert f'<div class="text" dir="auto"{lang}>{shown}</div>' in html
    sent = {"site": "harbour", "text": mixed}
    assert client.post("/api/v1/preview", json=sent, base_url=HOST).get_json()["html"] == shown
