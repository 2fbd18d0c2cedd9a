"""Disqus, WordPress, Isso, Remark42, Commento, Artalk and Valine: field by field."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime

import pytest

from commentsvc.exchange.formats import detect
from tests.exchange.reading import SAMPLES, result
from tests.tables import every_row


@every_row(
    ("sample", "name"),
    [
        ("disqus.xml", "disqus"), ("wordpress.xml", "wordpress"), ("isso-generic.json", "isso"),
        ("remark42.jsonl", "remark42"), ("remark42-tree.json", "remark42"),
        ("commento.json", "commento"), ("artalk.json", "artalk"), ("valine.json", "artalk"),
        ("facebook", "facebook"), ("facebook/page-1.json", "facebook"),
        ("facebook-webhook.jsonl", "facebook"), ("facebook-page.html", "facebook"),
    ],
)  # fmt: skip
def test_formats_are_told_by_content(sample, name) -> None:
    assert detect(SAMPLES / sample) == name


def test_disqus() -> None:
    found = result("disqus.xml")
    assert not found.broken
    thread = found.threads["10"]
    assert (thread.url, thread.title, thread.closed) == ("https://news.example/a", "A & B", True)
    assert [item.source_id for item in found.comments.values()][:2] == ["101", "104"]
    reply = found.comments["103"]
    assert reply.parent_source_id == "101"  # though it stands before it in the file
    assert reply.text == (
        "A reply that stands before what it answers, with https://x.example/long/path and"
        " **weight**."
    )
    assert (reply.author.name, reply.author.email, reply.author.source_id) == (
        "Nia",
        "nia@example.org",
        "nia9",
    )
    spam, deleted = found.comments["104"], found.comments["105"]
    assert (spam.status, spam.reason, spam.parent_source_id) == ("rejected", "spam", None)
    assert spam.created_at == datetime(2015, 1, 2, tzinfo=UTC)  # its neighbour's
    assert (deleted.status, deleted.text) == ("withdrawn", "")
    assert found.kinds == {"date": 1, "parent_missing": 1}
    made = [name for name in found.comments if name.startswith("made-")]
    assert len(made) == 1 and made == [n for n in result("disqus.xml").comments if n in made]


def test_no_address_of_a_machine_is_carried() -> None:
    for sample in ("disqus.xml", "wordpress.xml", "isso-generic.json", "artalk.json"):
        assert "203.0.113" not in repr(result(sample).records)


def test_wordpress() -> None:
    found = result("wordpress.xml")
    hello, secret = found.threads["5"], found.threads["6"]
    assert (hello.url, hello.closed, hello.private) == (
        "https://blog.example/en/hello",
        True,
        False,
    )
    assert secret.private and "8" not in found.threads
    assert hello.source == "wordpress:blog.example/en"
    first = found.comments["1"]
    assert first.source == hello.source
    assert first.text == "Two\nlines, *one* [link](https://x.example/y).\n\nAnd 3 * 4."
    assert (first.author.name, first.author.url, first.author.source_id) == ("Mr Ω", None, "7")
    assert first.created_at == datetime(2016, 1, 2, 11, tzinfo=UTC)
    states = {key: (item.status, item.reason) for key, item in found.comments.items()}
    assert states == {
        "1": ("published", None), "2": ("pending", None), "4": ("rejected", "spam"),
        "5": ("rejected", "trash"), "7": ("published", None),
    }  # fmt: skip
    assert found.comments["2"].parent_source_id == "1"
    assert found.comments["4"].created_at == datetime(2016, 1, 4, 9, tzinfo=UTC)
    assert (found.counts["pingbacks"], found.counts["other_kinds"]) == (1, 1)
    assert found.counts["items"] == 3


def test_wordpress_that_breaks_off_says_so_and_keeps_what_stood_before(tmp_path) -> None:
    text = (SAMPLES / "wordpress.xml").read_text("utf-8")
    path = tmp_path / "cut.xml"
    path.write_text(text[: text.index("<wp:comment_id>5")], "utf-8")
    found = result(path)
    assert found.broken and "line" in found.broken
    assert set(found.comments) == {"1", "2", "4"}


@pytest.fixture
def isso_database(tmp_path):
    path = tmp_path / "c.sqlite"
    db = sqlite3.connect(path)
    db.executescript(
        "CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR, title VARCHAR);"
        "CREATE TABLE comments (tid, id INTEGER PRIMARY KEY, parent, created FLOAT, modified FLOAT,"
        " mode, remote_addr, text, author, email, website, likes, dislikes, voters BLOB);"
        "INSERT INTO threads VALUES (1, '/über/', 'Ü');"
    )
    db.executemany(
        "INSERT INTO comments VALUES (1, ?, ?, ?, ?, ?, '127.0.0.0', ?, ?, ?, ?, ?, 1, x'00')",
        [
            (
                1,
                None,
                1400000000.5,
                None,
                1,
                "A **bold** <b>one</b>",
                "Al",
                "al@example.org",
                "",
                3,
            ),
            (2, 1, 1400000001, 1400000009, 2, "held", None, None, "http://x.example", 0),
            (3, 1, 1400000002, None, 4, "", "", "", "", 0),
            (4, 1, "x", None, 1, b"\xff\xfe", "", "", "", 0),
        ],
    )
    db.commit()
    db.close()
    return path


def test_isso_database(isso_database) -> None:
    found = result(isso_database)
    assert found.threads["1"].url == "/über/"
    first = found.comments["1"]
    assert (first.text, first.likes, first.author.email) == (
        "A **bold** **one**",
        3,
        "al@example.org",
    )
    assert first.created_at == datetime(2014, 5, 13, 16, 53, 20, 500000, tzinfo=UTC)
    assert first.reactions == {"dislike": 1}
    assert found.comments["2"].status == "pending" and found.comments["2"].edited_at
    assert found.comments["3"].status == "withdrawn"
    assert found.comments["4"].created_at == first.created_at  # no date: its parent's
    assert found.kinds["date"] == 1


def test_isso_database_with_a_log_beside_it(isso_database) -> None:
    db = sqlite3.connect(isso_database)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA wal_autocheckpoint = 0")
    db.execute("INSERT INTO comments (tid, id, created, mode, text) VALUES (1, 9, 1.5e9, 1, 'new')")
    db.commit()
    try:
        assert result(isso_database).comments["9"].text == "new"
    finally:
        db.close()


def test_isso_generic() -> None:
    found = result("isso-generic.json")
    assert found.threads["/posts/2/"].title == "A & B"
    assert len(found.comments) == 4  # two of one thread carry the same id
    assert found.comments["/posts/2/#2"].parent_source_id == "/posts/2/#1"
    assert found.comments["/posts/1/#0"].author.url == "http://w.example"


def test_remark42_backup() -> None:
    found = result("remark42.jsonl")
    page = found.threads["https://blog.example/a"]
    assert (page.closed, page.title) == (True, "A page")
    first, second = found.comments["c1"], found.comments["c2"]
    assert first.text == "some **bold** text"
    assert second.text == "only *rendered*, see [here](https://x.example)"
    assert (first.likes, second.likes) == (2, 0)
    # of the second, only the score is known
    assert (first.reactions, second.reactions) == ({"dislike": 1}, {"dislike": 2})
    assert first.created_at == datetime(2021, 2, 3, 10, 5, 6, 123456, tzinfo=UTC)
    assert first.edited_at and first.author.source_id == "github_1"
    assert found.comments["c3"].status == "withdrawn"
    lost = found.comments["c4"]
    assert lost.parent_source_id is None and lost.created_at is not None
    assert found.kinds == {"parent_missing": 1, "date": 1}
    assert found.counts["blocked_users"] == 1


def test_remark42_tree() -> None:
    found = result("remark42-tree.json")
    assert [item.parent_source_id for item in found.comments.values()] == [None, "1", "11"]
    assert found.counts["max_depth"] == 2


def test_commento() -> None:
    found = result("commento.json")
    assert next(iter(found.threads.values())).url == "https://blog.example/post"
    first, reply, gone = (found.comments[key] for key in ("aa", "ab", "ac"))
    assert (first.text, first.likes, first.author.name) == ("**Markdown** stays", 4, None)
    assert (reply.text, reply.status, reply.likes) == ("from *HTML*", "pending", 0)
    assert reply.author.email == "finn@example.org" and reply.parent_source_id == "aa"
    assert (gone.status, gone.text) == ("withdrawn", "")


def test_artalk() -> None:
    found = result("artalk.json")
    page = next(iter(found.threads.values()))
    assert (page.url, page.title, page.closed) == ("https://blog.example/hello", "Hello", True)
    first, second = found.comments.values()
    assert (first.text, first.likes, first.reactions) == ("Hello **there**", 3, {"dislike": 1})
    assert found.comments["2"].reactions == {}
    assert first.created_at == datetime(2021, 10, 26, 17, 4, 29, tzinfo=UTC)
    assert first.edited_at == datetime(2021, 10, 26, 18, 4, 29, tzinfo=UTC)
    assert second.text == "Already **Markdown** with `<b>` in code"
    assert (second.status, second.parent_source_id) == ("pending", "1")


def test_valine() -> None:
    found = result("valine.json")
    first, reply = found.comments["v1"], found.comments["v2"]
    assert (first.status, first.reason) == ("rejected", "spam")
    assert reply.text == "@Lin , nice" and reply.parent_source_id == "v1"
    assert reply.created_at == datetime(2021, 10, 26, 13, 3, 40, 12000, tzinfo=UTC)
    assert found.threads["/p/"].url == "/p/"


@pytest.mark.parametrize("text", [42, 3.5, "42"])
def test_a_text_of_digits_may_be_a_number(text, tmp_path) -> None:
    path = tmp_path / "commento.json"
    row = {"commentHex": "a", "domain": "b.example", "url": "/p", "commenterHex": "f1",
           "markdown": text, "parentHex": "root", "state": "approved", "deleted": False}  # fmt: skip
    person = {"commenterHex": "f1", "name": 1984}
    path.write_text(json.dumps({"version": 1, "comments": [row], "commenters": [person]}))
    found = result(path)
    assert (found.comments["a"].text, found.comments["a"].author.name) == (str(text), "1984")
