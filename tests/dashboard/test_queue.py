"""The queue without scripts: what stands there, decisions by plain forms, undo."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from commentsvc.moderation import commands
from commentsvc.moderation.judging.reasons import PEOPLE
from commentsvc.posting import commands as posting
from commentsvc.sites import commands as sites
from commentsvc.threads.commands import comment_by_public_id
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

    from commentsvc.accounts.models import User
    from commentsvc.moderation.models import Decision
    from commentsvc.threads.models import Comment
    from tests.dashboard.conftest import Staff
    from tests.people import Cast

INSULT = "You are an idiot, and <b>everybody</b> knows it."


def held(cast: Cast, text: str = INSULT, **more: str) -> Comment:
    comment = post(cast.site, text, **more).comment
    assert comment.status == "pending"
    return comment


def decide(staff: Staff, comment: Comment, action: str, **fields: str) -> TestResponse:
    fields.setdefault("seen_version", str(comment.version))
    return staff.post(f"/dashboard/comments/{comment.public_id}/decisions", action=action, **fields)


def rejected(comment: Comment, by: User) -> Decision:
    return commands.decide(comment.public_id, action="reject", reason="spam", by=by)


def test_it_works(cast: Cast, mona: Staff) -> None:
    parent = post(cast.site, "The plan is on page 12.", name="Ben")
    held(cast, parent=parent.comment.public_id, name="Kim")
    page = mona.page("/dashboard/")
    assert "Kim" in page and "The plan is on page 12." in page
    assert "insult 0.93; your limit is 0.80" in page
    assert re.search(r'<mark class="w\d"[^>]*>idiot</mark>', page)
    assert "&lt;b&gt;everybody&lt;/b&gt;" in page and "<b>everybody</b>" not in page


@pytest.mark.parametrize(
    ("text", "first", "chosen"),
    [("I want to die.", "care", ["care"]), (INSULT, "offensive", [])],
)
def test_despair_is_answered_with_care_first(
    cast: Cast, mona: Staff, text: str, first: str, chosen: list[str]
) -> None:
    """On the card in the queue and on the comment's own page; every reason stands there once."""
    comment = held(cast, text)
    for address in ("/dashboard/", f"/dashboard/comments/{comment.public_id}"):
        reasons = re.findall(
            r'<input\s+type="radio"\s+name="reason"\s+value="(\w+)"\s+(checked)?',
            mona.page(address),
        )
        codes = [code for code, _ in reasons]
        assert codes[0] == first and sorted(codes) == sorted(each.code for each in PEOPLE)
        assert [code for code, checked in reasons if checked] == chosen


def test_a_decided_card_says_who_and_why(cast: Cast, mona: Staff) -> None:
    comment = post(cast.site, "Tea at five.").comment
    commands.decide(comment.public_id, action="reject", reason="spam", by=cast.olga)
    page = mona.page("/dashboard/?queue=rejected")
    assert re.search(r"<b><bdi>Olga</bdi></b> rejected · Spam<", page)
    assert "No rule matched" not in page
    commands.decide(comment.public_id, action="approve", by=cast.mona)
    assert re.search(r"<b><bdi>Mona</bdi></b> approved<", mona.page("/dashboard/?queue=approved"))
    assert "<bdi>Mona</bdi></b> approved" not in mona.page("/dashboard/?queue=unreviewed")


def test_only_a_report_needs_no_second_heading(cast: Cast, mona: Staff) -> None:
    reported = post(cast.site, "Tea at five.").comment
    commands.flag(reported.public_id, user=cast.rita, reason="spam")
    page = mona.page("/dashboard/?queue=reported")
    assert "Reported by 1 reader" in page and "<h3>Why it is here</h3>" not in page


def test_the_limit_is_drawn_into_the_bar(cast: Cast, mona: Staff) -> None:
    held(cast)
    page = mona.page("/dashboard/")
    assert '<rect class="value" x="0" y="3" width="93.0%"' in page
    assert '<line class="limit" x1="80.0%"' in page
    assert 'aria-label="0.93, limit 0.80"' in page
    assert "style=" not in page  # the policy of the page would refuse it


def test_the_most_urgent_stands_first(cast: Cast, mona: Staff) -> None:
    held(cast, name="Milder")
    held(cast, "I will kill you.", name="Worse")
    page = mona.page("/dashboard/")
    assert page.index(">Worse<") < page.index(">Milder<")
    newest = mona.page("/dashboard/?order=oldest")
    assert newest.index(">Milder<") < newest.index(">Worse<")


def test_severe_text_is_veiled_by_the_site_s_limit(cast: Cast, mona: Staff) -> None:
    held(cast)
    assert 'class="veil"' in mona.page("/dashboard/")
    sites.set_policy(cast.site, {"blur_at": 0.99}, by=cast.olga)
    assert 'class="veil"' not in mona.page("/dashboard/")


@pytest.mark.parametrize(
    ("queue", "text"),
    [("reported", "tea at five"), ("unreviewed", "tea at six"), ("rejected", "tea at seven")],
)
def test_each_queue_holds_its_own(cast: Cast, mona: Staff, queue: str, text: str) -> None:
    reported = post(cast.site, "Let us have tea at five.").comment
    commands.flag(reported.public_id, user=cast.rita, reason="spam", note="See my note.")
    post(cast.site, "Let us have tea at six.", name="Someone Else")
    rejected = post(cast.site, "Let us have tea at seven.", name="A Third").comment
    commands.decide(rejected.public_id, action="reject", reason="spam", by=cast.olga)
    page = mona.page(f"/dashboard/?queue={queue}")
    assert text in page
    assert ("See my note." in page) == (queue != "rejected")


def test_approve_with_a_plain_form(cast: Cast, mona: Staff) -> None:
    comment = held(cast)
    answer = decide(mona, comment, "approve", back="/dashboard/?queue=pending")
    assert (answer.status_code, answer.location) == (303, "/dashboard/?queue=pending")
    assert comment_by_public_id(comment.public_id).status == "published"
    page = mona.page("/dashboard/")
    assert "Approved." in page and "/undo" in page and INSULT[:8] not in page


def test_reject_needs_a_reason(cast: Cast, mona: Staff) -> None:
    comment = held(cast)
    decide(mona, comment, "reject")
    assert comment_by_public_id(comment.public_id).status == "pending"
    assert "Choose a reason." in mona.page("/dashboard/")
    decide(mona, comment, "reject", reason="abusive", note="again", message="Please be kind.")
    assert comment_by_public_id(comment.public_id).status == "rejected"
    page = mona.page(f"/dashboard/comments/{comment.public_id}")
    assert "again" in page and "Please be kind." in page and "Mona" in page


def test_undo_with_a_plain_form(cast: Cast, mona: Staff) -> None:
    comment = held(cast)
    decide(mona, comment, "reject", reason="spam")
    undo = re.search(r'action="(/dashboard/decisions/[a-z0-9]+/undo)"', mona.page("/dashboard/"))
    assert undo
    assert mona.post(undo[1], back="/dashboard/").status_code == 303
    assert comment_by_public_id(comment.public_id).status == "pending"
    mona.post(undo[1])
    assert "has already been undone" in mona.page("/dashboard/")


def test_a_script_hears_json(cast: Cast, mona: Staff) -> None:
    comment = held(cast)
    path = f"/dashboard/comments/{comment.public_id}/decisions"
    answer = mona.post(path, json=True, action="approve", seen_version=str(comment.version))
    assert answer.json["sentence"] == "Approved." and answer.json["undo_seconds"] == 30
    undone = mona.post(f"/dashboard/decisions/{answer.json['id']}/undo", json=True)
    now = comment_by_public_id(comment.public_id)
    assert undone.json["version"] == now.version and now.status == "pending"


def test_the_second_moderator_is_told_who_was_faster(cast: Cast, mona: Staff, olga: Staff) -> None:
    comment = held(cast)
    path = f"/dashboard/comments/{comment.public_id}/decisions"
    seen = str(comment.version)
    assert olga.post(path, json=True, action="approve", seen_version=seen).status_code == 200
    late = mona.post(path, json=True, action="reject", reason="spam", seen_version=seen)
    assert late.status_code == 409 and "Olga" in late.json["detail"]
    assert comment_by_public_id(comment.public_id).status == "published"
    live = mona.get(f"/dashboard/live?shown={comment.public_id}:{seen}")
    assert "Olga" in live.json["settled"][comment.public_id]


def test_live_says_nothing_of_what_is_as_it_was(cast: Cast, mona: Staff) -> None:
    comment = held(cast)
    live = mona.get(f"/dashboard/live?shown={comment.public_id}:{comment.version},nonsense,a:b")
    assert live.json["settled"] == {} and live.json["counts"]["pending"] == 1


def test_live_says_who_or_what_changed_a_card(cast: Cast, mona: Staff, olga: Staff) -> None:
    one, other = held(cast), held(cast, "You idiot.")
    third = post(cast.site, "You idiot, again.", user=cast.rita).comment
    shown = ",".join(f"{each.public_id}:{each.version}" for each in (one, other, third))
    undone = rejected(one, cast.olga)
    commands.undo(undone.public_id, by=cast.olga)  # whether or not a poll came between
    rejected(other, cast.mona)
    posting.withdraw(third.public_id, user=cast.rita)
    live = mona.get(f"/dashboard/live?shown={shown}").json
    assert list(live["anew"]) == [one.public_id] and live["own"] == [other.public_id]
    assert live["settled"] == {third.public_id: "The author has deleted this comment."}
    commands.undo(rejected(one, cast.olga).public_id, by=cast.olga)
    rejected(one, cast.olga)
    live = mona.get(f"/dashboard/live?shown={shown}").json
    assert "Rejected by Olga" in live["settled"][one.public_id]


def test_cards_are_fetched_anew_as_the_page_shows_them(cast: Cast, mona: Staff) -> None:
    ids = [held(cast, f"You idiot, {number}.").public_id for number in range(3)]
    page = mona.page(f"/dashboard/?queue=all&q=idiot&_cards={ids[0]},{ids[2]},nonsense")
    assert set(re.findall(r'id="c-(\w+)"', page)) == {ids[0], ids[2]}
    assert "_cards" not in page and "<html" not in page and 'class="approve-form"' in page
    assert "author=" in page and "q=idiot" in page  # its links keep the filter
    assert 'id="c-' not in mona.page("/dashboard/?_cards=nothing")


def test_another_site_s_moderator_learns_nothing(
    cast: Cast, sign_in: Callable[[str | None], Staff]
) -> None:
    comment, stranger = held(cast), sign_in("max")
    assert INSULT[:8] not in stranger.page("/dashboard/")
    assert stranger.get("/dashboard/?site=harbour").status_code == 404
    assert stranger.get(f"/dashboard/comments/{comment.public_id}").status_code == 404
    live = stranger.get(f"/dashboard/live?shown={comment.public_id}:0")
    assert live.json["settled"] == {} and live.json["counts"]["pending"] == 0
    assert 'id="c-' not in stranger.page(f"/dashboard/?_cards={comment.public_id}")
    answer = decide(stranger, comment, "approve")
    assert answer.status_code == 303
    assert comment_by_public_id(comment.public_id).status == "pending"
    assert "This comment doesn’t exist." in stranger.page("/dashboard/")


def test_readers_have_no_business_here(cast: Cast, sign_in: Callable[[str | None], Staff]) -> None:
    assert sign_in("rita").get("/dashboard/").status_code == 403
    away = sign_in(None).get("/dashboard/?queue=all")
    assert away.status_code == 303
    assert away.location == "/account/sign-in?next=/dashboard/%3Fqueue%3Dall"


def test_a_form_without_its_token_does_nothing(cast: Cast, mona: Staff) -> None:
    comment = held(cast)
    mona.token = "guessed"
    assert decide(mona, comment, "approve").status_code == 403
    assert comment_by_public_id(comment.public_id).status == "pending"


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", ""])
def test_a_form_never_leads_elsewhere(cast: Cast, mona: Staff, back: str) -> None:
    answer = decide(mona, held(cast), "approve", back=back)
    assert answer.location == "/dashboard/"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("label=insult&at_least=0.9", True),
        ("label=insult&at_most=0,5", False),
        ("at_least=0.9", True),
        ("at_most=0.5", False),
        ("reason=insult", True),
        ("reason=links", False),
        ("since=2020-01-01", True),
        ("until=2020-01-01", False),
        ("language=xx", False),
    ],
)
def test_filters(cast: Cast, mona: Staff, query: str, shown: bool) -> None:
    held(cast, name="Kim")
    assert (">Kim<" in mona.page(f"/dashboard/?{query}")) == shown


@pytest.mark.parametrize(
    "query",
    ["queue=nonsense", "order=x", "after=x", "label=x", "since=x", "label=insult&at_least=nan"],
)
def test_nonsense_is_refused_in_words(cast: Cast, mona: Staff, query: str) -> None:
    assert mona.get(f"/dashboard/?{query}").status_code == 422


def test_pages_follow_each_other(cast: Cast, mona: Staff) -> None:
    for number in range(27):
        held(cast, f"idiot number {number} says {number * 7}", name=f"Person {number}")
    first = mona.page("/dashboard/?order=oldest")
    more = re.search(r'id="more" href="([^"]+)"', first)
    assert more and first.count('<article class="card"') == 25
    second = mona.page(more[1].replace("&amp;", "&"))
    assert second.count('<article class="card"') == 2 and "Person 26" in second


def test_a_page_of_the_queue_needs_few_queries(cast: Cast, mona: Staff, queries) -> None:
    for number in range(25):
        held(cast, f"idiot number {number} says {number * 7}", name=f"Person {number}")
    with queries() as counted:
        mona.page("/dashboard/")
    asked = [each for each in counted if each != "BEGIN"]
    assert len(asked) <= 20, "\n".join(asked)
