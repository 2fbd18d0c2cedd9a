"""Reactions to the page itself: one a person and page, with or without comments there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.accounts.commands import make_guest
from commentsvc.accounts.models import User
from commentsvc.core import clock
from commentsvc.core.db import db, release, unit_of_work
from commentsvc.core.errors import NotAllowed
from commentsvc.exchange.exporting.personal import personal_data
from commentsvc.posting.claiming import claim
from commentsvc.posting.leaving import leave
from commentsvc.sites import commands as sites
from commentsvc.threads import likes, merging
from commentsvc.threads.commands import open_thread
from commentsvc.threads.models import Comment, Reaction, Thread, ThreadReaction
from commentsvc.threads.reactions import pages as of_pages
from tests.factories import HREF, post
from tests.web.asking import bearer, browser, guest

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.people import Cast

pytestmark = pytest.mark.engines

AT = "/api/v1/threads/reaction"
QUERY = {"site": "harbour", "href": HREF}
OTHER = "https://news.example.org/2026/ferry"


def offer(cast: Cast, **more: Any) -> None:
    policy = {"page_reactions": True, "named_reactions": ["love", "sad"], **more}
    sites.set_policy(cast.site, policy, by=cast.olga)


def put(app: Flask, kind: str = "love", headers: Any = None, **more: Any) -> Any:
    return browser(app).put(AT, json={**QUERY, "kind": kind, **more}, headers=headers or {})


def test_it_works(app: Flask, cast: Cast) -> None:
    """The first one creates the conversation; cached pages follow; changed, taken back."""
    offer(cast)
    client, rita = browser(app), bearer(cast.rita, cast.site)

    def seen() -> Any:
        page = client.get("/embed/thread", query_string=QUERY).text
        return client.get("/api/v1/threads", query_string=QUERY).get_json(), page

    before, page = seen()
    assert (before["id"], before["reactions"]) == (None, {"love": 0, "sad": 0})
    assert 'data-counts="0,0"' in page
    first = put(app, title="The bridge").get_json()
    assert first["reaction"] == "love" and first["edit_token"]
    for _ in range(2):
        found = put(app, "sad", rita).get_json()
        assert (found["reaction"], found["reactions"]) == ("sad", {"love": 1, "sad": 1})
    now, page = seen()
    assert now["id"] == found["thread_id"] and now["title"] == "The bridge"
    assert now["reactions"] == found["reactions"] and 'data-counts="1,1"' in page
    changes = f"/api/v1/threads/{now['id']}/changes"
    assert client.get(changes).get_json()["reactions"] == {"love": 1, "sad": 1}
    me = f"/api/v1/me?site=harbour&thread={now['id']}"
    assert client.get(me, headers=rita).get_json()["page_reaction"] == "sad"
    changed = put(app, "love", rita).get_json()
    assert changed["reactions"] == {"love": 2, "sad": 0}
    assert client.get(changes).get_json()["reactions"] == {"love": 2, "sad": 0}
    for _ in range(2):
        gone = client.delete(AT, query_string=QUERY, headers=rita).get_json()
        assert (gone["reaction"], gone["reactions"]) == (None, {"love": 1, "sad": 0})
    assert client.get(me, headers=rita).get_json()["page_reaction"] is None


def test_a_site_that_does_not_offer_them_shows_none(app: Flask, cast: Cast) -> None:
    post(cast.site)
    refused = put(app)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "no_likes")
    client = browser(app)
    assert client.get("/api/v1/threads", query_string=QUERY).get_json()["reactions"] is None
    page = client.get("/embed/thread", query_string=QUERY).text
    assert "data-counts" not in page and 'class="kinds' not in page


def test_what_is_refused(app: Flask, cast: Cast) -> None:
    offer(cast)
    wrong = put(app, "angry")
    assert wrong.status_code == 422 and wrong.get_json()["errors"][0]["pointer"] == "#/kind"
    foreign = put(app, href="https://elsewhere.example.com/page")
    assert (foreign.status_code, foreign.get_json()["code"]) == (403, "foreign_page")
    # a household's guests, and no more; one of them may still choose differently
    answers = [put(app) for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 403]
    assert answers[-1].get_json()["code"] == "enough_likes"
    token = guest(answers[0].get_json()["edit_token"])
    assert put(app, "sad", token).get_json()["reactions"] == {"love": 2, "sad": 1}
    assert put(app, headers=bearer(cast.bo, cast.site)).get_json()["code"] == "may_not_like"
    offer(cast, guests_may_like=False)
    assert put(app).get_json()["code"] == "sign_in_needed"
    assert put(app, headers=token).get_json()["code"] == "sign_in_needed"
    assert put(app, headers=bearer(cast.max, cast.site)).status_code == 200
    missing = browser(app).delete(
        AT, query_string={**QUERY, "href": OTHER}, headers=bearer(cast.max, cast.site)
    )
    assert missing.status_code == 404


def test_they_go_where_their_person_goes(app: Flask, cast: Cast) -> None:
    """Into the export of a person's data, along to an account, and away with it."""
    offer(cast)
    rita, max_ = (bearer(each, cast.site) for each in (cast.rita, cast.max))
    put(app, "love", rita)
    assert personal_data(cast.rita)["page_reactions"][0] | {"at": None} == {
        "article": HREF,
        "reaction": "love",
        "at": None,
    }
    for who, name in ((cast.rita, "Rita"), (cast.max, "Max")):
        made = post(cast.site, "As a guest.", name=f"{name} as a guest")
        with unit_of_work():
            who.member_email = f"{name.lower()}@example.com"
            for each in (who, db.session.get_one(User, made.comment.author_id)):
                each.email, each.email_verified_at = who.member_email, clock.now()
        put(app, "sad", guest(made.edit_token or ""))
    assert _counts() == {"love": 1, "sad": 2}
    for who in (cast.rita, cast.max):
        claim(who)
    # Rita has one already, and it stays
    assert _counts() == {"love": 1, "sad": 1}
    assert put(app, "sad", max_).get_json()["reactions"] == {"love": 1, "sad": 1}
    leave(cast.rita)
    assert _counts() == {"sad": 1}
    assert db.session.query(ThreadReaction).filter_by(user_id=cast.rita.id).count() == 0


def _counts() -> Any:
    db.session.expire_all()
    return db.session.query(Thread).order_by(Thread.id).first().reactions


def test_merged_and_split_again(app: Flask, cast: Cast) -> None:
    """A merged page's reactions count with the other's, once a person, and return with it."""
    offer(cast)
    one, other = (open_thread(cast.site, each) for each in (HREF, OTHER))
    for who, where, kind in (
        (cast.rita, one, "love"),
        (cast.max, one, "sad"),
        (cast.rita, other, "sad"),
        (cast.mona, other, "love"),
    ):
        of_pages.react(where, who, kind)
    done = merging.merge(other, one, by=cast.olga)
    assert one.reactions == {"love": 2, "sad": 1}
    put(app, "sad", bearer(cast.mona, cast.site), href=OTHER)
    assert one.reactions == {"love": 1, "sad": 2}
    merging.undo(done.public_id, by=cast.olga)
    assert (one.reactions, other.reactions) == ({"love": 1, "sad": 1}, {"sad": 2})


def test_a_page_that_is_merged_meanwhile(app: Flask, cast: Cast) -> None:
    """Who has read the old page just before reacts to the one that it became."""
    offer(cast)
    one, other = (open_thread(cast.site, each) for each in (HREF, OTHER))
    of_pages.react(other, cast.rita, "sad")
    ids = other.id, one.id
    elsewhere(app, lambda: merge_into(*ids), one, other)
    of_pages.react(other, cast.max, "love")
    assert _counts() == {"love": 1, "sad": 1}
    assert of_pages.reaction_of(cast.max, one) == "love"


def test_the_same_person_elsewhere(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is answered is what is stored, whatever the same person does in another tab meanwhile."""
    offer(cast)
    page = open_thread(cast.site, HREF)
    read = of_pages.reaction_of
    monkeypatch.setattr(of_pages, "reaction_of", lambda *_: None)  # read before the other tab's
    for kind in ("love", "sad"):
        of_pages.react(page, cast.rita, kind)
        assert (read(cast.rita, page), _counts()) == (kind, {kind: 1})
    of_pages.unreact(page, cast.rita)
    monkeypatch.setattr(of_pages, "reaction_of", lambda *_: "sad")
    of_pages.react(page, cast.rita, "love")
    assert (read(cast.rita, page), _counts()) == ("love", {"love": 1})


@pytest.mark.parametrize("what", ["page", "comment"])
def test_a_script_gives_no_more_at_once(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Guests of one network who all ask before any of them is stored."""
    made = post(cast.site, user=cast.rita).comment
    at, comment_id = made.thread_id, made.id
    with unit_of_work():
        guests = [make_guest("Guest")[0].id for _ in range(5)]
    together = Barrier(len(guests))

    def wait(read: Callable[..., Any]) -> Callable[..., Any]:
        def reading(*given: Any) -> Any:
            found = read(*given)
            with suppress(BrokenBarrierError):  # on SQLite, only one writes
                together.wait(2)
            return found

        return reading

    monkeypatch.setattr(of_pages, "reaction_of", wait(of_pages.reaction_of))
    monkeypatch.setattr(likes._KNOWN, "ask", wait(likes._KNOWN.ask))

    def react(user_id: int) -> None:
        with app.app_context():
            user = db.session.get_one(User, user_id)
            with suppress(NotAllowed):
                if what == "page":
                    of_pages.react(db.session.get_one(Thread, at), user, "love", network="n")
                else:
                    likes.like(db.session.get_one(Comment, comment_id), user, network="n")

    db.session.rollback()
    with ThreadPoolExecutor(len(guests)) as pool:
        list(pool.map(react, guests))
    db.session.rollback()
    rows = ThreadReaction if what == "page" else Reaction
    assert db.session.query(rows).count() == likes.MAX_GUEST_LIKES_OF_A_NETWORK


def merge_into(thread_id: int, into_id: int) -> None:
    merging.merge(*(db.session.get_one(Thread, each) for each in (thread_id, into_id)), by=None)


def elsewhere(app: Flask, act: Callable[[], None], *known: Thread) -> None:
    """Act in another session, while these objects stay as they were read."""
    for each in known:
        db.session.refresh(each)
    release()

    def run() -> None:
        with app.app_context():
            act()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()
