"""The owner's pages of moving: files in and out, moved pages, merges, webhooks, and /migrate."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from markupsafe import escape
from sqlalchemy import func, select

from commentsvc.core import calling
from commentsvc.core.db import db
from commentsvc.core.locale import FOLDER
from commentsvc.notifications.models import Delivery, Webhook
from commentsvc.sites.queries import by_key
from commentsvc.threads import remap
from commentsvc.threads.commands import find_thread
from commentsvc.threads.models import Comment
from tests.dashboard.conftest import Staff
from tests.exchange.reading import SAMPLES
from tests.factories import post

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

SignIn = Callable[[str | None], Staff]
HERE = "/dashboard/sites/harbour"


def many() -> int:
    return db.session.scalar(select(func.count(Comment.id))) or 0


OTHER_COLUMNS = (
    "The first row must name the columns “thread_url” and “text”. "
    "It contains: id, page, author, text."
)


def upload(data: bytes, name: str = "export.xml") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def test_it_works(cast: Cast, sign_in: SignIn, work: Callable[[], int]) -> None:
    """Try a file, bring it in, again, and take everything out."""
    olga = sign_in("olga")
    data = (SAMPLES / "disqus.xml").read_bytes()
    tried = olga.post(f"{HERE}/import", file=upload(data), foreign="1")
    assert "Would import 5 comments" in olga.page(tried.location) and many() == 0
    done = olga.post(f"{HERE}/import", file=upload(data), foreign="1", do="1")
    work()
    assert "Imported 5 comments" in olga.page(done.location) and many() == 5
    again = olga.post(f"{HERE}/import", file=upload(data), foreign="1", do="1")
    work()
    assert "Already here" in olga.page(again.location) and many() == 5
    page = olga.page(f"{HERE}/moving")
    assert f"{HERE}/export/commentsvc" in page
    taken = olga.get(f"{HERE}/export/commentsvc")
    assert taken.headers["Content-Disposition"].startswith('attachment; filename="harbour-')
    assert json.loads(taken.data.splitlines()[-1])["comments"] == 5
    assert int(taken.headers["Content-Length"]) == len(taken.data)
    assert olga.get(f"{HERE}/export/klingon").status_code == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose a file first."),
        ({"file": (b"", "a.xml")}, "format of a.xml isn’t recognized"),
        ({"file": (b"<a>", "../../etc/passwd")}, "format of ../../etc/passwd isn’t recognized"),
        ({"file": (b"id,page,author,text\n1,/a,Ann,Hello\n", "a.csv")}, OTHER_COLUMNS),
        ({"file": (b"sep=;\nid;page;author;text\n1;/a;Ann;Hello\n", "a.csv")}, OTHER_COLUMNS),
        (
            {"file": (b"id,page,author,text\n1,/a,Ann,Hi\n", "a.csv"), "format": "csv"},
            OTHER_COLUMNS,
        ),
        ({"file": (b'thread_url,text\n/a,"Hello', "a.csv")}, "only the part before the damage."),
        ({"file": (b"{}", "a.json"), "format": "klingon"}, "There’s no format called “klingon”"),
        ({"file": (b"thread_url,text\n/a,Hello\n", "a.csv")}, "has no host"),
    ],
)
def test_what_cannot_be_brought_in_is_said(
    cast: Cast, sign_in: SignIn, fields: dict, said: str
) -> None:
    olga = sign_in("olga")
    if "file" in fields:
        fields = fields | {"file": upload(*fields["file"])}
    answer = olga.post(f"{HERE}/import", **fields)
    assert said in olga.page(answer.location) and many() == 0


def test_a_file_that_is_too_large_is_refused(cast: Cast, sign_in: SignIn) -> None:
    olga = sign_in("olga")
    assert olga.post(f"{HERE}/import", file=upload(b"x" * 33 * 1024 * 1024)).status_code == 413
    nobody = sign_in(None)
    assert nobody.post(f"{HERE}/import", file=upload(b"x" * 300_000)).status_code in (401, 413)


def test_rules_are_tried_then_move(cast: Cast, sign_in: SignIn) -> None:
    post(cast.site, href="https://news.example.org/old/a")
    olga = sign_in("olga")
    tried = olga.post(f"{HERE}/aliases", old="/old/*", new="/new/*")
    assert "1 conversation would move" in tried.text and not remap.aliases(by_key("harbour"))
    assert olga.post(f"{HERE}/aliases", old="/old/*", new="/new/*", do="1").status_code == 303
    page = olga.page(f"{HERE}/moving")
    assert "1 conversation has moved" in page and "/old/*" in page
    batch = re.search(rf"{HERE}/moves/(\w+)/undo\"><input[^>]*><input[^>]*name=\"batch\"", page)
    assert batch
    olga.post(f"{HERE}/aliases/remove", old="/old/*")
    olga.post(f"{HERE}/moves/{batch[1]}/undo", batch="1")
    assert "undone" in olga.page(f"{HERE}/moving")
    assert find_thread(by_key("harbour"), "https://news.example.org/old/a") is not None
    olga.post(f"{HERE}/aliases", old="/a", new="https://evil.example/", do="1")
    assert "isn’t one of this site" in olga.page(f"{HERE}/moving")


def test_a_list_of_pages_moves(cast: Cast, sign_in: SignIn) -> None:
    old, new = (f"https://news.example.org/{name}/a" for name in ("old", "new"))
    post(cast.site, href=old)
    olga = sign_in("olga")
    listed = f"{old}, {new}\r\nhttps://news.example.org/none, {new}\r\n".encode("utf-8-sig")
    tried = olga.post(f"{HERE}/moved", list=(io.BytesIO(listed), "map.csv"))
    assert "1 conversation would move" in tried.text and f"{old}, {new}" in tried.text
    assert "1 line matches no conversation." in tried.text and "/none</bdi>" in tried.text
    assert find_thread(by_key("harbour"), new) is None
    assert olga.post(f"{HERE}/moved", pages=f"{old},{new}\n/x,{new}", do="1").status_code == 303
    page = olga.page(f"{HERE}/moving")
    assert "1 conversation has moved" in page and "1 line matches no conversation." in page
    assert find_thread(by_key("harbour"), new) is not None
    assert remap.aliases(by_key("harbour")) == []


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("", "Choose a file or paste the list first."),
        (
            "https://news.example.org/a,/b\n\nhttps://news.example.org/<b>",
            "Line 3 of the list must contain an old address, a comma, and a new address. "
            "It contains: https://news.example.org/&lt;b&gt;</p>",
        ),
        ("/a,https://evil.example/a", "Line 1 of the list: /a, https://evil.example/a</p>"),
        ("\n/a,/b", "The new address in line 1 of the list is invalid: /a, /b</p>"),
        ('/a,/b\n"' + "x" * 140_000, "Line 2 of the list"),
        ("/a,/b\n" * 2001, "at most 2,000 pages"),
    ],
)
def test_a_list_of_pages_that_is_refused(
    cast: Cast, sign_in: SignIn, listed: str, said: str
) -> None:
    """The answer says what is wrong at the field, which holds the list: that of a file too."""
    olga = sign_in("olga")
    file = (io.BytesIO(listed.encode()), "map.csv")
    for sent in ({"pages": listed}, {"pages": "", "list": file}):
        answer = olga.post(f"{HERE}/moved", **sent, do="1")
        assert answer.status_code == 422 and said in answer.text
        assert f">{escape(listed.strip())}</textarea>" in answer.text
        assert 'aria-invalid="true" aria-describedby="e-pages"' in answer.text
    assert find_thread(by_key("harbour"), "https://news.example.org/b") is None


def test_two_pages_are_merged_and_parted(cast: Cast, sign_in: SignIn) -> None:
    pages = [f"https://news.example.org/{name}" for name in "ab"]
    for each in pages:
        post(cast.site, href=each)
    olga = sign_in("olga")
    olga.post(f"{HERE}/merge", one=pages[0], into=pages[1])
    page = olga.page(f"{HERE}/moving")
    assert "The conversations have been merged." in page
    move = re.search(rf"{HERE}/moves/(\w+)/undo", page)
    assert move
    assert sign_in("max").post(f"/dashboard/sites/mountain/moves/{move[1]}/undo").status_code == 303
    assert (
        find_thread(by_key("harbour"), pages[0]).id == find_thread(by_key("harbour"), pages[1]).id
    )
    olga.post(f"{HERE}/moves/{move[1]}/undo")
    assert (
        find_thread(by_key("harbour"), pages[0]).id != find_thread(by_key("harbour"), pages[1]).id
    )
    olga.post(f"{HERE}/merge", one="https://news.example.org/none", into=pages[1])
    assert "Nobody has commented at" in olga.page(f"{HERE}/moving")


def test_webhooks_are_added_watched_and_removed(
    app: Flask,
    cast: Cast,
    sign_in: SignIn,
    work: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter([200, 500])

    def answered(url: str, **more: object) -> calling.Answer:
        found = re.search(r"hub\.challenge=(\d+)", url)
        if found:
            return calling.Answer(200, {}, found[1].encode(), 5)
        return calling.Answer(next(answers), {}, b"", 7)

    monkeypatch.setattr("commentsvc.notifications.webhooks.call", answered)
    monkeypatch.setattr("commentsvc.notifications.deliveries.call", answered)
    olga = sign_in("olga")
    added = olga.post(
        f"{HERE}/webhooks", url="https://hooks.example.org/", events="comment.published"
    )
    assert added.status_code == 303
    work()
    hook = db.session.scalars(select(Webhook)).one()
    page = olga.page(f"{HERE}/webhooks")
    assert "active" in page and hook.secret in page
    post(cast.site), post(cast.site)
    work()
    log = olga.page(f"{HERE}/webhooks/{hook.public_id}")
    assert "delivered" in log and "The address returned 500." in log and "7 ms" in log
    done = db.session.scalars(select(Delivery).where(Delivery.state == "delivered")).one()
    again = f"{HERE}/webhooks/{hook.public_id}/again/{done.public_id}"
    assert olga.post(again).status_code == 303
    db.session.expire_all()
    assert done.state == "waiting"
    for doing, state in (("pause", "paused"), ("resume", "new")):
        olga.post(f"{HERE}/webhooks/{hook.public_id}", do=doing)
        db.session.expire_all()
        assert hook.state == state
    assert olga.get(f"/dashboard/sites/mountain/webhooks/{hook.public_id}").status_code == 404
    olga.post(f"{HERE}/webhooks/{hook.public_id}", do="remove")
    assert "No webhooks yet." in olga.page(f"{HERE}/webhooks")
    olga.post(f"{HERE}/webhooks", url="http://u:p@example.org/", events="comment.published")
    assert "contain a user name" in olga.page(f"{HERE}/webhooks")


def test_old_pages_are_looked_at(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga = sign_in("olga")
    html = (
        b'<script src="//connect.facebook.net/de_DE/sdk.js#xfbml=1"></script>'
        b'<div class="fb-comments" data-href="https://elsewhere.example/" data-numposts=5></div>'
    )
    found = olga.post(
        "/migrate",
        site="harbour",
        base="https://news.example.org",
        files=upload(html, "a/index.html"),
    ).text
    assert "1 page: 1 box, 0 counts, 1 conversation." in found
    assert "https://comments.example.com/de_DE/sdk.js#xfbml=1" in found
    assert "not one of the site" in found and "numposts=5" in found
    assert "Choose files" in olga.post("/migrate", site="harbour").text
    private = olga.post("/migrate", site="harbour", url="http://127.0.0.1:8080/")
    assert private.status_code == 422 and "private address" in private.text
    assert 'value="http://127.0.0.1:8080/"' in private.text  # what was typed is still there
    assert sign_in("rita").get("/migrate").status_code == 403


def test_what_stands_in_a_file_stays_text(cast: Cast, sign_in: SignIn) -> None:
    olga = sign_in("olga")
    evil = "<script>alert(1)</script>"
    bad = f"thread_url,text\nhttps://elsewhere.example/{evil},x\n".encode()
    said = olga.post(f"{HERE}/import", file=upload(bad), do="1").text
    html = f"<div class=fb-comments data-href='javascript:{evil}'></div>".encode()
    looked = olga.post("/migrate", site="harbour", files=upload(html, f"{evil}.html")).text
    assert evil not in said + looked


def test_every_language_has_these_pages() -> None:
    english = json.loads((FOLDER / "en" / "exchange.json").read_text("utf-8"))
    for name in ("de", "fr", "es", "ar", "it", "pt_BR", "nl"):
        other = json.loads((FOLDER / name / "exchange.json").read_text("utf-8"))
        assert other.keys() == english.keys(), name
