"""Bringing in: once is enough, nothing is lost, and the report says what was left out and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from commentsvc.accounts.models import Identity, User
from commentsvc.core.db import db
from commentsvc.core.errors import Invalid, NotAllowed
from commentsvc.core.jobs import Job
from commentsvc.exchange.formats import read
from commentsvc.exchange.importing import commands
from commentsvc.exchange.importing.addresses import Addresses
from commentsvc.exchange.importing.arrange import Reading
from commentsvc.exchange.importing.commands import import_comments
from commentsvc.exchange.records import AuthorRecord, CommentRecord, Item, Skipped, ThreadRecord
from commentsvc.moderation.desk import queue
from commentsvc.moderation.models import Decision, Flag
from commentsvc.notifications.models import Notification
from commentsvc.posting.commands import withdraw
from commentsvc.sites.commands import set_policy
from commentsvc.threads import commands as threads
from commentsvc.threads import likes
from commentsvc.threads.models import Comment, Revision, Thread
from commentsvc.threads.recount import recount
from tests.exchange.reading import SAMPLES
from tests.shared_data import shared

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from commentsvc.exchange.importing.report import Report
    from tests.people import Cast

DAY = datetime(2020, 1, 1, 12, tzinfo=UTC)
PAGE = "https://news.example.org/a"


def thread(name: str = "t", url: str | None = PAGE, **more: object) -> ThreadRecord:
    return ThreadRecord("disqus", name, url, **more)


def comment(name: str, parent: str | None = None, **more: object) -> CommentRecord:
    values = {"author": AuthorRecord("Ann", source_id="5"), "text": f"words {name}"} | more
    return CommentRecord(
        source="disqus",
        source_id=name,
        thread_source_id=values.pop("thread", "t"),
        parent_source_id=parent,
        created_at=values.pop("at", DAY),
        **values,
    )


def bring(cast: Cast, items: list[Item], **more: object) -> Report:
    with Reading(items) as reading:
        return import_comments(cast.site, reading, **more)


def stored() -> dict[str, Comment]:
    return {each.source or "": each for each in db.session.scalars(select(Comment))}


def counts() -> list[tuple[object, ...]]:
    """Everything that is counted, of every place and thread."""
    db.session.expire_all()
    places = [
        (each.source, each.shown, each.reply_count, each.like_count, each.rank)
        for each in db.session.scalars(select(Comment).order_by(Comment.id))
    ]
    totals = [
        (each.address, each.comment_count, each.last_comment_at)
        for each in db.session.scalars(select(Thread).order_by(Thread.id))
    ]
    return [*places, *totals]


def row_counts() -> list[int]:
    tables = (User, Identity, Thread, Comment, Revision)
    return [db.session.scalar(select(func.count()).select_from(each)) or 0 for each in tables]


@pytest.mark.engines
def test_it_works(cast: Cast) -> None:
    report = bring(
        cast,
        [
            thread(title="The bridge"),
            comment("1", likes=7),
            comment("2", "1", author=AuthorRecord("Bob", "bob@example.org", "6")),
            comment("3", "2", status="pending"),
            comment("4", status="rejected", reason="spam"),
        ],
    )
    found = stored()
    assert [found[f"disqus:{n}"].status for n in "1234"] == [
        "published",
        "published",
        "pending",
        "rejected",
    ]
    first, second = found["disqus:1"], found["disqus:2"]
    assert (first.created_at, first.published_at, first.like_count) == (DAY, DAY, 7)
    assert (second.parent_id, second.depth, first.reply_count) == (first.id, 1, 1)
    row = threads.find_thread(cast.site, PAGE)
    assert row is not None
    assert (row.title, row.comment_count, row.created_at) == ("The bridge", 2, DAY)
    bob = db.session.get_one(User, second.author_id)
    assert (bob.name, bob.kind, bob.email, bob.member_email) == (
        "Bob",
        "guest",
        "bob@example.org",
        None,
    )
    assert report.taken["comments"] == 4 and report.taken["people"] == 2
    assert report.sentences()[0] == (
        "Imported 4 comments in 1 conversation (1 new) by 2 new people."
    )


@pytest.mark.engines
def test_twice_is_once(cast: Cast) -> None:
    items = [thread(), comment("1"), comment("2", "1"), comment("3", author=AuthorRecord("Eve"))]
    bring(cast, items)
    before = row_counts(), counts()
    again = bring(cast, items)
    assert (row_counts(), counts()) == before
    assert again.taken["comments"] == 0 and again.taken["comments_known"] == 3
    longer = bring(cast, [*items, comment("4", "2")])
    assert longer.taken["comments"] == 1 and stored()["disqus:4"].depth == 2


def test_a_dry_run_says_the_same_and_writes_nothing(cast: Cast) -> None:
    items = [
        thread(),
        thread("u", "https://news.example.org/a?utm_source=x"),
        thread("v", "https://elsewhere.example/a"),
        comment("1"),
        comment("2", thread="u", author=AuthorRecord("Eve")),
        comment("3", thread="v"),
    ]
    before = row_counts()
    dry = bring(cast, items, dry_run=True)
    assert row_counts() == before and db.session.scalar(select(func.count(Job.id))) == 0
    real = bring(cast, items)
    assert dry.taken == real.taken and dry.left == real.left
    assert real.taken["threads"] == 1 and real.taken["people"] == 2
    assert "Would import" in dry.sentences()[0]


@pytest.mark.engines
def test_killed_half_way_and_run_again_gives_the_same(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "UNIT", 5)
    items: list[Item] = [thread(), thread("u", PAGE + "2")]
    for n in range(23):
        parent = str(n // 3) if n else None
        items.append(
            comment(str(n), parent, author=AuthorRecord(f"P{n % 4}", source_id=str(n % 4)))
        )
    items += [comment(f"u{n}", thread="u") for n in range(6)]

    class Killed(Exception):
        pass

    def die(done: int, of: int) -> None:
        if done >= 12:
            raise Killed

    with pytest.raises(Killed):
        bring(cast, items, progress=die)
    assert 0 < len(stored()) < 29
    bring(cast, items)
    resumed = row_counts()[1:], [each[1:] for each in counts()]
    assert len(stored()) == 29
    # the same in one go, on another site
    with Reading(items) as reading:
        import_comments(cast.other, reading, addresses=Addresses(foreign=True))
    db.session.expire_all()
    half = len(counts()) // 2
    assert half and resumed[0] == [n // 2 for n in row_counts()[1:]]


@pytest.mark.engines
def test_counts_equal_a_recount(cast: Cast) -> None:
    states = ("published", "pending", "withdrawn", "rejected", "published")
    items: list[Item] = [thread()]
    for n in range(120):
        parent = str((n - 1) // 2) if n else None
        items.append(comment(str(n), parent, likes=n % 3, status=states[n % 5]))
    items += [
        comment(f"d{n}", f"d{n - 1}" if n else "3", status=states[(n // 7) % 5]) for n in range(40)
    ]
    bring(cast, items)
    before = counts()
    for row in db.session.scalars(select(Thread)).all():
        recount(row.id)
    assert counts() == before
    assert any(each[1] and each[2] for each in before[:-1])
    gaps = [each for each in stored().values() if each.shown and each.status != "published"]
    assert gaps  # places that only stay for their replies


def test_gaps_open_when_their_replies_come_later(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A place is shown for the sake of what hangs on it, however many units later that comes."""
    monkeypatch.setattr(commands, "UNIT", 1)
    items = [thread(), comment("a", status="withdrawn"), comment("b", "a", status="withdrawn")]
    bring(cast, [*items, comment("c", "b")])
    found = stored()
    assert all(found[f"disqus:{name}"].shown for name in "abc")
    assert [found[f"disqus:{name}"].reply_count for name in "abc"] == [1, 1, 0]


def test_what_is_not_the_sites_is_left_out_with_the_reason(cast: Cast) -> None:
    report = bring(
        cast,
        [
            thread("foreign", "https://elsewhere.example/a"),
            thread("relative", "/2020/a"),
            thread("nowhere", None),
            thread("wrong", "https://news.example.org/{{ page.url }}"),
            thread("broken", "http://[news.example.org/a"),
            thread("draft", PAGE + "/draft", private=True),
            comment("1", thread="foreign"),
            comment("2", thread="relative"),
            comment("3", thread="draft"),
        ],
    )
    assert dict(report.left) == {
        "foreign_page": 1,
        "relative": 1,
        "no_address": 1,
        "bad_address": 2,
        "private": 1,
        "of_these": 3,
    }
    assert not stored()
    said = " ".join(report.sentences())
    assert "under “Moved pages”" in said and "3 comments were skipped with them." in said
    assert "--" not in said and "commentsvc " not in said  # pages say it, too


def test_what_the_file_does_not_say_can_be_said(cast: Cast) -> None:
    given = Addresses(
        base="https://news.example.org",
        known={"old": PAGE, "https://gone.example/x": PAGE + "2"},
        page=PAGE + "3",
        foreign=False,
    )
    items = [
        thread("old", None),
        thread("gone", "https://gone.example/x"),
        thread("rel", "/2020/b?utm_source=x"),
        thread("none", None),
        *(comment(name, thread=name) for name in ("old", "gone", "rel", "none")),
    ]
    bring(cast, items, addresses=given)
    found = set(db.session.scalars(select(Thread.address)))
    assert found == {PAGE, PAGE + "2", PAGE + "3", "https://news.example.org/2020/b"}


def test_old_spellings_of_the_sites_address_are_the_site(cast: Cast) -> None:
    bring(cast, [thread(url="http://www.news.example.org/a/"), comment("1")])
    assert threads.find_thread(cast.site, PAGE) is not None


def test_pages_that_moved_are_found_by_the_sites_rules(cast: Cast) -> None:
    moved = [("http://old.example/*", "https://news.example.org/*")]
    set_policy(cast.site, {"aliases": moved}, by=cast.olga)
    bring(cast, [thread(url="http://old.example/a"), comment("1")])
    assert threads.find_thread(cast.site, PAGE) is not None


def test_an_e_mail_address_makes_nobody_somebody(cast: Cast) -> None:
    """A file that names a member's address, or an id of another site, speaks for neither."""
    rita = AuthorRecord("Rita", cast.rita.email, "5")
    bring(cast, [thread(), comment("1", author=rita)])
    with Reading([thread(), comment("1", author=AuthorRecord("Other", source_id="5"))]) as reading:
        import_comments(cast.other, reading, addresses=Addresses(foreign=True))
    authors = {each.author_id for each in db.session.scalars(select(Comment))}
    assert len(authors) == 2 and cast.rita.id not in authors


def test_a_bare_name_is_one_person_within_one_conversation(cast: Cast) -> None:
    eve, mail = AuthorRecord("Eve"), AuthorRecord("Eve", "eve@example.org")
    items = [thread(), thread("u", PAGE + "2")]
    items += [comment("1", author=eve), comment("2", author=eve)]
    items += [comment("3", author=eve, thread="u")]
    items += [comment("4", author=mail), comment("5", author=mail, thread="u")]
    bring(cast, items)
    by = {key: each.author_id for key, each in stored().items()}
    assert by["disqus:1"] == by["disqus:2"] != by["disqus:3"]
    assert by["disqus:4"] == by["disqus:5"]
    assert len(set(by.values())) == 3


def test_names_and_texts_are_as_clean_as_our_own(cast: Cast) -> None:
    items = [
        thread(),
        comment("1", author=AuthorRecord("A\u202e  B\x00"), text="<b>x</b> [a](javascript:b)"),
        comment("2", author=AuthorRecord(None), text="\u200b\u200b"),
    ]
    report = bring(cast, items)
    first = stored()["disqus:1"]
    assert db.session.get_one(User, first.author_id).name == "A B"
    html = threads.revision_of(first).html
    assert "<b>" not in html and "href" not in html
    empty = stored()["disqus:2"]
    assert empty.status == "withdrawn" and not empty.shown and report.decided["no_text"] == 1
    assert db.session.get_one(User, empty.author_id).name == "Disqus user"


def test_a_broken_file_is_refused_unless_its_part_is_asked_for(cast: Cast, tmp_path: Path) -> None:
    whole = (SAMPLES / "disqus.xml").read_bytes()
    path = tmp_path / "broken.xml"
    path.write_bytes(whole[: whole.rindex(b"<post")] + b"<post <")
    given = Addresses(foreign=True)
    with read(path) as reading:
        assert reading.broken
        with pytest.raises(Invalid, match="Nothing was imported"):
            import_comments(cast.site, reading, addresses=given)
        assert not stored()
        report = import_comments(cast.site, reading, part=True, addresses=given)
    assert len(stored()) == report.taken["comments"] == 4
    assert any("before the damage" in each for each in report.sentences())


def test_only_owners_may(cast: Cast) -> None:
    with Reading([thread(), comment("1")]) as reading:
        for user in (cast.rita, cast.mona, cast.max):
            with pytest.raises(NotAllowed):
                import_comments(cast.site, reading, by=user)
        assert import_comments(cast.site, reading, by=cast.olga).taken["comments"] == 1


def test_nobody_is_told_and_no_queue_fills(cast: Cast, work: Callable[[], int]) -> None:
    bring(cast, [thread(), comment("1", text="You idiot"), comment("2", "1", status="pending")])
    work()
    shown = queue.counts([cast.site])
    assert (shown["pending"], shown["reported"], shown["unreviewed"]) == (1, 0, 0)
    first = stored()["disqus:1"]
    assert first.status == "published" and first.unscored is None
    assert (threads.revision_of(first).scores or {})["toxicity"] == 0.95
    for table in (Notification, Flag, Decision):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0


def test_with_queue_a_moderator_sees_what_the_rules_find(
    cast: Cast, work: Callable[[], int]
) -> None:
    bring(cast, [thread(), comment("1", text="You idiot"), comment("2")], queue=True)
    work()
    shown = queue.counts([cast.site])
    assert (shown["pending"], shown["reported"], shown["unreviewed"]) == (0, 1, 2)
    assert stored()["disqus:1"].status == "published"
    assert db.session.scalar(select(func.count()).select_from(Decision)) == 0


def test_likes_from_elsewhere_and_own_ones_add_up(cast: Cast) -> None:
    bring(cast, [thread(), comment("1", likes=7)])
    first = stored()["disqus:1"]
    assert likes.like(first, cast.rita).likes == 8
    assert likes.unlike(first, cast.rita).likes == 7


def test_dislikes_from_elsewhere_count_beside_the_likes(cast: Cast) -> None:
    """Also where one export has the comment twice, as paged ones do: the larger counts stay."""
    one, again = comment("1", likes=7), comment("1", likes=5, reactions={"dislike": 3})
    bring(cast, [thread(), one, again])
    found = stored()["disqus:1"]
    assert (found.reactions, found.like_count, found.approval) == ({"dislike": 3}, 7, -3)
    assert likes.like(found, cast.rita).likes == 8
    db.session.expire_all()
    assert (found.reactions, found.like_count) == ({"dislike": 3}, 8)


def test_what_was_moderated_since_stays_so(cast: Cast) -> None:
    items = [thread(), comment("1"), comment("2")]
    bring(cast, items)
    author = db.session.get_one(User, stored()["disqus:1"].author_id)
    withdraw(stored()["disqus:1"].public_id, user=author)
    bring(cast, items)
    assert stored()["disqus:1"].status == "withdrawn"


def test_dates_that_a_whole_file_lacks_are_today(cast: Cast) -> None:
    report = bring(cast, [thread(), comment("1", at=None)])
    assert (datetime.now(UTC) - stored()["disqus:1"].created_at).total_seconds() < 60
    assert report.decided["date"] == 1


def test_what_is_no_comment_is_counted(cast: Cast) -> None:
    report = bring(cast, [thread(), comment("1"), Skipped("pingbacks", 3)])
    assert "Skipped: 3 pingbacks." in report.sentences()


def _files() -> list[Path]:
    folder = shared("imports/facebook") or SAMPLES / "facebook"
    others = [
        found
        for name in ("disqus", "wordpress", "isso", "remark42", "commento", "artalk")
        if (path := shared(f"imports/{name}"))
        for found in sorted(path.iterdir())
    ]
    own = [each for each in sorted(SAMPLES.iterdir()) if each.is_file()]
    return [*sorted(folder.iterdir()), *(others or own)]


@pytest.mark.parametrize("path", _files(), ids=lambda path: path.name)
def test_real_files_twice_are_once_and_hold_what_was_counted(cast: Cast, path: Path) -> None:
    given = Addresses(base="https://news.example.org", page=PAGE, foreign=True)
    seen = []
    for _ in range(2):
        with read(path) as reading:
            wanted = reading.counts["comments"]
            if reading.broken and not wanted:
                with pytest.raises(Invalid, match="There are no comments before the damage"):
                    import_comments(cast.site, reading, addresses=given, part=True)
                return
            unusable = import_comments(
                cast.site, reading, addresses=given, part=True, private=True
            ).left["of_these"]
        seen.append((row_counts(), counts()))
    assert seen[0] == seen[1]
    assert len(stored()) == wanted - unusable
    assert not unusable or path.name in ("isso-disqus.xml",)
    for row in db.session.scalars(select(Thread)).all():
        recount(row.id)
    assert counts() == seen[0][1]
