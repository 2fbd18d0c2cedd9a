"""What Disqus's export calls its threads: an imported thread and the live page meet in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import pytest

from commentsvc.exchange.exporting.outgoing import records_of
from commentsvc.exchange.formats import read
from commentsvc.exchange.importing.addresses import Addresses
from commentsvc.exchange.importing.arrange import Reading
from commentsvc.exchange.importing.commands import import_comments
from commentsvc.exchange.records import SiteRecord
from commentsvc.sites.forums import set_forums
from commentsvc.threads.commands import find_thread
from commentsvc.threads.naming import (
    conflicts,
    counts_by_name,
    name_of,
    names_of,
    of_source,
    with_name,
)
from tests.shared_data import shared

if TYPE_CHECKING:
    from pathlib import Path

    from commentsvc.exchange.importing.report import Report
    from tests.people import Cast

PAGE = "https://news.example.org/2026/bridge"
_THREAD = """<thread dsq:id="{n}"><id>{id}</id><forum>demo</forum><link>{link}</link><title>T</title>
<createdAt>2015-01-01T00:00:00Z</createdAt><isClosed>false</isClosed><isDeleted>false</isDeleted></thread>
<post dsq:id="{n}1"><message><![CDATA[<p>Comment {n}</p>]]></message>
<createdAt>2015-01-02T00:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam>
<author><name>Ann</name></author><thread dsq:id="{n}"/></post>"""


def export(folder: Path, *threads: tuple[str, str]) -> Path:
    """Disqus's XML with a thread and a comment for each (identifier, link)."""
    inside = [
        _THREAD.format(n=n, id=escape(name), link=escape(link))
        for n, (name, link) in enumerate(threads, 1)
    ]
    kinds = sorted(inside, key=lambda each: "<post" in each)
    path = folder / "export.xml"
    path.write_text(
        '<?xml version="1.0" encoding="utf-8"?><disqus xmlns="http://disqus.com" '
        f'xmlns:dsq="http://disqus.com/disqus-internals">{"".join(kinds)}</disqus>',
        "utf-8",
    )
    return path


def bring(cast: Cast, path: Path, **more: Any) -> Report:
    with read(path) as reading:
        return import_comments(cast.site, reading, **more)


@pytest.mark.engines
def test_it_works(cast: Cast, tmp_path: Path) -> None:
    name = "1148 https://news.example.org/?p=1148"
    path = export(tmp_path, (name, f"{PAGE}/"), ("", "https://news.example.org/old"))
    assert bring(cast, path).taken["threads"] == 2
    moved = find_thread(cast.site, with_name("https://news.example.org/new/bridge", name))
    assert moved is not None and moved.comment_count == 1
    assert find_thread(cast.site, PAGE) == moved
    comment = of_source(moved, "disqus-11")
    assert comment is not None and comment.thread_id == moved.id
    assert of_source(moved, "disqus-99") is None and of_source(moved, comment.public_id) is None
    again = bring(cast, path)
    assert (again.taken["threads"], again.taken["comments"]) == (0, 0)
    assert names_of(moved) == [name]


def test_two_identifiers_of_one_page_stay_two(cast: Cast, tmp_path: Path) -> None:
    path = export(tmp_path, ("one", PAGE), ("two", f"{PAGE}?utm_source=x"), (f"{PAGE}#c", PAGE))
    planned = bring(cast, path, dry_run=True)
    done = bring(cast, path)
    assert planned.taken["threads"] == done.taken["threads"] == 2
    assert counts_by_name(cast.site, ["one", "two"]) == {"one": 2, "two": 1}
    assert [each.names for each in conflicts(cast.site)] == [("two",)]
    assert bring(cast, path).taken["threads"] == 0


def test_pages_inside_a_page_stay_apart(cast: Cast, tmp_path: Path) -> None:
    links = [PAGE, f"{PAGE}#!/1", f"{PAGE}#!/2", f"{PAGE}#!newthread"]
    bring(cast, export(tmp_path, *(("", each) for each in links)))
    assert [
        found.comment_count
        for each in links
        if (found := find_thread(cast.site, with_name(each, name_of(cast.site, "", each))))
    ] == [2, 1, 1, 2]
    assert conflicts(cast.site) == []


def test_an_own_export_keeps_the_names(cast: Cast, tmp_path: Path) -> None:
    set_forums(cast.site, ["demo"])
    bring(cast, export(tmp_path, ("one", PAGE), ("two", PAGE)))
    with Reading(list(records_of(cast.site))) as reading:
        [site] = [each for each in reading if isinstance(each, SiteRecord)]
        assert site.forums == ("demo",)
        import_comments(cast.other, reading, addresses=Addresses(foreign=True))
    assert counts_by_name(cast.other, ["one", "two"]) == {"one": 1, "two": 1}


def test_real_exports(cast: Cast) -> None:
    """Whatever they call their threads, each is found by that."""
    folder = shared("imports/disqus")
    if folder is None:
        pytest.skip("the real exports are not here")
    for path in sorted(folder.iterdir()):
        bring(
            cast,
            path,
            part=True,
            addresses=Addresses(foreign=True, base="https://news.example.org"),
        )
    assert counts_by_name(cast.site, ["some-id"])["some-id"] > 0


@pytest.mark.parametrize("dry", [True, False])
def test_the_report_tells_where_identifiers_meet(cast: Cast, tmp_path: Path, dry: bool) -> None:
    """Two pages of one identifier, and two identifiers of one page: in the dry run as in the import."""
    other = "https://news.example.org/2026/harbour"
    path = export(
        tmp_path, ("a", PAGE), ("b", f"{PAGE}/"), ("a", other), ("c", other), ("d", other)
    )
    report = bring(cast, path, dry_run=dry)
    assert report.decided["identifier_shared"] == 1  # `a` at `other`
    assert report.decided["identifier_apart"] == 2  # `b` at PAGE, `d` at `other`
    said = " ".join(report.sentences("en"))
    assert (
        "Same identifier as another page: 1 page." in said and "2 additional conversations" in said
    )
    assert ("identifier_shared", "3", f"a: {other}") in report.examples
    if not dry:  # what is there already is no news
        again = bring(cast, path)
        assert again.decided["identifier_apart"] == 0
