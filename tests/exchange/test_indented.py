"""A comment that begins with indented code keeps it, whatever format the file has."""

from __future__ import annotations

import csv
import io
import json
import sqlite3

import pytest

from commentsvc.threads import text
from tests.exchange.reading import result

CODE = "    def f():\n        return 1"
URL = "https://news.example/a"


def isso(path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE threads (id INTEGER, uri TEXT, title TEXT)")
        db.execute("CREATE TABLE comments (id, tid, parent, created, mode, text, author)")
        db.execute("INSERT INTO threads VALUES (1, '/a', 'A')")
        db.execute("INSERT INTO comments VALUES (1, 1, NULL, 1.6e9, 1, ?, 'Ann')", (CODE,))
    db.close()


def page(body: str) -> str:
    return (
        f'<html><head><link rel="canonical" href="{URL}"></head><noscript><ol>'
        f'<li id="comment-1_2"><p><a href="#">Ann</a>:</p><div itemprop="commentText">{body}</div>'
        "</li></ol></noscript>"
    )


def table() -> str:
    out = io.StringIO()
    csv.writer(out).writerows([["thread_url", "text"], [URL, CODE]])
    return out.getvalue()


FILES = {
    "facebook": json.dumps({"data": [{"id": "1_2", "message": CODE, "from": {"name": "Ann"}}]}),
    "facebook page": page(CODE.replace(" ", "\xa0").replace("\n", "<br/>")),
    "artalk": json.dumps([{"id": 1, "page_key": URL, "content": CODE, "nick": "Ann"}]),
    "valine": json.dumps([{"objectId": "1", "url": URL, "comment": CODE, "nick": "Ann"}]),
    "isso": isso,
    "isso generic": json.dumps([{"id": URL, "comments": [{"id": 1, "text": CODE, "author": "A"}]}]),
    "remark42": json.dumps({"comments": [{"id": "1", "locator": {"url": URL}, "orig": CODE}]}),
    "commento": json.dumps(
        {"version": 1, "commenters": [], "comments": [
            {"commentHex": "1", "domain": "news.example", "url": "/a", "markdown": CODE,
             "state": "approved"}]}
    ),
    "csv": table(),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_it_works(tmp_path, name) -> None:
    path, made = tmp_path / "file", FILES[name]
    if callable(made):
        made(path)
    else:
        path.write_text(made)
    (comment,) = result(path, name.partition(" ")[0].replace("valine", "artalk")).comments.values()
    shown = text.html(comment.text)
    assert shown.startswith("<pre><code>") and "\n    " in shown.replace("&nbsp;", " ")


def test_an_own_row_of_a_spreadsheet_stays_as_it_was(tmp_path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(f'thread_url,source,text\n{URL},commentsvc,"{CODE}"\n')
    assert [each.text for each in result(path).comments.values()] == [CODE]
