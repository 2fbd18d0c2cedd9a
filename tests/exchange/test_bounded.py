"""Files of any shape: twice the file is at most twice the work."""

from __future__ import annotations

import gzip

import pytest

from commentsvc.exchange.formats import read
from tests.growth import costs_at_most

SHAPES = {
    "a long line": (
        "remark42",
        lambda n: b'{"version": 1, "users": []}\n' + b'{"a": "' + b"x" * (n << 20),
    ),
    "blanks behind a line": (
        "remark42",
        lambda n: b'{"version": 1, "users": []}\n' + b"\n \n" * (n << 18),
    ),
    "a long tag": ("wordpress", lambda n: b'<rss a="' + b"x" * (n << 20)),
    "a long text": ("disqus", lambda n: b"<disqus><a>" + b"x &eacute; " * (n << 12)),
    "sections": ("disqus", lambda n: b"<disqus><a>" + b"<![CDATA[&]]>" * (n << 11)),
    "ampersands": ("disqus", lambda n: b"<disqus><a>" + b"&amp;" * (n << 13)),
    "a long string": ("facebook", lambda n: b'{"data": [{"id": "' + b"x" * (n << 19)),
    "a long document": ("coral", lambda n: b'{"a": 1}\n{"storyID": "' + b"x" * (n << 19)),
    "many answers": ("giscus", lambda n: b'{"data": {"repository": null}}\n' * (n << 12)),
    "replies": (
        "giscus",
        lambda n: (
            b'{"data": {"node": {"number": 1, "title": "a/b", "comments": {"nodes": ['
            + b",".join(b'{"id": %d, "body": "x"}' % at for at in range(n << 9))
            + b"]}}}}"
        ),
    ),
    "a long text of a discussion": (
        "giscus",
        lambda n: (
            b'{"data": {"node": {"number": 1, "title": "a/b",'
            b' "comments": null, "body": "' + b"https://a \\n" * (n << 13) + b'"}}}'
        ),
    ),
    "a long cell": ("csv", lambda n: b'thread_url,text\nhttps://e.org/a,"' + b"x" * (n << 16)),
}


@pytest.mark.parametrize(("name", "made"), SHAPES.values(), ids=SHAPES)
def test_twice_the_file_is_no_more_than_twice_the_work(tmp_path, name, made) -> None:
    few, many = tmp_path / "few", tmp_path / "many"
    few.write_bytes(gzip.compress(made(4), 1))
    many.write_bytes(gzip.compress(made(8), 1))
    read_one = lambda path: read(path, name).close()  # noqa: E731
    assert costs_at_most(2.6, lambda: read_one(many), lambda: read_one(few), more=0.02)
