"""A notice of illegal content: given by anybody, decided on the dashboard, answered by its receipt."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from commentsvc.moderation.cases.notices import by_receipt, give_notice
from commentsvc.sites import commands as sites
from tests.dashboard.conftest import Staff
from tests.factories import post
from tests.flat import flat

if TYPE_CHECKING:
    from commentsvc.threads.models import Comment
    from tests.people import Cast

SignIn = Callable[[str | None], Staff]
GOOD = {
    "law": "Criminal code, section 185",
    "explanation": "It calls a named person <b>something</b> that the law forbids.",
    "name": "Nora Reader",
    "email": "nora@example.org",
    "good_faith": "on",
}


@pytest.fixture
def comment(cast: Cast) -> Comment:
    return post(cast.site, "A rather bad thing.", user=cast.rita).comment


def test_it_works(comment: Comment, sign_in: SignIn, mona: Staff) -> None:
    nobody = sign_in(None)
    form = nobody.page(f"/embed/notice?comment={comment.public_id}")
    assert "A rather bad thing." in form and 'name="csrf_token"' in form
    answer = nobody.post("/embed/notice", comment=comment.public_id, **GOOD)
    assert answer.status_code == 303, answer.text
    receipt = answer.location.rpartition("/")[2]
    assert "received your notice" in nobody.page(f"/embed/notice/{receipt}")

    listed = mona.page("/dashboard/notices?state=received")
    heading = listed.partition(f'id="n-{receipt}" dir="auto">')[2].partition("</h2>")[0]
    assert (
        flat(heading)
        == "Criminal code, section 185 · <bdi>https://news.example.org/2026/bridge</bdi>"
    )
    assert receipt in listed and "&lt;b&gt;something" in listed and "nora@example.org" in listed
    assert 'Notices<span class="pill accent">1</span>' in listed
    mona.post(f"/dashboard/notices/{receipt}/review", note="Asked the lawyer.")
    assert "Asked the lawyer." in mona.page("/dashboard/notices?state=under_review")
    assert "is reviewing it" in nobody.page(f"/embed/notice/{receipt}")
    mona.post(f"/dashboard/notices/{receipt}/decision", outcome="illegal", ground="An insult.")
    assert (by_receipt(receipt).outcome, comment.status) == ("illegal", "rejected")
    told = nobody.page(f"/embed/notice/{receipt}")
    assert "An insult." in told and "illegal and removed it" in told
    assert "nora@example.org" not in told and "Asked the lawyer." not in told


@pytest.mark.parametrize(
    "wrong",
    [{"explanation": "Short."}, {"law": ""}, {"email": "nobody"}, {"good_faith": None}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_mistakes_come_back_with_what_was_typed(
    comment: Comment, sign_in: SignIn, wrong: dict[str, str | None]
) -> None:
    fields = {name: value for name, value in {**GOOD, **wrong}.items() if value is not None}
    answer = sign_in(None).post("/embed/notice", comment=comment.public_id, **fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text and 'value="Nora Reader"' in answer.text


def test_a_comment_that_waits_is_not_there(cast: Cast, sign_in: SignIn) -> None:
    held = post(cast.site, "You idiot!", user=cast.rita).comment
    nobody = sign_in(None)
    assert nobody.get(f"/embed/notice?comment={held.public_id}").status_code == 404
    assert nobody.post("/embed/notice", comment=held.public_id, **GOOD).status_code == 404
    assert nobody.get("/embed/notice/nothing").status_code == 404


def test_another_site_s_moderator_sees_nothing(comment: Comment, sign_in: SignIn) -> None:
    made = give_notice(
        comment.public_id, law="A law", explanation=GOOD["explanation"], good_faith=True
    )
    stranger = sign_in("max")
    assert made.receipt not in stranger.page("/dashboard/notices")
    path = f"/dashboard/notices/{made.receipt}/decision"
    stranger.post(path, outcome="illegal", ground="Because I can.")
    assert by_receipt(made.receipt).outcome is None


def test_a_notifier_appeals_on_the_page_of_the_notice(
    cast: Cast, comment: Comment, sign_in: SignIn, mona: Staff
) -> None:
    sites.set_policy(
        cast.site,
        {"trusted_flaggers": ["nora@example.org"], "redress": "The Harbour Board hears disputes."},
        by=cast.olga,
    )
    nobody = sign_in(None)
    form = nobody.page(f"/embed/notice?comment={comment.public_id}")
    assert '<option value="ILLEGAL_OR_HARMFUL_SPEECH/DEFAMATION">Defamation</option>' in form
    kind = "ILLEGAL_OR_HARMFUL_SPEECH/DEFAMATION"
    wrong = nobody.post(
        "/embed/notice", comment=comment.public_id, **{**GOOD, "law": "", "kind": kind}
    )
    assert wrong.status_code == 422 and f'value="{kind}" selected' in flat(wrong.text)
    answer = nobody.post("/embed/notice", comment=comment.public_id, kind=kind, **GOOD)
    receipt = answer.location.rpartition("/")[2]
    listed = mona.page("/dashboard/notices")
    assert "Trusted flagger" in listed and "Illegal or harmful speech · Defamation" in listed
    mona.post(f"/dashboard/notices/{receipt}/decision", outcome="not_illegal", ground="Opinion.")
    page = nobody.page(f"/embed/notice/{receipt}")
    assert "Appeal this decision" in page and "The Harbour Board hears disputes." in page
    empty = nobody.post(f"/embed/notice/{receipt}/appeal", text=" ")
    assert empty.status_code == 422 and 'role="alert"' in empty.text
    long = nobody.post(f"/embed/notice/{receipt}/appeal", text="It is false. " * 200)
    assert long.status_code == 422 and "It is false. It is false." in long.text
    sent = nobody.post(f"/embed/notice/{receipt}/appeal", text="It <b>is</b> false.")
    assert sent.status_code == 303
    page = nobody.page(f"/embed/notice/{receipt}")
    assert "received your appeal" in page and "Appeal this decision" not in page
    assert "&lt;b&gt;is" not in mona.page("/dashboard/appeals")  # who decided does not hear it
    olga = sign_in("olga")
    heard = olga.page("/dashboard/appeals")
    assert "Comments left up after a notice" in heard and "&lt;b&gt;is" in heard
    (action,) = re.findall(r'action="(/dashboard/notice-appeals/[^"]+)"', heard)
    olga.post(action, outcome="overturned", answer="You are right.")
    page = nobody.page(f"/embed/notice/{receipt}")
    assert "now consider the comment illegal" in page and "You are right." in page
    assert comment.status == "rejected"
