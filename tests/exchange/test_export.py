"""Everything comes out, and what came out goes into an empty installation and comes out the same."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from commentsvc.accounts import commands as accounts
from commentsvc.accounts.models import Identity, StaffAct, User
from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import Conflict, Invalid, NotAllowed
from commentsvc.exchange.exporting.commands import export_site
from commentsvc.exchange.formats import read
from commentsvc.exchange.importing.arrange import Reading
from commentsvc.exchange.importing.commands import import_comments
from commentsvc.exchange.importing.site import make_site, site_in
from commentsvc.exchange.records import AuthorRecord, CommentRecord, ThreadRecord
from commentsvc.moderation.commands import decide, flag, undo
from commentsvc.moderation.models import Appeal, Decision, Flag
from commentsvc.posting.commands import edit, withdraw
from commentsvc.sites.commands import set_app_ids, set_policy, set_role
from commentsvc.sites.models import Membership, Site
from commentsvc.sites.queries import by_key
from commentsvc.sites.sections.commands import add_section, set_section_policy
from commentsvc.threads import commands as threads
from commentsvc.threads import likes
from commentsvc.threads.models import Comment, Reaction, Revision, Thread, ThreadReaction
from commentsvc.threads.reactions import pages as of_pages
from tests.conftest import empty_the_database
from tests.factories import HREF, post

if TYPE_CHECKING:
    from pathlib import Path

    from tests.people import Cast

OTHER = "https://news.example.org/2026/ferry"


def written(site: Site, name: str = "commentsvc") -> bytes:
    out = io.BytesIO()
    export_site(site, name, out)
    return out.getvalue()


def lines(data: bytes) -> list[dict]:
    return [json.loads(each) for each in data.splitlines()]


def busy_site(cast: Cast) -> None:
    """A bit of everything that can be on a site."""
    site = cast.site
    set_policy(
        site, {"banned_words": ["casino"], "max_links": 1, "keep_params": ["p"]}, by=cast.olga
    )
    add_section(site, name="Sport", patterns=["/sport"], by=cast.olga)
    set_section_policy(site, "sport", {"max_links": 0, "banned_words": ["a"]}, by=cast.olga)
    set_app_ids(site, ["123456789"])
    set_role(site, cast.rita, "trusted", by=cast.olga, note="since 2020")
    first = post(site, "The bridge is closed *again*.", user=cast.rita).comment
    reply = post(site, "It never was open.", parent=first.public_id, name="田中　太郎").comment
    held = post(site, "You idiot").comment
    spam = post(site, "casino").comment
    gone = post(site, "I take this back.", user=cast.max).comment
    post(site, "An answer to it.", parent=gone.public_id)
    post(site, "Elsewhere.", href=OTHER)
    edit(first.public_id, "The bridge is closed *again*, from Monday.", user=cast.rita)
    withdraw(gone.public_id, user=cast.max)
    likes.like(reply, cast.rita)
    likes.like(first, cast.mona)
    likes.like(first, cast.olga, kind="laugh")
    flag(reply.public_id, user=cast.max, reason="off_topic", note="not about\nthe bridge")
    decide(held.public_id, action="approve", by=cast.mona, note="harmless")
    wrong = decide(spam.public_id, action="approve", by=cast.mona)
    undo(wrong.public_id, by=cast.mona)
    refused = decide(
        reply.public_id, action="reject", reason="off_topic", message="Sorry.", by=cast.mona
    )
    decide(first.public_id, action="pin", by=cast.olga)
    with unit_of_work():
        db.session.add(
            Appeal(site_id=site.id, decision_id=refused.id, comment_id=reply.id, user_id=reply.author_id,
                   text="It was.", created_at=clock.now(), decided_at=clock.now(),
                   decided_by_id=cast.olga.id, outcome="upheld", answer="No.")
        )  # fmt: skip
        db.session.add(Identity(user_id=cast.rita.id, provider="site:harbour", subject="42"))
    elsewhere = threads.find_thread(site, OTHER)
    threads.set_closed(elsewhere, True)
    of_pages.react(elsewhere, cast.mona, "wow")
    with Reading(
        [
            ThreadRecord("disqus", "t", HREF + "3", "Old"),
            CommentRecord("disqus", "1", "t", None, AuthorRecord("Ann", "ann@example.org", "5"),
                          "From before.", clock.now(), likes=3),
        ]
    ) as reading:  # fmt: skip
        import_comments(site, reading)
    accounts.erase(cast.max)


@pytest.mark.engines
def test_it_works(cast: Cast, tmp_path: Path) -> None:
    """All of it, then into an empty installation, and out again: the same bytes."""
    busy_site(cast)
    before = written(cast.site)
    tables = (
        Comment,
        Revision,
        Thread,
        Decision,
        Flag,
        Appeal,
        Reaction,
        ThreadReaction,
        Membership,
    )
    rows = {each: _count(each, cast.site) for each in tables}
    path = tmp_path / "export.jsonl"
    path.write_bytes(before)
    db.session.remove()
    empty_the_database()
    with read(path) as reading:
        record = site_in(reading)
        assert record is not None
        site = make_site(record)
        report = import_comments(site, reading)
        assert report.left.total() == 0, report.sentences()
    assert written(by_key("harbour")) == before
    assert {each: _count(each, by_key("harbour")) for each in tables} == rows
    with read(path) as reading:
        again = import_comments(by_key("harbour"), reading)
    assert again.taken["comments"] == again.taken["people"] == 0
    assert written(by_key("harbour")) == before


def _count(model: type, site: Site) -> int:
    of_site = getattr(model, "site_id", None)
    query = select(func.count()).select_from(model)
    return db.session.scalar(query if of_site is None else query.where(of_site == site.id)) or 0


def test_it_holds_everything(cast: Cast) -> None:
    busy_site(cast)
    found = lines(written(cast.site))
    assert found[0]["kind"] == "commentsvc" and found[-1]["kind"] == "end"
    site = found[1]
    assert site["policy"]["banned_words"] == ["casino"] and site["app_ids"] == ["123456789"]
    people = {each["name"]: each for each in found if each["kind"] == "author"}
    assert people["Rita"]["role"] == "trusted" and people["Rita"]["note"] == "since 2020"
    assert people["Rita"]["identities"] == ["site:42"] and people["Ann"]["identities"] == [
        "disqus:5"
    ]
    assert people["[deleted]"]["erased_at"] and "email" not in people["[deleted]"]
    comments = {each["text"]: each for each in found if each["kind"] == "comment"}
    first = comments["The bridge is closed *again*, from Monday."]
    assert [each["text"] for each in first["revisions"]] == [
        "The bridge is closed *again*.",
        "The bridge is closed *again*, from Monday.",
    ]
    assert first["pinned"] and first["liked_by"] == [people["Mona"]["source_id"]]
    assert first["reacted_by"] == {people["Olga"]["source_id"]: "laugh"}
    assert first["reactions"] == {"laugh": 1}
    reply = comments["It never was open."]
    assert reply["author"]["name"] == "田中　太郎" and reply["status"] == "rejected"
    decision = reply["decisions"][-1]
    assert (decision["reason"], decision["message"]) == ("off_topic", "Sorry.")
    assert (
        decision["appeal"]["answer"] == "No."
        and reply["flags"][0]["note"] == "not about\nthe bridge"
    )
    assert comments["You idiot"]["revisions"][0]["verdict"]["action"] == "HOLD"
    spam = comments["casino"]["decisions"]
    assert spam[-1]["undoes"] == spam[-2]["id"]
    assert comments["From before."]["origin"] == "disqus:1"


def test_no_secret_leaves(cast: Cast) -> None:
    busy_site(cast)
    data = written(cast.site).decode()
    secrets = [*cast.site.secrets, cast.rita.password_hash, "password_hash", "network", "net-1"]
    assert not [each for each in secrets if each and each in data]


def test_another_sites_words_stay_there(cast: Cast) -> None:
    post(cast.other, "Of the mountains.", href="https://mountain.example.net/a")
    post(cast.site, "Of the harbour.")
    data = written(cast.site).decode()
    assert "harbour" in data and "mountain" not in data.lower().replace("mountain news", "")


def test_only_owners_may(cast: Cast) -> None:
    for user in (cast.mona, cast.rita, cast.max):
        with pytest.raises(NotAllowed):
            export_site(cast.site, "commentsvc", io.BytesIO(), by=user)
    export_site(cast.site, "commentsvc", io.BytesIO(), by=cast.olga)


def test_other_formats_hold_what_they_have_a_place_for(cast: Cast, tmp_path: Path) -> None:
    busy_site(cast)
    for name, hidden in (("csv", True), ("wordpress", True), ("facebook", False)):
        path = tmp_path / name
        path.write_bytes(written(cast.site, name))
        assert b"I take this back" not in path.read_bytes()
        with read(path) as reading:
            assert not reading.broken and reading.counts["comments"] >= (8 if hidden else 5), name
    with pytest.raises(Invalid, match="can’t be exported"):
        written(cast.site, "disqus")


def test_a_file_speaks_for_no_account_of_another_site(cast: Cast, tmp_path: Path) -> None:
    """An owner's file says what it likes; a member's account is not the file's to use."""
    rita = cast.rita.public_id
    path = tmp_path / "forged.jsonl"
    rows = [
        {"kind": "commentsvc", "version": 1},
        {"kind": "author", "source_id": rita, "name": "Rita", "role": "owner", "member": True,
         "email": cast.rita.email, "identities": ["site:42", "commentsvc:x"]},
        {"kind": "thread", "source": "commentsvc", "source_id": "t", "url": "https://mountain.example.net/a"},
        {"kind": "comment", "source": "commentsvc", "source_id": "c", "thread_source_id": "t",
         "author": {"source_id": rita, "name": "Rita"}, "text": "I never said this."},
        {"kind": "end", "threads": 1, "comments": 1},
    ]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, rows)))
    with unit_of_work():
        db.session.add(Identity(user_id=cast.rita.id, provider="site:harbour", subject="42"))
    with read(path) as reading:
        import_comments(cast.other, reading, by=cast.max)
    said = db.session.scalars(select(Comment)).one()
    author = db.session.get_one(User, said.author_id)
    assert author.id != cast.rita.id and author.public_id != rita
    assert author.member_email is None and not author.is_admin and author.password_hash is None


@pytest.mark.parametrize(("by", "many"), [("olga", 1), ("ada", 2), (None, 2)])
def test_an_owners_file_speaks_for_no_account_of_the_own_site_either(
    cast: Cast, tmp_path: Path, by: str | None, many: int
) -> None:
    """Whoever runs the installation may restore what people said; an owner may not invent it."""
    post(cast.site, "I did say this.", user=cast.rita)
    path = tmp_path / "forged.jsonl"
    rita = {"source_id": cast.rita.public_id, "name": "Rita"}
    rows = [
        {"kind": "commentsvc", "version": 1},
        {"kind": "author", "member": True, **rita},
        {"kind": "thread", "source": "commentsvc", "source_id": "t", "url": HREF},
        {"kind": "comment", "source": "commentsvc", "source_id": "c", "thread_source_id": "t",
         "author": rita, "text": "I never said this."},
        {"kind": "end", "threads": 1, "comments": 1},
    ]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, rows)))
    with read(path) as reading:
        import_comments(cast.site, reading, by=getattr(cast, by) if by else None)
    by_rita = db.session.scalars(select(Comment).where(Comment.author_id == cast.rita.id)).all()
    assert len(by_rita) == many


def test_ids_that_are_taken_are_not_taken_over(cast: Cast, tmp_path: Path) -> None:
    """The same export into a second site beside the first: all of it, under new ids."""
    busy_site(cast)
    path = tmp_path / "export.jsonl"
    path.write_bytes(written(cast.site))
    with read(path) as reading:
        record = site_in(reading)
        assert record is not None
        with pytest.raises(Conflict):
            make_site(record)
        copy = make_site(record, key="copy")
        for _ in range(2):
            import_comments(copy, reading)
    mine, copied = lines(written(cast.site)), lines(written(copy))
    assert len(mine) == len(copied)
    texts = [sorted(each.get("text", "") for each in found) for found in (mine, copied)]
    assert texts[0] == texts[1]
    assert not {each.get("source_id") for each in mine if each.get("source_id")} & {
        each.get("source_id") for each in copied if each.get("source_id")
    }


def test_hostile_values_of_an_own_file_are_cut_or_left_out(cast: Cast, tmp_path: Path) -> None:
    long = "x" * 5000
    rows = [
        {"kind": "commentsvc", "version": 1},
        {"kind": "author", "source_id": "u", "name": long, "role": "emperor", "locale": long},
        {"kind": "thread", "source": "commentsvc", "source_id": "t", "url": HREF, "title": long,
         "address": "javascript:1", "slow_seconds": 10**9, "merged_into": "nowhere"},
        {"kind": "comment", "source": "commentsvc", "source_id": "c", "thread_source_id": "t",
         "author": {"source_id": "u", "name": "U"}, "text": "words", "likes": 10**12,
         "unscored": long, "liked_by": ["nobody"], "reactions": {"laugh": 2, "shrug": 5, "wow": -1},
         "reacted_by": {"nobody": "laugh", "u": ["wow"]}, "home": "nowhere", "origin": long,
         "revisions": [{"text": "a", "scores": {"toxicity": 7}, "verdict": {"findings": [1]},
                        "model": long, "language": long, "facts": {"a": 1}}],
         "decisions": [{"action": long, "reason": long, "note": long, "before": long, "id": "!",
                        "undoes": "?", "revision": 99, "evidence": {"a": [1]},
                        "appeal": {"text": "why", "outcome": long}}],
         "flags": [{"reason": long, "weight": -1, "revision": -5, "by": "u"},
                   {"reason": "spam", "by": "u"}]},
        {"kind": "end", "threads": 1, "comments": 1},
    ]  # fmt: skip
    path = tmp_path / "hostile.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    with read(path) as reading:
        report = import_comments(cast.site, reading)
    assert report.taken["comments"] == 1 and report.left["role"] == 1
    comment = db.session.scalars(select(Comment)).one()
    assert comment.like_count == 1_000_000_000 and comment.flag_count == 1
    assert (comment.reactions, comment.approval) == ({"laugh": 2}, 2)
    assert threads.revision_of(comment).text == "words"
    assert written(cast.site)


def test_an_export_is_in_the_log(cast: Cast) -> None:
    written(cast.site)
    assert db.session.scalar(select(StaffAct.data).where(StaffAct.kind == "exported")) == {
        "format": "commentsvc"
    }
