"""Twikoo, Giscus and Coral: field by field."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core.errors import Invalid
from commentsvc.exchange.formats import detect, read
from commentsvc.exchange.importing.commands import import_comments
from tests.exchange.reading import SAMPLES, Result, result

if TYPE_CHECKING:
    from pathlib import Path

    from tests.people import Cast


def of(folder: Path, value: Any, name: str | None = None) -> Result:
    path = folder / "file"
    path.write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
    return result(path, name)


@pytest.mark.parametrize("name", ["twikoo.json", "giscus.json", "coral.jsonl"])
def test_it_works(cast: Cast, name: str) -> None:
    """Found by its content, taken in, and nothing more the second time. No machine's address comes along."""
    path = SAMPLES / name
    assert detect(path) == name.partition(".")[0]
    assert "203.0.113" not in repr(result(path).records)
    taken = []
    for _ in range(2):
        with read(path) as reading:
            taken.append(import_comments(cast.site, reading, addresses=None).taken)
    assert taken[1]["comments"] == 0 and taken[0]["comments"] == taken[1]["comments_known"]


def test_twikoo() -> None:
    found = result("twikoo.json")
    assert {each.url for each in found.threads.values()} == {
        "https://news.example/post/",
        "/other/",
    }
    first, answer, spam = (found.comments[name] for name in ("a1", "a2", "a3"))
    assert first.text == "A **fine** post." and first.likes == 2 and first.edited_at is None
    assert (first.author.name, first.author.email) == ("Ann", "ann@example.org")
    assert first.created_at == datetime(2020, 9, 13, 12, 26, 40, tzinfo=UTC)
    assert answer.parent_source_id == "a1" and answer.edited_at is not None
    assert (spam.status, spam.reason, spam.text) == ("rejected", "spam", "Buy now")
    assert spam.author.url is None


def test_twikoo_in_other_wrappings(tmp_path: Path) -> None:
    rows = json.loads((SAMPLES / "twikoo.json").read_text())
    whole = result("twikoo.json").comments
    assert of(tmp_path, {"code": 0, "data": rows}).comments == whole
    for row in rows:  # mongoexport
        row |= {"_id": {"$oid": row["_id"]}, "created": {"$numberLong": str(row["created"])}}
    assert of(tmp_path, "\n".join(map(json.dumps, rows)) + "\n", "twikoo").comments == whole


def test_giscus() -> None:
    found = result("giscus.json")
    bridge, about = found.threads["7"], found.threads["8"]
    assert (bridge.url, bridge.closed) == ("https://news.example/blog/bridge/", False)
    assert (about.url, about.closed) == ("/about/us", True)
    first, reply = found.comments["DC_1"], found.comments["DC_2"]
    assert (first.text, first.likes, first.parent_source_id) == ("A **fine** bridge.", 5, None)
    assert (first.author.name, first.author.source_id) == ("Ann", "ann")
    assert (reply.parent_source_id, reply.edited_at) == (
        "DC_1",
        datetime(2022, 1, 2, 12, tzinfo=UTC),
    )
    spam, gone = found.comments["DC_3"], found.comments["DC_4"]
    assert (spam.status, spam.reason, spam.author.name) == ("rejected", "spam", None)
    assert (gone.status, gone.text) == ("withdrawn", "")
    assert "incomplete" not in found.kinds


def test_giscus_in_other_wrappings(tmp_path: Path) -> None:
    answer = json.loads((SAMPLES / "giscus.json").read_text())
    whole = result("giscus.json").comments
    nodes = answer["data"]["repository"]["discussions"]["nodes"]
    edges = {"data": {"search": {"edges": [{"node": each} for each in nodes]}}}
    one = [{"data": {"repository": {"discussion": each}}} for each in nodes]
    for value in (edges, one, [answer], "\n".join(map(json.dumps, one))):
        assert of(tmp_path, value, "giscus").comments == whole


def test_giscus_says_what_is_missing(tmp_path: Path) -> None:
    """GitHub answers with at most 100 of anything: a part is never taken for the whole."""
    answer = json.loads((SAMPLES / "giscus.json").read_text())
    found = answer["data"]["repository"]["discussions"]
    found["pageInfo"]["hasNextPage"] = True
    found["nodes"][0]["comments"]["totalCount"] = 150
    found["nodes"][1]["comments"]["nodes"][0]["replies"] = {"totalCount": 2, "nodes": []}
    assert of(tmp_path, answer).kinds["incomplete"] == 3
    first = json.dumps(answer)
    found["pageInfo"]["hasNextPage"] = False  # the next page, in the same file
    assert of(tmp_path, f"{first}\n{json.dumps(answer)}").kinds["incomplete"] == 4
    error = {"data": None, "errors": [{"message": "API rate limit exceeded"}]}
    assert of(tmp_path, [answer, error], "giscus").kinds["shape"] == 1


@pytest.mark.parametrize(
    ("title", "body", "url"),
    [
        ("index", "", "/"),
        ("blog/a/", "", "/blog/a/"),
        ("a.html", "", "/a.html"),
        ("https://e.org/a", "", "https://e.org/a"),
        ("Either/or, a question", "", None),
        ("Welcome", "# Welcome\n\nSee https://x.example for more.\n", None),
        ("Welcome", "# Welcome\n\n<https://e.org/w>\n", "https://e.org/w"),
        ("Welcome", None, None),
    ],
)
def test_the_page_of_a_discussion(tmp_path: Path, title: str, body: Any, url: str | None) -> None:
    comments = {"nodes": [{"id": "1", "bodyHTML": "<p>Hi</p>"}]}
    node = {"number": 1, "title": title, "body": body, "comments": comments}
    found = of(tmp_path, {"data": {"node": node}}, "giscus")
    assert found.threads["1"].url == url and found.comments["1"].text == "Hi"


def test_coral() -> None:
    found = result("coral.jsonl")
    story = found.threads["s1"]
    assert (story.url, story.title, story.closed) == ("https://news.example/a", "A & B", True)
    assert found.threads["s2"].url is None, "its story is not in the file: --map names the page"
    first, reply = found.comments["c1"], found.comments["c2"]
    assert first.text == "A **fine** bridge.\nReally."
    assert (first.likes, first.featured, first.author.email) == (3, True, "ann@example.org")
    assert first.edited_at == datetime(2021, 1, 1, 0, 1, tzinfo=UTC)
    assert reply.parent_source_id == "c1" and reply.author.name is None
    states = {name: (each.status, each.reason) for name, each in found.comments.items()}
    assert states["c3"] == ("pending", None) and states["c5"] == ("pending", None)
    assert states["c4"] == ("withdrawn", "deleted")
    assert (found.kinds["author_missing"], found.kinds["status"]) == (1, 1)


def test_coral_in_other_wrappings(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in (SAMPLES / "coral.jsonl").read_text().splitlines()]
    whole = result("coral.jsonl").comments
    member = {"stories": rows[:1], "users": rows[1:2], "comments": rows[2:]}
    arrays = "\n".join(json.dumps(some) for some in (rows[2:], rows[1:2], rows[:1]))
    for value in (member, arrays, rows):
        assert of(tmp_path, value, "coral").comments == whole


def test_stories_and_users_alone_are_no_success(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    path.write_text('{"tenantID": "t", "id": "u1", "username": "Ann", "createdAt": 1}\n' * 2)
    assert detect(path) == "coral"
    with read(path) as reading, pytest.raises(Invalid) as refusal:
        import_comments(cast.site, reading)
    assert refusal.value.key == "invalid.file.nothing"
