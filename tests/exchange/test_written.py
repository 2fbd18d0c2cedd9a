"""What is written can be read again: our own lines, CSV without formulas, WXR, Graph's shape."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from commentsvc.core.errors import Invalid
from commentsvc.exchange.formats import FORMATS, Format, read, write
from commentsvc.exchange.formats.spreadsheet import neutral, original
from commentsvc.exchange.records import (
    AuthorRecord,
    CommentRecord,
    DecisionRecord,
    FlagRecord,
    RevisionRecord,
    SiteRecord,
    ThreadRecord,
)
from tests.exchange.reading import result
from tests.tables import every_row

AT = datetime(2024, 2, 29, 23, 59, 59, 1, tzinfo=UTC)
ANN = AuthorRecord('Ann, "the" <b>', "ann@example.org", "u1", "https://ann.example/?a=1&b=2")
RECORDS = (
    SiteRecord("k1", "News", ("https://news.example",), {"hold_at": {"x": 0.8}, "max_length": 5000}),
    AuthorRecord("Olga", "olga@example.org", "u2", None, "owner", AT),
    ThreadRecord("commentsvc", "t1", "https://news.example/a?x=1&y=2", "A & <B>", True, AT),
    CommentRecord(
        "commentsvc", "c1", "t1", None, ANN, "Second **text**\n\nwith ü, 日本語 and ]]> & \\*", AT,
        likes=2, edited_at=AT,
        revisions=(RevisionRecord("first", AT, {"toxicity": 0.25}, "m-1"),
                   RevisionRecord("Second **text**", AT)),
        decisions=(DecisionRecord("approve", None, "fine", "u2", False, 2, AT),),
        flags=(FlagRecord("spam", "looks so", "u3", AT),),
        liked_by=("u2", "u3"),
    ),
    CommentRecord("commentsvc", "c2", "t1", "c1", AuthorRecord(None), "=1+1", AT),
    CommentRecord("commentsvc", "c3", "t1", "c1", ANN, "bad", AT, "rejected", "spam"),
    CommentRecord("commentsvc", "c4", "t1", None, ANN, "", AT, "withdrawn", "deleted"),
    CommentRecord("commentsvc", "c5", "t1", "c4", ANN, "held", AT, "pending"),
    ThreadRecord("commentsvc", "t2", "https://news.example/b"),
    CommentRecord("commentsvc", "c6", "t2", None, ANN, "elsewhere", AT),
)  # fmt: skip


def written(name, records=RECORDS):
    out = io.BytesIO()
    write(name, records, out)
    return out.getvalue()


def again(tmp_path, data):
    path = tmp_path / "again"
    path.write_bytes(data)
    return result(path)


def test_it_works(tmp_path) -> None:
    """Our own format loses nothing, and the same data gives the same bytes."""
    data = written("commentsvc")
    found = again(tmp_path, data)
    assert not found.broken and not found.kinds
    assert sorted(map(repr, found.records)) == sorted(map(repr, RECORDS))
    assert written("commentsvc", found.records) == written(
        "commentsvc", again(tmp_path, written("commentsvc", found.records)).records
    )


def test_an_own_export_that_was_cut_off_is_noticed(tmp_path) -> None:
    lines = written("commentsvc").splitlines(keepends=True)
    assert "cut off" in (again(tmp_path, b"".join(lines[:-1])).broken or "")
    assert "says 6 comments" in (again(tmp_path, b"".join(lines[:5] + lines[6:])).broken or "")
    assert again(tmp_path, b"".join(lines)[:-40]).broken


def test_an_own_export_of_a_later_version_is_refused(tmp_path) -> None:
    with pytest.raises(Invalid, match="Update"):
        again(tmp_path, written("commentsvc").replace(b'"version":1', b'"version":2'))


def test_lines_that_are_no_record_are_problems(tmp_path) -> None:
    head, *rest = written("commentsvc", ()).splitlines(keepends=True)
    bad = (
        b'{"kind":"wish"}\n{"kind":"comment"}\n[]\n{"kind":"thread","source":"x","source_id":[]}\n'
    )
    assert again(tmp_path, head + bad + rest[0]).kinds == {"shape": 4}


@every_row(
    "cell",
    [
        "=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "\ufeff=1",
        '=HYPERLINK("http://evil.example","x")', "=cmd|' /C calc'!A0", "a;=1+1", "a\n=1+1", "a\t@x",
        "x;-2+3", "'=1", "''=1",
    ],
)  # fmt: skip
def test_no_cell_begins_a_formula(cell) -> None:
    made = neutral(cell)
    assert made != cell and original(made) == cell
    for start in made.replace(";", "\n").replace("\t", "\n").split("\n"):
        assert not start.lstrip().startswith(tuple("=+-@＝"))


@every_row("cell", ["", "words", "a - b", "x;-)", "list:\n- one", "it's", "1-2", "e=m"])
def test_other_cells_stay_as_they_are(cell) -> None:
    assert neutral(cell) == cell == original(cell)


@settings(max_examples=300)
@given(st.text("'=+-@\t\n;a ＝1(", max_size=12))
@example("'\t=")
def test_neutral_cells_can_be_undone(cell) -> None:
    assert original(neutral(cell)) == cell


def test_csv_comes_back(tmp_path) -> None:
    found = again(tmp_path, written("csv"))
    mine = {item.source_id: item for item in RECORDS if isinstance(item, CommentRecord)}
    assert found.counts["comments"] == len(mine)
    for name, record in found.comments.items():
        for field in ("text", "status", "reason", "author", "likes", "parent_source_id", "source",
                      "created_at", "edited_at"):  # fmt: skip
            assert getattr(record, field) == getattr(mine[name], field), (name, field)
    assert found.threads["t1"].closed and found.threads["t1"].title == "A & <B>"


def test_csv_is_what_spreadsheets_read() -> None:
    data = written("csv")
    assert data.startswith(b"\xef\xbb\xbf") and b"\r\n" in data
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert len({len(row) for row in rows}) == 1
    assert "'=1+1" in rows[2]


def test_csv_put_together_by_hand(tmp_path) -> None:
    found = again(tmp_path, b"thread_url,text,status\n/a,Hello,\n/a,Bye,odd\n,lost,\n")
    assert [item.text for item in found.comments.values()] == ["Hello", "Bye"]
    assert [item.status for item in found.comments.values()] == ["published", "pending"]
    assert found.kinds["shape"] == found.kinds["status"] == 1


def test_wxr_comes_back(tmp_path) -> None:
    found = again(tmp_path, written("wordpress"))
    assert not found.broken
    texts = {item.text: item for item in found.comments.values()}
    first = texts["Second **text**\n\nwith ü, 日本語 and ]]> & \\*"]
    assert texts["=1+1"].parent_source_id == first.source_id
    assert first.author.name == ANN.name and first.author.url == ANN.url
    assert first.created_at == AT.replace(microsecond=0)
    assert (texts["bad"].status, texts["bad"].reason) == ("rejected", "spam")
    assert texts["held"].status == "pending"
    assert {item.url for item in found.threads.values()} == {
        "https://news.example/a?x=1&y=2",
        "https://news.example/b",
    }


def test_graph_has_the_shape_of_the_real_answers(tmp_path) -> None:
    value = json.loads(written("facebook"))
    page = value["https://news.example/a?x=1&y=2"]
    assert page["og_object"]["title"] == "A & <B>" and page["comments"]["summary"] == {
        "order": "chronological",
        "total_count": 3,
    }
    first, reply, gone = page["comments"]["data"]
    assert first["id"] == "t1_c1" and first["created_time"] == "2024-02-29T23:59:59+0000"
    assert first["message"].startswith("Second text") and first["from"]["name"] == ANN.name
    assert reply["parent"] == {"id": "t1_c1"} and gone["message"] == ""
    found = again(tmp_path, written("facebook"))
    assert found.counts["comments"] == 4 and found.counts["replies"] == 1
    assert {item.url for item in found.threads.values()} == set(value)


def test_empty_exports_are_sound(tmp_path) -> None:
    for name, form in FORMATS.items():
        if form.write and form.read:
            assert not again(tmp_path, written(name, ())).comments if name != "facebook" else True
    assert json.loads(written("facebook", ())) == {}


def test_some_formats_are_only_written(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(FORMATS, "last", Format("Last", write=FORMATS["csv"].write, suffix="csv"))
    path = tmp_path / "last"
    path.write_bytes(written("last"))
    with pytest.raises(Invalid, match="no format called “last”"):
        read(path, "last")


def test_some_formats_are_only_read() -> None:
    with pytest.raises(Invalid, match="can’t be exported"):
        written("disqus")
