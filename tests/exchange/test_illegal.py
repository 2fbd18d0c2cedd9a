"""What is illegal in a file is dropped and counted; what is not understood is refused in words."""
# ruff: noqa: E501

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from commentsvc.core.errors import Invalid
from commentsvc.exchange.formats import detect, read
from commentsvc.exchange.importing.commands import import_comments
from commentsvc.exchange.importing.mending import Mending
from tests.exchange.reading import result

if TYPE_CHECKING:
    from pathlib import Path

    from tests.people import Cast

WXR = """<?xml version="1.0" encoding="UTF-8"?>
<rss xmlns:content="c" xmlns:wp="http://wordpress.org/export/1.2/"><channel>
<wp:base_blog_url>https://blog.example</wp:base_blog_url>
<item><title>{title}</title><link>https://blog.example/a</link><content:encoded><![CDATA[{body}]]>
</content:encoded><wp:post_id>1</wp:post_id>
{comments}</item></channel></rss>"""
COMMENT = """<wp:comment><wp:comment_id>{id}</wp:comment_id>
<wp:comment_author>{author}</wp:comment_author>
<wp:comment_date_gmt>2020-01-0{id} 10:00:00</wp:comment_date_gmt>
<wp:comment_content>{text}</wp:comment_content><wp:comment_approved>1</wp:comment_approved>
<wp:comment_user_id>{user}</wp:comment_user_id></wp:comment>"""


def comment(number: int = 1, text: str = "Fine.", author: str = "Ann", user: int = 0) -> str:
    return COMMENT.format(id=number, text=text, author=author, user=user)


def wxr(*comments: str, title: str = "A", body: str = "") -> str:
    return WXR.format(comments="".join(comments or (comment(),)), title=title, body=body)


def stored(folder: Path, content: str | bytes) -> Path:
    path = folder / "file"
    path.write_bytes(
        content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    )
    return path


@pytest.mark.parametrize(
    ("text", "kept", "counts"),
    [
        ("a\x03b", "ab", {"forbidden_characters": 1}),
        ("a\x00\x08\x0b\x1f\ufffe\uffffb", "ab", {"forbidden_characters": 6}),
        ("a&#3;&#x1F;&#xFFFE;&#0;b", "ab", {"forbidden_characters": 4}),
        ("a\ud83db", "ab", {"forbidden_characters": 1}),
        ("caf&eacute;&nbsp;&hellip; &amp;amp; &bogus;", "café … & &bogus;", {"html_entities": 4}),
        ("<![CDATA[caf&eacute; \x03]]>", "café", {"forbidden_characters": 1}),
        ("<![CDATA[a]]> &euro; <!-- &eacute; -->", "a €", {"html_entities": 1}),
        ("5 &lt; 6 &#233;", "5 < 6 é", {}),
        (
            "AT&T & friends &; &#; &#x; &my_name;",
            "AT&T & friends &; &#; &#x; &my_name;",
            {"bare_marks": 6},
        ),
        ("&#99999999999; ok", "\ufffd ok", {"bare_marks": 1}),
        ("1 < 2, 3<4 and <<", "1 < 2, 3<4 and <<", {"bare_marks": 4}),
        ("a ]]> b", "a ]]> b", {"bare_marks": 1}),
        ("<![CDATA[a ]]> b ]]>", "a b ]]>", {"bare_marks": 1}),
    ],
)
def test_one_illegal_character_costs_no_comment(tmp_path, text, kept, counts) -> None:
    found = result(stored(tmp_path, wxr(comment(1, text), comment(2))))
    assert not found.broken and [each.text for each in found.comments.values()] == [kept, "Fine."]
    named = ("forbidden_characters", "html_entities", "foreign_bytes", "bare_marks")
    assert {name: found.counts[name] for name in named if found.counts.get(name)} == counts


def test_a_post_that_nobody_wants_stops_nothing(tmp_path) -> None:
    found = result(stored(tmp_path, wxr(body="x\x03 ]] > &bad; \x1b", title="T&nbsp;\x02")))
    assert not found.broken and found.counts["comments"] == 1
    assert found.counts["forbidden_characters"] == 3
    assert found.threads["1"].title == "T"


def test_white_space_and_bytes_of_another_encoding_are_borne(tmp_path) -> None:
    data = b"\n  \t" + wxr(comment(1, "caf@ \u2014 ok")).encode().replace(b"@", b"\xe9")
    found = result(stored(tmp_path, data))
    assert found.comments["1"].text == "café — ok" and found.counts["foreign_bytes"] == 1
    latin = wxr(comment(1, "café")).replace("UTF-8", "ISO-8859-1").encode("latin-1")
    assert result(stored(tmp_path, latin)).comments["1"].text == "café"
    wide = wxr(comment(1, "café")).replace("UTF-8", "UTF-16").encode("utf-16")
    assert result(stored(tmp_path, wide)).comments["1"].text == "café"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("artalk", b'  [{"id": 1, "page_key": "/a", "nick": "A", "content": "a\x03b caf\xe9"}]'),
        ("commento", b'{"version": 1, "commenters": [], "comments": [{"commentHex": "c1", "domain": "e.org",'
                     b' "url": "/a", "markdown": "a\x03b caf\xe9", "state": "approved"}]}'),
        ("remark42", b'{"version": 1, "users": [], "posts": []}\n{"id": "1", "text": "a\x03b caf\xe9",'
                     b' "locator": {"url": "https://e.org/a"}, "orig": "a\x03b caf\xe9"}'),
        ("isso", b'[{"id": "/a", "title": "A", "comments": [{"id": 1, "author": "A", "text": "a\x03b caf\xe9"}]}]'),
        ("csv", b"thread_url,text\nhttps://e.org/a,a\x03b caf\xe9\n"),
        ("twikoo", b'[{"_id": "1", "nick": "A", "url": "/a", "comment": "a\x03b caf\xe9", "mailMd5": ""}]'),
        ("giscus", b'{"data": {"repository": {"discussions": {"nodes": [{"number": 1, "title": "a/b",'
                   b' "comments": {"nodes": [{"id": "1", "body": "a\x03b caf\xe9"}]}}]}}}}'),
        ("coral", b'{"comments": [{"id": "1", "storyID": "s", "revisions": [{"body": "a\x03b caf\xe9"}],'
                  b' "status": "NONE"}]}'),
        ("facebook", b'{"data": [{"id": "1_2", "message": "a\x03b caf\xe9", "created_time": "2020-01-01"}]}'),
    ],
)  # fmt: skip
def test_every_format_bears_them(tmp_path, name, content) -> None:
    found = result(stored(tmp_path, content), name)
    assert not found.broken and [each.text for each in found.comments.values()] == ["ab café"]
    assert found.counts["forbidden_characters"] and found.counts["foreign_bytes"]


def test_document_types_stay_refused(tmp_path) -> None:
    bomb = wxr(comment(1, "&a;")).replace("<rss", '<!DOCTYPE rss [<!ENTITY a "b">]><rss')
    with pytest.raises(Invalid) as refusal:
        result(stored(tmp_path, bomb))
    assert refusal.value.key == "invalid.file.entities"


@pytest.mark.parametrize("size", [1, 7, 50, 64])
def test_pieces_of_any_size_are_mended_alike(size) -> None:
    text = wxr(
        comment(1, "a &eacute;&hellip;<![CDATA[x ]] ]&eacute;]]>&#3;é€&nbsp; & 1<2 ]]>" * 20)
    ).encode()
    whole, parts = Mending(text), Mending(text)
    expected = whole.feed(text, final=True)
    pieces = [parts.feed(text[at : at + size]) for at in range(0, len(text), size)]
    assert b"".join(pieces) + parts.feed(b"", final=True) == expected
    assert parts.counts == whole.counts and whole.counts["html_entities"] == 60


# --- what is not understood -----------------------------------------------------------------------

TWIKOO = '{"_id": "1", "nick": "A", "comment": "hi", "url": "/a", "created": 1600000000000}\n' * 2
SIGN_IN = "<html><head><title>Log in to Facebook</title></head><body><form></form></body></html>"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("artalk", TWIKOO, "_id, comment, created, nick, url"),
        ("facebook", SIGN_IN, "Log in to Facebook"),
        (None, SIGN_IN, "Log in to Facebook"),
        ("disqus", "<disqus><category/></disqus>", "<disqus>, <category>"),
        ("wordpress", "<rss><channel><title>Feed</title></channel></rss>", "Feed"),
        ("remark42", '{"hello": 1}', "hello"),
        ("commento", '{"version": 1, "comments": []}', "comments, version"),
        ("csv", "thread_url,text\n", "thread_url,text"),
        ("isso", "[]", "—"),
        ("twikoo", '[{"url": "/a", "time": 7}]', "time, url"),
        ("giscus", '{"data": {"repository": {"discussions": {"nodes": []}}}}', "discussions"),
        ("giscus", '{"errors": [{"message": "Bad credentials"}]}', "errors, message"),
        ("coral", '{"id": "s1", "url": "https://e.org/a"}\n' * 2, "id, url"),
    ],
)
def test_nothing_understood_is_never_success(cast: Cast, tmp_path, name, content, said) -> None:
    with read(stored(tmp_path, content), name) as reading, pytest.raises(Invalid) as refusal:
        import_comments(cast.site, reading, dry_run=True)
    assert refusal.value.key == "invalid.file.nothing" and said in refusal.value.detail


def test_waline(tmp_path) -> None:
    rows = [
        {"objectId": 1, "nick": "Ann", "mail": "a@e.org", "comment": "One", "url": "/a/", "status": "approved"},
        {"objectId": 2, "nick": "Bo", "comment": "Two", "url": "/a/", "status": "waiting", "pid": 1, "rid": 1},
        {"objectId": 3, "nick": "Cy", "comment": "Three", "url": "/b/", "status": "spam", "pid": 2, "rid": 1},
    ]  # fmt: skip
    for number, row in enumerate(rows, 1):
        row |= {
            "insertedAt": f"2021-10-0{number}T01:02:03.000Z",
            "ua": "x",
            "ip": "203.0.113.1",
            "like": 4,
        }
    data = {"Comment": rows, "Counter": [{"objectId": 9, "url": "/a/", "time": 7}], "Users": []}
    file = {"type": "waline", "version": 1, "time": 1, "tables": list(data), "data": data}
    path = stored(tmp_path, json.dumps(file))
    assert detect(path) == "artalk"
    found = result(path)
    states = {name: (each.status, each.parent_source_id) for name, each in found.comments.items()}
    assert states == {"1": ("published", None), "2": ("pending", "1"), "3": ("rejected", None)}
    assert found.comments["1"].likes == 4 and found.comments["1"].created_at.day == 1
    assert set(found.threads) == {"/a/", "/b/"} and "203.0.113" not in repr(found.records)


POSTS = {
    "by its fields": {"id": "10_20", "message": "News!", "created_time": "2019-01-01T00:00:00+0000",
                      "permalink_url": "https://www.facebook.com/10/posts/20", "link": "https://news.example/a"},
    "by its author": {"id": "10_20", "message": "News!", "from": {"id": "10", "name": "The Paper"}},
    "by its comments": {"id": "10_20", "message": "News!"},
    "a story": {"id": "10_20", "story": "The Paper shared a link.", "created_time": "2019-01-01"},
}  # fmt: skip

WRAPS = {
    "a list": lambda post: {"data": [post]},
    "alone": lambda post: post,
    "a page": lambda post: {"id": "10", "name": "The Paper", "posts": {"data": [post]}},
}


@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
@pytest.mark.parametrize("post", POSTS.values(), ids=POSTS)
def test_posts_name_the_thread_and_are_no_comments(tmp_path, post, wrap) -> None:
    reply = {"id": "20_31", "message": "Thanks", "from": {"id": "6", "name": "Bo"}}
    under = {
        "id": "20_30",
        "message": "Good",
        "from": {"id": "5", "name": "Ann"},
        "comments": {"data": [reply]},
    }
    found = result(
        stored(tmp_path, json.dumps(wrap(post | {"comments": {"data": [under]}}))), "facebook"
    )
    assert {name: each.parent_source_id for name, each in found.comments.items()} == {
        "20_30": None, "20_31": "20_30",
    }  # fmt: skip
    (thread,) = found.threads.values()
    assert thread.source_id == "10_20" and found.counts["posts"] == 1
    assert thread.url == post.get("link") and thread.title == post.get("message")


def test_one_id_and_two_comments_are_two(tmp_path) -> None:
    said = [("Ann", "One"), ("Ann", "One"), ("Joe", "Two"), ("Joe", "Two"), ("Joe", "Three")]
    rows = [
        {
            "id": 1,
            "page_key": "/a",
            "nick": name,
            "content": text,
            "created_at": f"2020-01-0{len(text)}",
        }
        for name, text in said
    ]
    path = stored(tmp_path, json.dumps(rows))
    found = result(path, "artalk")
    assert [(each.author.name, each.text) for each in found.comments.values()] == [
        said[0],
        *said[3:],
    ]
    assert list(found.comments) == list(
        result(path, "artalk").comments
    )  # so a second run adds nothing
    assert found.counts["duplicates"] == 2


def test_each_comment_has_the_name_it_was_signed_with(tmp_path) -> None:
    path = stored(
        tmp_path,
        wxr(*(comment(n, f"t{n}", name, 7) for n, name in enumerate(("Ann", "Joe", "Ann"), 1))),
    )
    authors = [each.author for each in result(path).comments.values()]
    assert [each.name for each in authors] == ["Ann", "Joe", "Ann"]
    assert authors[0].source_id == authors[2].source_id == "7" != authors[1].source_id


def test_indented_code_at_the_beginning_is_kept(tmp_path) -> None:
    code = "    if x:\n        y = 1\n\nWhat is wrong?\n\n\tz\n"
    kept = "```\nif x:\n    y = 1\n```\n\nWhat is wrong?\n\n```\nz\n```"
    rows = [{"id": 1, "page_key": "/a", "nick": "A", "content": "\n" + code}]
    assert result(stored(tmp_path, json.dumps(rows)), "artalk").comments["1"].text == kept
    isso = [{"id": "/a", "title": "A", "comments": [{"id": 1, "author": "A", "text": code}]}]
    assert (
        next(iter(result(stored(tmp_path, json.dumps(isso)), "isso").comments.values())).text
        == kept
    )


@pytest.mark.parametrize("start", ["", "\ufeff", "\ufeff\n "])
def test_a_mark_at_the_beginning_hides_no_format(tmp_path: Path, start: str) -> None:
    assert detect(stored(tmp_path, start + wxr())) == "wordpress"


@pytest.mark.parametrize("name", ["idna", "punycode", "undefined", "hex", "rot13", "no-such"])
def test_an_encoding_that_is_none_of_texts(name: str, tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    path.write_text(f'<?xml version="1.0" encoding="{name}"?><disqus xmlns="http://disqus.com"/>')
    with read(path) as reading:
        assert list(reading) == [] and reading.broken and name in reading.broken
