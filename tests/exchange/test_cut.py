"""Files that end too early, anywhere: what was whole comes in, and the rest is said."""

from __future__ import annotations

import gzip
import io
import re
import sqlite3
from dataclasses import replace
from json import dumps, loads
from typing import TYPE_CHECKING

import pytest

from commentsvc.core.errors import Invalid
from commentsvc.exchange.formats import detect, write
from commentsvc.exchange.importing.commands import import_comments
from tests.exchange.reading import SAMPLES, Result, result
from tests.exchange.test_import import PAGE, comment, stored, thread

if TYPE_CHECKING:
    from pathlib import Path

    from tests.people import Cast

FILES = (
    "artalk.json", "commento.json", "coral.jsonl", "disqus.xml", "giscus.json", "twikoo.json",
    "facebook-page.html", "facebook-webhook.jsonl",
    "facebook/ids-map.json", "facebook/page-1.json", "isso-generic.json", "remark42-tree.json",
    "remark42.jsonl", "valine.json", "wordpress.xml",
)  # fmt: skip
#: What ends one comment, where comments stand one behind the other.
ENDS = {
    "wordpress.xml": rb"</wp:comment>",
    "disqus.xml": rb"</post>",
    "commento.json": rb'"deleted": \w+\}',
    "artalk.json": rb'"site_urls": "[^"]*"\}',
    "valine.json": rb'"url": "/p/"\}',
    "isso-generic.json": rb'"text": "\w+"(, "parent": 1)?\}',
    "remark42-tree.json": rb'"time": "[^"]*"\}',
    "facebook/page-1.json": rb'"(like_count": 1|parent": \{[^}]*\})\}',
}
APART = ("commento.json", "coral.jsonl")  # whose comments and names of authors stand apart
OF_LINES = ("facebook-webhook.jsonl", "coral.jsonl", "remark42.jsonl", "own.csv")


def cut(path: Path, data: bytes, name: str) -> Result | None:
    """What a file of these bytes gives; None when it is refused as a whole."""
    path.write_bytes(data)
    try:
        found = result(path, name)
    except Invalid:
        return None
    return None if found.nothing else found


def same_words(found: Result, whole: Result, *, names: bool = True) -> bool:
    """Whether every comment of a cut file is as it is in the whole one."""
    return all(
        each.text == whole.comments[key].text
        and (not names or each.author == whole.comments[key].author)
        and each.status == whole.comments[key].status
        for key, each in found.comments.items()
    )


#: `make test` cuts at every other place.
often = pytest.mark.parametrize("every", [2, pytest.param(1, marks=pytest.mark.drill)])


def check(path: Path, data: bytes, name: str, kind: str, every: int) -> None:
    whole = cut(path, data, name)
    assert whole is not None and not whole.broken and whole.comments
    ends = [match.end() for match in re.finditer(ENDS.get(kind, rb"\A(?!)"), data)]
    most = 0
    near = {end + off for end in ends or range(0, len(data), 40) for off in (-1, 0, 1)}
    places = sorted(near & set(range(len(data))) | set(range(0, len(data), 61)))
    for at in places[::every]:
        found = cut(path, data[:at], name)
        if found is None:
            continue
        assert same_words(found, whole, names=kind not in APART), at
        assert len(found.comments) >= most, at  # what came in once is not lost by a longer file
        most = len(found.comments)
        lost = most < len(whole.comments)
        said = found.broken or (kind in OF_LINES and found.kinds.get("open_end"))
        # nobody can tell that lines followed behind a whole one, or behind the only one
        at_line_end = kind in OF_LINES and (data[at - 1 : at] == b"\n" or at == data.find(b"\n"))
        assert said or not lost or at_line_end, at
        if kind in ENDS:
            # pingbacks and the like end as comments do
            left_out = found.counts.get("pingbacks", 0) + found.counts.get("other_kinds", 0)
            assert len(found.comments) + left_out >= sum(end <= at for end in ends), at
        if kind == "wordpress.xml":
            assert all(each.url for each in found.threads.values()), at


@often
@pytest.mark.parametrize("kind", FILES)
def test_what_stands_before_a_cut_comes_in_and_the_cut_is_said(kind, tmp_path, every) -> None:
    source = SAMPLES / kind
    data = source.read_bytes()
    if (
        kind == "isso-generic.json"
    ):  # with the address before the comments, as its documentation has it
        pages = [{"id": page.pop("id"), "title": page.pop("title"), **page} for page in loads(data)]
        data = dumps(pages).encode()
    elif kind == "facebook-webhook.jsonl":
        data = data[: data.rindex(b"\n{") + 1]  # its last line is broken already
    check(tmp_path / "cut", data, detect(source), kind, every)


def written(name: str) -> bytes:
    out = io.BytesIO()
    texts = 'He said "hi"', "two\nlines", "plain", 'ends with a quote "'
    records = [comment(str(at), text=text) for at, text in enumerate(texts)]
    write(name, [thread(), *records], out)
    return out.getvalue()


@often
@pytest.mark.parametrize("name", ["csv", "commentsvc", "wordpress", "facebook"])
def test_our_own_exports_are_no_exception(name, tmp_path, every) -> None:
    check(tmp_path / "cut", written(name), name, f"own.{name}", every)


def test_a_table_of_others_says_when_its_last_row_may_be_cut(tmp_path) -> None:
    path = tmp_path / "cut"
    head = b"thread_url,author_name,text\nhttps://a.example/,Ann,first\n"
    found = cut(path, head + b"https://a.example/,Bob,sec", "csv")
    assert found is not None and len(found.comments) == 2 and found.kinds["open_end"] == 1
    for rest in (b"https://a.ex", b"https://a.example/,Bo", b'https://a.example/,Bob,"two\nli'):
        found = cut(path, head + rest, "csv")
        assert found is not None and len(found.comments) == 1 and "cut off" in (found.broken or "")
    found = cut(path, head, "csv")
    assert found is not None and "open_end" not in found.kinds


@pytest.mark.parametrize("kind", ["disqus.xml", "commento.json", "wordpress.xml"])
def test_archives_that_are_cut_give_what_they_hold(kind, tmp_path) -> None:
    source = SAMPLES / kind
    data = source.read_bytes()
    packed = gzip.compress(data, 0)  # stored as it is, so that it is known what has arrived
    whole = result(source)
    most = 0
    for at in range(64, len(packed) - 9, 31):
        found = cut(tmp_path / "cut.gz", packed[:at], detect(source))
        if found is None:
            continue
        assert found.broken and "gzip" in found.broken
        assert same_words(found, whole, names=kind != "commento.json")
        assert len(found.comments) >= most
        most = len(found.comments)
    assert most >= len(whole.comments) - 1


def test_a_cut_comes_after_pieces_that_were_read_whole(tmp_path) -> None:
    posts = "".join(
        f'<post dsq:id="{n}"><message>words {n}</message><thread dsq:id="1"/></post>'
        for n in range(4000)
    )
    head = (
        '<?xml version="1.0"?><disqus xmlns="http://disqus.com"'
        ' xmlns:dsq="http://disqus.com/disqus-internals"><thread dsq:id="1"/>'
    )
    for data in (f"{head}{posts}<post", f"{head}{posts}</wrong>"):
        found = cut(tmp_path / "cut", data.encode(), "disqus")
        assert found is not None and found.broken and len(found.comments) == 4000
        found = cut(tmp_path / "cut", gzip.compress(data.encode())[:-300], "disqus")
        assert found is not None and found.broken and 3000 < len(found.comments) <= 4000


def test_a_cut_database_is_told(tmp_path) -> None:
    path = tmp_path / "isso.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE threads (id INTEGER PRIMARY KEY, uri TEXT, title TEXT)")
        db.execute("CREATE TABLE comments (tid, id INTEGER PRIMARY KEY, mode, text, author)")
        db.execute("INSERT INTO threads VALUES (1, '/a', 'A')")
        rows = [(1, n, 1, f"words {n} " + "x" * 200, "Ann") for n in range(400)]
        db.executemany("INSERT INTO comments VALUES (?, ?, ?, ?, ?)", rows)
    db.close()
    data = path.read_bytes()
    assert len(result(path, "isso").comments) == 400
    for at in range(100, len(data), 6000):
        found = cut(path, data[:at], "isso")
        assert found is None or found.broken
        assert found is None or all(
            each.text == f"words {key} " + "x" * 200 for key, each in found.comments.items()
        )
    assert found is not None and 300 < len(found.comments) < 400


def test_a_part_without_any_comment_is_no_success(cast: Cast, tmp_path) -> None:
    from commentsvc.exchange.formats import read

    path = tmp_path / "cut.xml"
    text = (SAMPLES / "wordpress.xml").read_text("utf-8")
    path.write_text(text[: text.index("</wp:comment>")], "utf-8")
    with (
        read(path) as reading,
        pytest.raises(Invalid, match="There are no comments before the damage"),
    ):
        import_comments(cast.site, reading, part=True)
    assert stored() == {}


def test_the_first_post_of_a_cut_file_comes_in(cast: Cast, tmp_path) -> None:
    from commentsvc.exchange.formats import read

    out = io.BytesIO()
    write("wordpress", [replace(thread(), url=PAGE), comment("1"), comment("2")], out)
    path = tmp_path / "cut.xml"
    path.write_bytes(out.getvalue()[: out.getvalue().rindex(b"</wp:comment>")])
    with read(path) as reading:
        report = import_comments(cast.site, reading, part=True)
    assert report.taken["comments"] == 1 and len(stored()) == 1
    assert any("Only the part before the damage" in each for each in report.sentences("en"))
