"""A reader writes: what is published, held, refused, repeated, edited and withdrawn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from commentsvc.accounts import proofs
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, Invalid, NotAllowed, NotFound
from commentsvc.moderation.outcomes import outcomes
from commentsvc.posting import before
from commentsvc.posting import commands as posting
from commentsvc.sites import commands as sites
from commentsvc.sites.queries import policy_of
from commentsvc.threads import commands as threads
from commentsvc.threads import pages
from commentsvc.threads.models import Comment, Thread
from commentsvc.threads.rules import ThreadClosed
from commentsvc.toxicity.scorer import scorer
from tests.factories import HREF, post

if TYPE_CHECKING:
    from flask import Flask

    from commentsvc.posting.commands import Posted
    from tests.people import Cast


def reasons(posted: Posted) -> list[str]:
    return outcomes([posted.comment])[posted.comment.id].reasons


def test_it_works(cast: Cast) -> None:
    posted = post(cast.site, "What a **fine** bridge.", name="Ann")
    assert posted.comment.status == "published"
    assert posted.edit_token and reasons(posted) == []
    thread = threads.find_thread(cast.site, HREF)
    assert thread is not None and thread.comment_count == 1
    page = pages.first_page(thread.id, policy_of(cast.site))
    assert [each.author_name for each in page.items] == ["Ann"]
    assert "<strong>fine</strong>" in page.items[0].html


def test_an_insult_is_held_and_its_author_is_told_why(cast: Cast) -> None:
    posted = post(cast.site, "You idiot.", user=cast.rita)
    assert posted.comment.status == "pending"
    assert reasons(posted) and not any(char.isdigit() for char in reasons(posted)[0])
    thread = threads.find_thread(cast.site, HREF)
    assert thread is not None and thread.comment_count == 0
    assert pages.first_page(thread.id, policy_of(cast.site)).items == []
    assert [own.public_id for own in pages.own(cast.rita, thread.id).comments] == [
        posted.comment.public_id
    ]
    assert pages.own(cast.max, thread.id).comments == []


def test_the_same_request_gets_the_same_answer(cast: Cast) -> None:
    first = post(cast.site, "Only once.", key="k-1")
    again = post(cast.site, "Only once.", key="k-1")
    assert again.replayed and again.comment.id == first.comment.id
    assert again.edit_token == first.edit_token
    assert db.session.scalar(select(func.count(Comment.id))) == 1
    assert proofs.find("guest", first.edit_token or "") is not None


def test_the_same_key_with_another_text_is_refused(cast: Cast) -> None:
    post(cast.site, "Only once.", key="k-1")
    with pytest.raises(posting.SameKeyOtherBody):
        post(cast.site, "Something else.", key="k-1")


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u2060", "a" * 5001, "a\x00b", "a\ud800b"])
def test_what_cannot_be_a_comment_is_refused(cast: Cast, text: str) -> None:
    with pytest.raises(Invalid):
        posting.submit(posting.NewComment(site=cast.site, href=HREF, text=text, name="Ann"))
    assert db.session.scalar(select(func.count(Comment.id))) == 0
    assert db.session.scalar(select(func.count(Thread.id))) == 0


def test_a_page_of_another_site_opens_no_thread(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        post(cast.site, href="https://evil.example.com/2026/bridge")


def test_a_banned_reader_cannot_write(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        post(cast.site, user=cast.bo)
    assert post(cast.other, user=cast.bo, href="https://mountain.example.net/a")


def test_guests_stay_out_where_the_site_wants_it(cast: Cast) -> None:
    sites.set_policy(cast.site, {"guests_may_post": False}, by=cast.olga)
    with pytest.raises(NotAllowed):
        post(cast.site)
    assert post(cast.site, user=cast.rita).comment.status == "published"


def test_nobody_writes_in_a_closed_thread(cast: Cast) -> None:
    posted = post(cast.site)
    thread = db.session.get_one(Thread, posted.comment.thread_id)
    threads.set_closed(thread, True)
    with pytest.raises(ThreadClosed):
        post(cast.site)
    with pytest.raises(ThreadClosed):
        posting.edit(posted.comment.public_id, "Other words.", user=_author(posted))


def test_one_comment_after_the_other(cast: Cast) -> None:
    sites.set_policy(cast.site, {"slow_seconds": 3}, by=cast.olga)
    with clock.frozen(clock.now()):
        post(cast.site, user=cast.rita)
        with pytest.raises(posting.TooFast) as refused:
            post(cast.site, user=cast.rita)
        assert refused.value.retry_after == 3
        clock.move(timedelta(seconds=3))
        post(cast.site, user=cast.rita)


def test_an_edit_is_judged_again_and_the_first_text_is_kept(cast: Cast) -> None:
    posted = post(cast.site, "Fine.", user=cast.rita)
    edited = posting.edit(posted.comment.public_id, "You idiot.", user=cast.rita)
    assert edited.comment.status == "pending" and reasons(edited)
    assert edited.comment.edited_at is not None
    thread = db.session.get_one(Thread, posted.comment.thread_id)
    assert thread.comment_count == 0
    assert threads.revision_of(edited.comment).number == 2


def test_an_edit_is_for_its_author_and_in_time(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        posted = post(cast.site, user=cast.rita)
        with pytest.raises(NotAllowed):
            posting.edit(posted.comment.public_id, "Mine now.", user=cast.max)
        with pytest.raises(NotAllowed):
            posting.edit(posted.comment.public_id, "Mine now.", user=None)
        clock.move(timedelta(seconds=901))
        with pytest.raises(Conflict):
            posting.edit(posted.comment.public_id, "Too late.", user=cast.rita)


def test_a_withdrawn_comment_keeps_its_place_for_its_replies(cast: Cast) -> None:
    top = post(cast.site, "Question?", user=cast.rita)
    reply = post(cast.site, "Answer.", user=cast.max, parent=top.comment.public_id)
    posting.withdraw(top.comment.public_id, user=cast.rita)
    posting.withdraw(top.comment.public_id, user=cast.rita)
    page = pages.first_page(top.comment.thread_id, policy_of(cast.site))
    assert page.items[0].gap == "withdrawn" and page.items[0].text == ""
    assert page.items[0].author_name == ""
    assert [each.id for each in page.items[0].replies] == [reply.comment.public_id]
    posting.withdraw(reply.comment.public_id, user=cast.max)
    assert pages.first_page(top.comment.thread_id, policy_of(cast.site)).items == []


def test_a_reply_needs_a_published_comment_of_the_thread(cast: Cast) -> None:
    held = post(cast.site, "You idiot.", user=cast.rita)
    with pytest.raises(NotFound):
        post(cast.site, parent=held.comment.public_id)
    elsewhere = post(cast.site, href=HREF + "/two")
    with pytest.raises(NotFound):
        post(cast.site, parent=elsewhere.comment.public_id)


@pytest.mark.parametrize(
    ("unscored", "status"), [("hold", "pending"), ("flag", "published"), ("publish", "published")]
)
def test_without_a_score_the_policy_decides(
    app: Flask, cast: Cast, unscored: str, status: str
) -> None:
    sites.set_policy(cast.site, {"unscored": unscored}, by=cast.olga)
    scorer().broken = "model_missing"  # type: ignore[attr-defined]
    posted = post(cast.site, "Quite harmless.")
    assert posted.comment.status == status
    assert posted.comment.unscored == "model_missing"


def test_what_waited_for_a_score_gets_it_when_the_scorer_is_back(cast: Cast) -> None:
    from commentsvc.posting.jobs import score_unscored

    stub = scorer()
    stub.broken = "slow"  # type: ignore[attr-defined]
    harmless, insult = post(cast.site, "Harmless."), post(cast.site, "You idiot.")
    assert score_unscored() == 0
    stub.broken = None  # type: ignore[attr-defined]
    assert score_unscored() == 2
    db.session.expire_all()
    assert (harmless.comment.status, harmless.comment.unscored) == ("published", None)
    assert (insult.comment.status, insult.comment.unscored) == ("pending", None)
    assert threads.revision_of(insult.comment).scores["insult"] > 0.9


def test_a_text_that_no_scorer_survives_holds_no_other_up(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from commentsvc.posting.jobs import score_unscored

    stub = scorer()
    stub.broken = "slow"  # type: ignore[attr-defined]
    poison, calm = post(cast.site, "Poison."), post(cast.site, "Harmless.")
    stub.broken = None  # type: ignore[attr-defined]
    sound = type(stub)._one  # type: ignore[attr-defined]

    def one(self: object, text: str, language: str) -> object:
        if text == "Poison.":
            raise ZeroDivisionError
        return sound(self, text, language)

    monkeypatch.setattr(type(stub), "_one", one)
    assert score_unscored() == 1
    db.session.expire_all()
    assert (poison.comment.unscored, calm.comment.unscored) == ("slow", None)


def test_the_nudge_stores_nothing_and_says_no_numbers(cast: Cast) -> None:
    told = before.nudge(cast.site, "You idiot.", user=None)
    assert told.ask and told.would_hold and told.sentences
    assert not any(char.isdigit() for char in " ".join(told.sentences))
    assert not before.nudge(cast.site, "Thank you for this.", user=None).ask
    assert db.session.scalar(select(func.count(Comment.id))) == 0


def _author(posted: posting.Posted):
    credential = proofs.find("guest", posted.edit_token or "")
    assert credential is not None
    from commentsvc.accounts.commands import by_id

    return by_id(credential.user_id or 0)


def test_many_writers_at_once_lose_nothing(app: Flask, cast: Cast) -> None:
    import threading

    site_key, errors = cast.site.key, []
    db.session.commit()

    def write(writer: int) -> None:
        from commentsvc.sites.queries import by_key

        with app.app_context():
            try:
                for number in range(5):
                    post(by_key(site_key), f"Writer {writer} says {number}.", name=f"W{writer}")
            except Exception as error:
                errors.append(error)

    writers = [threading.Thread(target=write, args=(each,)) for each in range(8)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert errors == []
    thread = threads.find_thread(cast.site, HREF)
    assert thread is not None and thread.comment_count == 40


def test_the_newest_comment_stays_the_newest(cast: Cast) -> None:
    """On another node a comment may be begun earlier and stored later."""
    late, early = datetime(2026, 5, 4, 12, tzinfo=UTC), datetime(2026, 5, 4, 11, tzinfo=UTC)
    for moment in (late, early):
        with clock.frozen(moment):
            thread_id = post(cast.site).comment.thread_id
    db.session.expire_all()
    thread = db.session.get_one(Thread, thread_id)
    assert (thread.last_comment_at, thread.comment_count) == (late, 2)
