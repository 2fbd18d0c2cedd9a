"""Guests hear of replies at an address that its owner has confirmed, and can take their comments along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.accounts.models import User
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Invalid, NotAllowed
from commentsvc.moderation.commands import decide
from commentsvc.notifications import guests
from commentsvc.notifications.mail import Mail, mailer
from commentsvc.notifications.stopping import choice_of, stop
from commentsvc.posting.claiming import claim, claimable
from commentsvc.sites import commands as sites
from commentsvc.threads import likes
from commentsvc.threads.models import Reaction
from tests.factories import post
from tests.web.asking import bearer, browser, guest, signed_in

if TYPE_CHECKING:
    from flask import Flask

    from commentsvc.threads.models import Comment
    from tests.notifications.conftest import Later
    from tests.people import Cast

pytestmark = pytest.mark.usefixtures("noon")


def sent(app: Flask) -> list[Mail]:
    return list(mailer.of(app).sent)  # type: ignore[attr-defined]


def token_in(mail: Mail, what: str) -> str:
    return mail.body.split(f"/account/letters/{what}?token=")[1].split()[0]


@pytest.fixture
def ann(app: Flask, cast: Cast, later: Later) -> Comment:
    """A comment of a guest, who has asked for emails at an address and confirmed it."""
    comment = post(cast.site, "I took the tram.", name="Ann").comment
    ask(comment, cast)
    later(minutes=1)
    (mail,) = sent(app)
    assert mail.to == "ann@example.org" and "Ann" not in mail.body
    guests.confirm(token_in(mail, "on"))
    return comment


def author(comment: Comment) -> User:
    return db.session.get_one(User, comment.author_id)


def ask(comment: Comment, cast: Cast) -> None:
    state = guests.ask(author(comment), " Ann@Example.org", site=cast.site, locale="en")
    assert state == "asked"


def test_it_works(app: Flask, cast: Cast, ann: Comment, later: Later) -> None:
    assert guests.state(author(ann)) == "confirmed"
    post(cast.site, "So did I.", user=cast.max, parent=ann.public_id)
    later(minutes=1)
    mail = sent(app)[-1]
    assert mail.to == "ann@example.org" and "> So did I." in mail.body
    assert "/account/\n" not in mail.body  # there is no account
    token = token_in(mail, "off")
    assert choice_of(token) == "answers" and stop(token) == "answers" == stop(token)
    assert guests.state(author(ann)) == "none"
    post(cast.site, "Me too.", user=cast.max, parent=ann.public_id)
    later(minutes=1)
    assert len(sent(app)) == 2


def test_nothing_before_the_address_is_confirmed(app: Flask, cast: Cast, later: Later) -> None:
    comment = post(cast.site, "I took the tram.", name="Ann").comment
    ask(comment, cast)
    post(cast.site, "So did I.", user=cast.max, parent=comment.public_id)
    later(minutes=1)
    (mail,) = sent(app)
    assert "replied" not in mail.subject
    later(days=3)  # nobody has confirmed it: it is not kept
    assert author(comment).email is None and guests.state(author(comment)) == "none"
    with pytest.raises(NotAllowed):
        guests.confirm(token_in(mail, "on"))


def test_no_emails_but_about_replies(app: Flask, cast: Cast, ann: Comment, later: Later) -> None:
    decide(ann.public_id, action="reject", reason="off_topic", by=cast.mona)
    later(minutes=1)
    assert len(sent(app)) == 1


def test_an_address_can_be_deleted(app: Flask, cast: Cast, ann: Comment, later: Later) -> None:
    guests.forget(author(ann))
    post(cast.site, "So did I.", user=cast.max, parent=ann.public_id)
    later(minutes=1)
    assert author(ann).email is None and len(sent(app)) == 1


def test_a_link_is_good_for_its_address_only(app: Flask, cast: Cast, later: Later) -> None:
    comment = post(cast.site, "I took the tram.", name="Ann").comment
    ask(comment, cast)
    later(minutes=1)
    token = token_in(sent(app)[0], "on")
    guests.ask(author(comment), "victim@example.org", site=cast.site, locale="en")
    # the first character: in the last one of base64, some bits are not read
    near = ("x" if token[0] != "x" else "y") + token[1:]
    for wrong in (token, near, "x.y.z", ""):
        with pytest.raises(NotAllowed):
            guests.confirm(wrong)
    assert author(comment).email_verified_at is None


def test_who_is_refused(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        guests.ask(cast.rita, "rita@example.org", site=cast.site, locale="en")
    with pytest.raises(NotAllowed):
        guests.forget(cast.rita)
    comment = post(cast.site, name="Ann").comment
    with pytest.raises(Invalid):
        guests.ask(author(comment), "nobody", site=cast.site, locale="en")


def test_by_the_api_and_the_page(app: Flask, cast: Cast, later: Later) -> None:
    posted = post(cast.site, "I took the tram.", name="Ann")
    ask_as = guest(posted.edit_token or "")
    client, address = browser(app), "/api/v1/me/replies-email"
    sent_in = {"site": "harbour", "email": "ann@example.org"}
    answer = client.put(address, json=sent_in, headers=ask_as)
    assert answer.get_json() == {"replies_email": "asked"}
    assert (
        client.put(address, json=sent_in, headers=bearer(cast.rita, cast.site)).status_code == 403
    )
    asked = client.get("/api/v1/me?site=harbour", headers=ask_as).get_json()
    assert asked["replies_email"] == "asked"
    later(minutes=1)
    page = f"/account/letters/on?token={token_in(sent(app)[0], 'on')}"
    assert "ann@example.org" in client.get(page).text
    assert guests.state(author(posted.comment)) == "asked"  # looking changes nothing
    assert client.post(page).status_code == 200
    me = client.get("/api/v1/me?site=harbour", headers=ask_as).get_json()
    assert me["replies_email"] == "confirmed" and "ann@" not in str(me)
    assert client.delete(address, headers=ask_as).status_code == 204
    assert client.get(page).status_code == 410


# --- claiming -------------------------------------------------------------------------------------


def rita_as_ann(cast: Cast) -> User:
    cast.rita.email = cast.rita.member_email = "ann@example.org"
    cast.rita.email_verified_at = clock.now()
    db.session.commit()
    return cast.rita


@pytest.mark.engines
def test_a_guests_comments_become_the_members(app: Flask, cast: Cast, ann: Comment) -> None:
    rita = rita_as_ann(cast)
    before = author(ann)
    client, csrf = signed_in(app, rita)
    assert "wrote 1 comment as a guest" in client.get("/account/").text
    assert ann.author_id == before.id  # not without consent
    client.post("/account/claim", data={"csrf_token": csrf})
    db.session.expire_all()
    assert ann.author_id == rita.id and before.erased_at is not None
    assert claimable(rita) == 0


@pytest.mark.engines
def test_one_person_reacts_once_and_never_to_their_own(cast: Cast, ann: Comment) -> None:
    """The guest and the member reacted as two; together they are one."""
    rita = rita_as_ann(cast)
    guest = author(ann)
    hers = post(cast.site, "I walked.", user=rita).comment
    both = post(cast.site, "I went by bike.", name="Bo").comment
    alone = post(cast.site, "I stayed at home.", name="Cy").comment
    likes.like(ann, rita)
    likes.like(hers, guest, kind="love")
    likes.like(both, guest, kind="love")
    likes.like(both, rita)
    likes.like(alone, guest)
    claim(rita)
    db.session.expire_all()
    found = [(each.like_count, each.reactions) for each in (ann, hers, both, alone)]
    assert found == [(0, None), (0, None), (1, None), (1, None)]
    kept = db.session.execute(select(Reaction.comment_id, Reaction.user_id)).all()
    assert sorted(kept) == [(both.id, rita.id), (alone.id, rita.id)]


def test_only_by_an_address_that_both_confirmed(cast: Cast, ann: Comment) -> None:
    rita = rita_as_ann(cast)
    rita.email_verified_at = None
    assert claimable(rita) == 0
    rita.email_verified_at = clock.now()
    author(ann).email_verified_at = None
    db.session.commit()
    claim(rita)
    assert ann.author_id != rita.id


def test_a_ban_is_not_left_behind(cast: Cast, ann: Comment) -> None:
    sites.set_role(cast.site, author(ann), "banned", by=cast.mona, message="No.")
    assert claimable(rita_as_ann(cast)) == 0
