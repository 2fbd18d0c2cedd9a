"""Files that are broken, hostile or mere noise: a plain message, never another exception."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import subprocess
import sys
import tempfile
import tracemalloc
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from commentsvc.core.errors import Invalid
from commentsvc.exchange.formats import FORMATS, read
from commentsvc.exchange.importing.source import Limits
from tests.growth import is_done_in

SMALL = Limits(file=8 << 20, unpacked=32 << 20, ratio=50, ratio_from=1 << 20, entry=1 << 20)
RELAXED = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def bring(data: bytes, name: str | None = None, limits: Limits = SMALL) -> int | str:
    """How many records a file gives, or the words in which it is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(data)
        try:
            with read(path, name, limits=limits) as reading:
                found = list(reading)
                for record in found:
                    orjson.dumps(repr(record))  # no lone surrogate has come through
                return len(found)
        except Invalid as error:
            assert error.detail and "\n" not in error.detail
            return error.detail


NAMES = (
    "data id message from name created_time comments parent paging next entry object changes"
    " field value kind version source source_id thread_source_id author text comment replies"
    " locator url user pid time commentHex markdown commenters commenterHex page_key content"
    " rid nick objectId title posts users og_object error attachment status likes revisions"
    " policy http://a.example/ created email"
)

KEYS = st.sampled_from(NAMES.split(" "))
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.sampled_from(
        [
            "comment",
            "thread",
            "site",
            "commentsvc",
            "end",
            "plugin_comment",
            "1",
            "http://a.example/",
        ]
    ),
)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6)
)


@RELAXED
@given(data=st.binary(max_size=400), name=st.sampled_from([None, *FORMATS]))
@example(data=b"", name=None)
@example(data=b"\x1f\x8b", name=None)
@example(data=b"\xef\xbb\xbf", name="csv")
@example(data=b"\xff\xfe<\x00", name="disqus")
@example(data=b'{"kind":"commentsvc","version":99}', name=None)
def test_noise_is_refused_in_words(data, name) -> None:
    bring(data, name)


@RELAXED
@given(value=JSON, name=st.sampled_from([None, *FORMATS]), lines=st.booleans())
@example(value={"data": [{"id": "1_2", "message": "\ud800"}]}, name="facebook", lines=False)
@example(value=[{"id": 10**30, "page_key": "/", "created_at": 10**30}], name="artalk", lines=False)
@example(
    value={"data": [{"id": "1", "message": "", "created_time": -1e300}]}, name=None, lines=True
)
def test_json_of_any_shape_is_read_or_refused(value, name, lines) -> None:
    data = json.dumps(value).encode()
    bring(data + b"\n" + data if lines else data, name)


XML = st.recursive(
    st.text("ab<&]>1", max_size=6),
    lambda inner: st.tuples(
        st.sampled_from(["post", "thread", "item", "comment", "message", "link", "id", "channel"]),
        st.lists(inner, max_size=4),
    ),
)


def _xml(node, out: io.StringIO) -> None:
    if isinstance(node, str):
        out.write(node)
        return
    name, inner = node
    out.write(f'<{name} dsq:id="{len(inner)}">')
    for child in inner:
        _xml(child, out)
    out.write(f"</{name}>")


@RELAXED
@given(node=XML, name=st.sampled_from(["disqus", "wordpress", "facebook"]))
def test_xml_of_any_shape_is_read_or_refused(node, name) -> None:
    out = io.StringIO()
    _xml(node, out)
    head = '<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">'
    bring(f"{head}{out.getvalue()}</disqus>".encode(), name)


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">
<!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
<!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">]>
<disqus xmlns="http://disqus.com"><post><message>&lol3;</message></post></disqus>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><item><title>&x;</title></item></channel>
</rss>"""
REMOTE_DTD = b"""<!DOCTYPE disqus SYSTEM "http://127.0.0.1:9/evil.dtd">
<disqus xmlns="http://disqus.com"></disqus>"""


@pytest.mark.parametrize("data", [LAUGHS, OUTSIDE, REMOTE_DTD], ids=["laughs", "outside", "dtd"])
def test_xml_with_a_document_type_is_refused_whole(data) -> None:
    assert "document type" in str(bring(data))


DEEP = {
    "xml": b'<disqus xmlns="http://disqus.com">' + b"<a>" * 100_000,
    "json lists": b'{"data": ' + b"[" * 200_000,
    "json objects": b'{"data": ' + b'{"comments":' * 100_000,
    "json lines": b'{"kind":"commentsvc","version":1}\n{"kind":"site","key":"a","policy":'
    + b'{"a":' * 50_000
    + b"}" * 50_001,
}


@pytest.mark.parametrize("data", DEEP.values(), ids=DEEP)
def test_depths_end_in_words(data) -> None:
    assert is_done_in(60, lambda: bring(data))  # one that goes by the square takes hours


def test_a_file_that_unpacks_without_end_is_refused_early() -> None:
    post = b'{"id": "1_2", "message": "' + b"a" * 900_000 + b'"},'
    packed = gzip.compress(b'{"data": [' + post * 400)
    tracemalloc.start()
    said = bring(packed)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "times its compressed size" in str(said)
    assert peak < 64 << 20


def test_one_entry_may_not_fill_the_memory() -> None:
    huge = b'{"data": [{"id": "1_2", "message": "' + b"a\xc3\xa4" * 2_000_000
    assert "entry larger" in str(bring(huge))
    assert "entry larger" in str(bring(b'{"kind":"commentsvc","version":1}\n"' + b"x" * 4_000_000))
    assert "entry larger" in str(bring(b"thread_url,text\n" + b"x" * 4_000_000))


def test_a_file_that_claims_ten_gigabytes_is_not_opened(tmp_path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.write(b'{"data": []}')
        file.truncate(10 << 30)  # sparse: it takes no room
    with pytest.raises(Invalid, match="10,240 MiB"):
        read(path)


def test_damaged_gzip_is_told(tmp_path) -> None:
    whole = gzip.compress(b'{"data": [{"id": "1_2", "message": "hello"}]}' * 100)
    assert "damaged" in str(bring(whole[: len(whole) // 2]))


def test_missing_files_and_folders_are_told(tmp_path) -> None:
    with pytest.raises(Invalid, match="doesn’t exist"):
        read(tmp_path / "none.xml")
    with pytest.raises(Invalid, match="folder"):
        read(tmp_path, "disqus")
    with pytest.raises(Invalid, match="no format"):
        bring_name = tmp_path / "a"
        bring_name.write_text("x")
        read(bring_name, "usenet")


def _database(tmp_path: Path, *statements: str) -> Path:
    path = tmp_path / "comments.db"
    db = sqlite3.connect(path)
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()
    return path


def test_a_database_with_views_in_place_of_tables_is_refused(tmp_path) -> None:
    path = _database(
        tmp_path,
        "CREATE TABLE threads (id, uri, title)",
        "CREATE VIEW comments AS SELECT * FROM threads",
    )
    with pytest.raises(Invalid, match="not an Isso database"):
        read(path)


def test_a_damaged_database_is_told(tmp_path) -> None:
    path = _database(
        tmp_path,
        "CREATE TABLE threads (id INTEGER PRIMARY KEY, uri, title)",
        "CREATE TABLE comments (tid, id INTEGER PRIMARY KEY, parent, text)",
        "INSERT INTO threads VALUES (1, '/', 'x')",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
        " INSERT INTO comments SELECT 1, i, NULL, hex(randomblob(99)) FROM n",
    )
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 20_000] = b"\xff" * 20_000
    path.write_bytes(data)
    with read(path) as reading:
        assert reading.broken and "damaged" in reading.broken


def test_a_database_is_not_written_to(tmp_path) -> None:
    path = _database(
        tmp_path,
        "CREATE TABLE threads (id INTEGER PRIMARY KEY, uri, title)",
        "CREATE TABLE comments (tid, id INTEGER PRIMARY KEY, parent, text)",
    )
    before = path.read_bytes(), sorted(tmp_path.iterdir())
    with read(path) as reading:
        assert not reading.broken
    assert (path.read_bytes(), sorted(tmp_path.iterdir())) == before


LONG_NUMBER = "9" * 6000
ROW = '{"page_key": "/a", "content": "x", "nick": "n", "created_at": "2022-01-01", "id": '
READS = """
import sys
from pathlib import Path
from commentsvc.core.errors import Invalid
from commentsvc.exchange.formats import read
for name in ("artalk", None) * 20:
    for path in map(Path, sys.argv[1:]):
        try:
            with read(path, name) as reading:
                list(reading)
                print(reading.broken)
        except Invalid as error:
            print(error.detail)
"""


def test_a_file_with_such_a_number_is_refused_and_not_the_end_of_the_process(tmp_path) -> None:
    rows = ROW + "1}, " + ROW
    texts = [
        f"[{rows}{LONG_NUMBER}}}]",
        f"[{rows}-{LONG_NUMBER}}}]",
        f"[{rows}[{LONG_NUMBER}.5]}}]",
        f"[{rows}1}}, {LONG_NUMBER}]",
    ]
    paths = [tmp_path / f"{number}.json" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    done = subprocess.run(
        [sys.executable, "-c", READS, *paths], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 40 * len(paths)
    assert all("overflow" in each for each in lines), set(lines)
