"""Whoever opens the demo's dashboard finds something in every queue, and may decide about it."""

from __future__ import annotations

import re
import socket
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from commentsvc.core.db import db
from commentsvc.demo import pages, paper, seed, staged, start
from commentsvc.moderation.cases.appeals import hear
from commentsvc.moderation.cases.models import Notice
from commentsvc.moderation.cases.notices import take_up
from commentsvc.moderation.desk import queue
from commentsvc.moderation.models import Appeal, Decision, Flag
from commentsvc.notifications.mail import FileMailer, Mail, mailer, make_mailer
from commentsvc.settings import Settings, settings
from commentsvc.sites.commands import set_origins
from commentsvc.sites.models import Site
from commentsvc.sites.queries import by_app_id, by_key, by_origin
from commentsvc.threads.models import Comment

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

BASE = "http://localhost:5000"


@pytest.fixture
def staff(app: Flask) -> dict[str, Any]:
    found = seed.people("correct horse battery")
    seed.conversations(seed.site(found, [BASE]), found, BASE)
    return found


def site() -> Site:
    return db.session.scalars(select(Site)).one()


def count(model: Any, *where: Any) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0)


def test_it_works(staff: dict[str, Any]) -> None:
    counts = queue.counts([site()])
    assert min(counts[each] for each in ("pending", "reported", "unreviewed", "rejected")) >= 1
    assert count(Flag, Flag.note.is_not(None), Flag.user_id.is_not(None)) == 1
    assert count(Decision, Decision.action == "reject", Decision.reason == "spam") == 1
    for name, rule in (("pending", "links"), ("reported", "suspect_words")):
        assert queue.page([site()], name, filters=queue.Filters(rule=rule)).items, rule


@pytest.mark.parametrize("who", [seed.MODERATOR, seed.OWNER])
def test_who_tries_the_demo_may_decide(staff: dict[str, Any], who: str) -> None:
    made = db.session.scalars(select(Appeal)).one()
    hear(made.public_id, outcome="overturned", by=staff[who])
    assert db.session.get_one(Comment, made.comment_id).status == "published"
    notice = db.session.scalars(select(Notice)).one()
    assert take_up(notice.receipt, by=staff[who]).state == "under_review"


def test_a_start_that_broke_off_is_done_again(staff: dict[str, Any]) -> None:
    tables = (Comment, Decision, Flag, Appeal, Notice)
    before = [count(each) for each in tables]
    again = seed.people("correct horse battery")
    seed.conversations(seed.site(again, [BASE]), again, BASE)
    assert [count(each) for each in tables] == before


def test_nobody_is_notified_of_the_newspapers_past(app: Flask) -> None:
    before: Any = mailer.of(app)
    start.prepare(app)
    assert count(Notice) == 1 and list(before.sent) == []
    assert not (settings.of(app).data_dir / "emails.txt").exists()


def test_the_states_are_staged_before_anybody_looks(app: Flask) -> None:
    """Beside other writers, a comment might be refused, and its state would stay half staged."""
    start.prepare(app)
    sites = {site.key: site.id for site in db.session.scalars(select(Site))}
    assert set(staged.STAGES) < set(sites)
    author = select(Comment.status).where(Comment.site_id == sites[staged.AUTHOR])
    assert sorted(db.session.scalars(author)) == [
        *("pending", "published", "published", "rejected", "rejected"),
    ]


def test_pages_that_name_no_site_stay_the_newspapers(app: Flask, staff: dict[str, Any]) -> None:
    base = settings.of(app).public_url
    paper_site = seed.site(staff, [])
    set_origins(paper_site, [base, "http://127.0.0.1:*"])
    pages.register(app)
    staged.ready()
    client = app.test_client()
    old = client.get(f"/demo/archive/{paper.OLD_PAGE}", base_url=base).text
    named = re.search(r"appId=(\d+)", old)
    assert named and by_app_id(named[1]) == paper_site
    elsewhere = "http://127.0.0.1:4321"
    assert by_origin(elsewhere) == paper_site
    first = by_key(staged.OPEN)
    set_origins(first, ["http://127.0.0.1:*"])  # staged by an older demo
    staged.list_origins()
    assert by_origin(elsewhere) == paper_site


def test_it_is_called_localhost_where_no_other_program_is(tmp_path: Path) -> None:
    """Browsers make passkeys for that name and not for 127.0.0.1."""
    given = Settings(data_dir=tmp_path, port=1, secret_key="x" * 32).checked()
    assert start.named(given).public_url == "http://localhost:1"
    own = replace(given, public_url="https://demo.example.org")
    assert start.named(own) == own
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as other:
        port = other.getsockname()[1]
        taken = replace(given, port=port, public_url="").checked()
        assert start.named(taken).public_url == f"http://127.0.0.1:{port}"


def test_the_start_page_leads_to_every_page_of_the_demo(app: Flask) -> None:
    pages.register(app)
    shown = app.test_client().get("/", base_url=settings.of(app).public_url).text
    for each in ("", "states/", f"archive/{paper.OLD_PAGE}", f"archive/{paper.DISQUS_PAGE}"):
        assert f'href="/demo/{each}"' in shown


def test_those_who_sign_in_have_confirmed_addresses(staff: dict[str, Any]) -> None:
    assert all(each.email_verified_at for each in staff.values())
    staff[seed.READER].email_verified_at = None  # made by an older demo
    db.session.commit()
    assert seed.people("correct horse battery")[seed.READER].email_verified_at


def test_no_page_asks_for_an_icon_that_is_not_there() -> None:
    folder = Path(seed.__file__).parent / "templates" / "demo"
    for name in ("layout.html", "old.html"):
        assert 'rel="icon"' in (folder / name).read_text("utf-8"), name


@pytest.mark.parametrize("mail_url", ["console:", "smtp://127.0.0.1:2525"])
def test_emails_reach_whoever_tries_the_demo(
    make_app: Callable[..., Flask],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    mail_url: str,
) -> None:
    wanted = {"data_dir": tmp_path, "mail_url": mail_url, "mail_from": "post@example.org"}
    app = make_app()
    given = replace(settings.of(app), **wanted)
    settings.install(app, given)
    mailer.install(app, make_mailer(given))
    monkeypatch.setattr(seed, "conversations", lambda *_: None)
    start.prepare(app)
    start.extend(app)
    start.announce(given)
    said = capsys.readouterr().out
    assert mailer.of(app).reaches_people  # so a code by email is offered
    assert isinstance(mailer.of(app), FileMailer) is (mail_url == "console:")
    assert ("emails.txt" in said) is (mail_url == "console:")
    if mail_url == "console:":
        mailer.of(app).send(Mail(to=seed.READER, subject="A reply", body="Somebody answered."))
        assert "Somebody answered." in (tmp_path / "emails.txt").read_text("utf-8")
    assert ("from post@example.org" in said) is (mail_url != "console:")
