"""Blocking a network from a comment's and from a person's page, the list of blocks, lifting."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from flask import request

from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import NotAllowed
from commentsvc.moderation.cases import networks
from commentsvc.posting.jobs import forget_networks
from commentsvc.threads.models import Comment
from commentsvc.web.network import network_of
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

LIST = "/dashboard/networks"


@pytest.fixture
def comment(cast: Cast) -> Comment:
    return post(cast.site, "Buy my boats.", user=cast.rita).comment


def form_of(comment: Comment) -> str:
    return f"/dashboard/comments/{comment.public_id}/network"


def test_it_works(cast: Cast, comment: Comment, mona: Staff) -> None:
    assert f'href="{form_of(comment)}' in mona.page(f"/dashboard/comments/{comment.public_id}")
    page = mona.page(form_of(comment))
    assert "Buy my boats." in page and "The Harbour Post" in page and 'value="30"' in page
    back = f"/dashboard/people/{cast.rita.public_id}"
    answer = mona.post(form_of(comment), days="7", reason="spam", back=back)
    assert (answer.status_code, answer.location) == (303, back)
    assert "The network is blocked on The Harbour Post through" in mona.page(back)
    with pytest.raises(NotAllowed):
        post(cast.site)
    (shown,) = networks.active([cast.site]).items
    assert abs(shown.until - clock.now() - timedelta(days=7)) < timedelta(minutes=1)
    listed = mona.page(LIST)
    assert "Mona" in listed and "Spam" in listed and shown.until.isoformat() in listed
    assert comment.network is not None and comment.network not in listed
    lift = re.search(rf'action="({LIST}/\w+/lift)"', listed)
    assert lift
    assert mona.post(lift[1]).status_code == 303
    page = mona.page(LIST)
    assert "The network is no longer blocked." in page and "No blocked networks" in page
    assert post(cast.site)
    assert mona.post(lift[1]).status_code == 303
    assert "This network is no longer blocked." in mona.page(LIST)


def test_from_a_person_s_page(cast: Cast, comment: Comment, mona: Staff) -> None:
    newer = post(cast.site, user=cast.rita).comment
    page = mona.page(f"/dashboard/people/{cast.rita.public_id}")
    assert form_of(newer) in page and form_of(comment) not in page
    assert LIST in mona.page("/dashboard/people")


def test_until_a_day_with_that_day(cast: Cast, comment: Comment, mona: Staff) -> None:
    last = (clock.now() + timedelta(days=2)).date()
    assert mona.post(form_of(comment), days="date", until=last.isoformat(), reason="hate")
    (shown,) = networks.active([cast.site]).items
    assert shown.until.date() == last + timedelta(days=1) and shown.until.hour == 0


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"days": "date", "until": "2020-01-02", "reason": "hate"}, "end date in the future"),
        ({"days": "date", "until": "x", "reason": "hate"}, "Enter a date."),
        ({"days": "date", "reason": "hate"}, "end date in the future"),
        ({"reason": "hate"}, "end date in the future"),
        ({"days": "9999", "reason": "hate"}, "end date in the future"),
        ({"days": "30"}, "Choose a reason."),
        ({"days": "30", "reason": "nonsense"}, "Choose a reason."),
    ],
)
def test_an_error_keeps_what_was_typed(
    cast: Cast, comment: Comment, mona: Staff, sent: dict[str, str], said: str
) -> None:
    back = "/dashboard/log"
    answer = mona.post(form_of(comment), back=back, **sent)
    page = re.sub(r"\s+", " ", answer.text)
    assert answer.status_code == 422 and said in page and 'aria-invalid="true"' in page
    assert f'name="back" value="{back}"' in page
    if sent.get("days") in ("30", "date"):
        assert re.search(rf'value="{sent["days"]}"[^>]* checked', page)
    if "until" in sent:
        assert f'name="until" value="{sent["until"]}"' in page
    if sent.get("reason") == "hate":
        assert re.search(r'<option value="hate" selected', page)
    assert networks.active([cast.site]).items == []


def test_a_forgotten_network_is_not_offered(cast: Cast, comment: Comment, mona: Staff) -> None:
    one, person = (
        f"/dashboard/comments/{comment.public_id}",
        f"/dashboard/people/{cast.rita.public_id}",
    )
    with clock.frozen(clock.now() + timedelta(days=31)):
        forget_networks()
    for page in (mona.page(one), mona.page(person)):
        assert form_of(comment) not in page and "no longer stored" in page
    page = mona.page(form_of(comment))
    assert "no longer stored" in page and 'name="reason"' not in page
    answer = mona.post(form_of(comment), days="1", reason="spam")
    assert answer.status_code == 422 and 'role="alert"' in answer.text


def test_the_comment_says_that_it_is_blocked(comment: Comment, mona: Staff) -> None:
    mona.post(form_of(comment), days="1", reason="spam")
    page = mona.page(f"/dashboard/comments/{comment.public_id}")
    assert "network is blocked through" in page and LIST in page
    assert "replace the end date" in mona.page(form_of(comment))


def test_one_s_own_network_is_warned_of(comment: Comment, mona: Staff) -> None:
    assert "the network you are using now" not in mona.page(form_of(comment))
    with (
        mona.client.application.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}),
        unit_of_work(),
    ):
        db.session.get_one(Comment, comment.id).network = network_of(request)
    assert "the network you are using now" in mona.page(form_of(comment))


def test_another_site_s_is_not_there(
    comment: Comment, mona: Staff, sign_in: Callable[[str | None], Staff]
) -> None:
    mona.post(form_of(comment), days="1", reason="spam")
    lift = re.search(rf"{LIST}/\w+/lift", mona.page(LIST))
    assert lift
    stranger = sign_in("max")
    assert "No blocked networks" in stranger.page(LIST)
    assert stranger.get(form_of(comment)).status_code == 404
    assert stranger.post(form_of(comment), days="1", reason="spam").status_code == 404
    assert stranger.post(lift[0], json=True).status_code == 404
    assert lift[0] in mona.page(LIST)
