"""Searching the queue and deciding about many, by plain forms."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.core.db import db, unit_of_work
from commentsvc.moderation.cases import bulk
from commentsvc.moderation.cases.hits import top
from commentsvc.moderation.cases.models import Bulk
from commentsvc.moderation.commands import decide
from commentsvc.sites import commands as sites
from commentsvc.threads.commands import comment_by_public_id
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.dashboard.conftest import Staff
    from tests.people import Cast


@pytest.fixture
def ids(cast: Cast) -> list[str]:
    sites.set_policy(cast.site, {"slow_seconds": 0}, by=cast.olga)
    texts = ("walnut", "hazelnut", "acorn")
    return [
        post(cast.site, f"You idiot, {each}.", name=f"Guest {each}").comment.public_id
        for each in texts
    ]


def statuses(ids: list[str]) -> list[str]:
    db.session.expire_all()
    return [comment_by_public_id(each).status for each in ids]


def cards(page: str) -> set[str]:
    return set(re.findall(r'id="c-([a-z0-9]+)"', page))


def test_it_works(ids: list[str], mona: Staff, work: Callable[[], int]) -> None:
    page = mona.page("/dashboard/")
    boxes = re.findall(r'name="ticked" value="([a-z0-9]+:\d+)"', page)
    assert {each.split(":")[0] for each in boxes} == set(ids)
    two = [each for each in boxes if each.split(":")[0] in ids[:2]]
    answer = mona.post(
        "/dashboard/bulk", scope="ticked", action="reject", reason="spam", ticked=two
    )
    where = answer.headers["Location"]
    preview = mona.page(where)
    assert "Reject 2 comments" in preview and "Guest walnut" in preview
    assert "Text with a high score is hidden" in preview  # as in the queue
    assert "Guest acorn" not in preview and statuses(ids) == ["pending"] * 3
    assert mona.post(f"{where}/start").headers["Location"] == "/dashboard/"
    assert statuses(ids) == ["rejected", "rejected", "pending"]  # no worker has run
    queue = mona.page("/dashboard/")
    assert "Reject 2 comments · Done" in queue and f'action="{where}/undo"' in queue
    work()
    done = mona.get(where)
    assert "Refresh" not in done.headers and "2 of 2" in done.text
    mona.post(f"{where}/undo")
    work()
    undone = mona.page(where)
    assert statuses(ids) == ["pending"] * 3 and "Undone" in undone
    assert "Back to the queue" in undone


def test_it_leads_back_to_the_queue_one_came_from(
    ids: list[str], mona: Staff, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also from the page of a long one, and once that is undone; from no other page of ours."""
    queue = "/dashboard/?queue=pending&order=oldest&q=idiot"
    made = {"scope": "all", "action": "approve"}
    leads = f'href="{queue.replace("&", "&amp;")}"'
    where = mona.post("/dashboard/bulk", **made, back=queue).headers["Location"]
    page = mona.page(where)
    assert leads in page
    assert sent(mona, page, "start") == queue
    assert statuses(ids) == ["published"] * 3
    mona.post(f"{where.partition('?')[0]}/undo")
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    page = mona.page(mona.post("/dashboard/bulk", **made, back=queue).headers["Location"])
    for name in ("start", "undo"):
        where = sent(mona, page, name)
        assert leads in mona.page(where)
        work()
        page = mona.page(where)
        assert leads in page
    for back in ("/dashboard/log", "//evil.example/dashboard/", f"/dashboard/comments/{ids[0]}"):
        where = mona.post("/dashboard/bulk", **made, back=back).headers["Location"]
        for page in (mona.page(where), mona.page(f"{where}?came_from={back}")):
            assert re.search(r'data-back-to-queue\s+href="/dashboard/"', page)


def sent(mona: Staff, page: str, name: str) -> str:
    """Where the bulk's form with this name leads, with the fields that it has."""
    (form,) = re.findall(
        rf'<form[^>]*action="(/dashboard/bulk/[a-z0-9]+/{name})"(.*?)</form>', page, re.S
    )
    kept = re.findall(r'<input type="hidden" name="(came_from)" value="([^"]*)"', form[1])
    fields = {key: unescape(value) for key, value in kept}
    return mona.post(form[0], **fields).headers["Location"]


def test_what_was_skipped_is_not_counted(
    cast: Cast, ids: list[str], mona: Staff, work: Callable[[], int]
) -> None:
    boxes = re.findall(r'name="ticked" value="([a-z0-9]+:\d+)"', mona.page("/dashboard/"))
    answer = mona.post(
        "/dashboard/bulk", scope="ticked", action="reject", reason="spam", ticked=boxes
    )
    where = answer.headers["Location"]
    assert mona.page(where).count("Reject 3 comments") == 2  # the heading, and the button
    decide(ids[0], action="approve", by=cast.olga)
    assert mona.page(where).count("Reject 2 comments") == 2
    mona.post(f"{where}/start")
    work()
    done = mona.page(where)
    assert "Reject 2 comments" in done and "2 of 3" in done and "1 comment was skipped" in done
    decide(ids[1], action="approve", by=cast.olga)
    mona.post(f"{where}/undo")
    work()
    assert "Undone" in mona.page(where)


def test_names_with_one_comment_each_are_counted_not_listed(cast: Cast, mona: Staff) -> None:
    sites.set_policy(cast.site, {"slow_seconds": 0}, by=cast.olga)
    for number in range(10):
        post(cast.site, f"You idiot, number {number}.", name=f"Guest {number}")
    post(cast.site, "You idiot, and once more.", user=cast.rita)
    post(cast.site, "You idiot, for the last time.", user=cast.rita)
    answer = mona.post("/dashboard/bulk", scope="all", action="reject", reason="spam")
    page = mona.page(answer.headers["Location"])
    assert "and 10 more with one comment each" in page  # beside the one who wrote two


@pytest.mark.parametrize(
    ("counts", "named", "once"),
    [
        ([1] * 10, 1, 9),  # one as an example
        ([1, 1], 2, 0),
        ([5, 1, 1], 3, 0),
        ([5, 3, 1, 1, 1], 2, 3),
        ([2] * 12 + [1] * 4, 10, 4),
        ([], 0, 0),
    ],
)
def test_whom_a_preview_names(counts: list[int], named: int, once: int) -> None:
    found = top([(f"Guest {number}", count) for number, count in enumerate(counts)])
    assert (len(found.named), found.once) == (named, once)


def test_all_that_match_the_search(ids: list[str], mona: Staff, work: Callable[[], int]) -> None:
    page = mona.page("/dashboard/?q=hazelnut")
    assert cards(page) == {ids[1]} and 'value="hazelnut"' in page
    (address,) = re.findall(r'id="bulk"[^>]*action="([^"]+)"', page)
    answer = mona.post(address.replace("&amp;", "&"), scope="all", action="approve")
    mona.post(answer.headers["Location"] + "/start")
    work()
    assert statuses(ids) == ["pending", "published", "pending"]


def test_search_goes_with_filters_and_markup_is_harmless(ids: list[str], mona: Staff) -> None:
    assert cards(mona.page("/dashboard/?q=idiot&reason=spam")) == set()
    assert cards(mona.page("/dashboard/?q=idiot&queue=rejected")) == set()
    page = mona.page('/dashboard/?q="><script>x</script>')
    assert "<script>x" not in page and "Nothing matches" in page


def test_what_is_refused(
    ids: list[str], mona: Staff, sign_in: Callable[[str | None], Staff], cast: Cast
) -> None:
    for fields in (
        {"scope": "ticked", "action": "approve"},
        {"scope": "all", "action": "reject"},
        {"scope": "all", "action": "feature"},
    ):
        assert mona.post("/dashboard/bulk", **fields).headers["Location"] == "/dashboard/"
    narrowed = "/dashboard/bulk?at_least=0.9&at_most=0.2"
    answer = mona.post(narrowed, json=True, scope="all", action="approve")
    assert answer.status_code == 422 and answer.json
    assert answer.json["detail"] == "The minimum score is above the maximum."
    answer = mona.post("/dashboard/bulk?at_most=0", scope="all", action="approve")
    assert answer.headers["Location"] == "/dashboard/", "a limit counts without a label"
    answer = mona.post("/dashboard/bulk", scope="all", action="approve")
    where = answer.headers["Location"]
    assert sign_in("max").get(where).status_code == 404
    olga = sign_in("olga")
    assert "/start" not in olga.page(where)
    assert olga.post(f"{where}/start").status_code in (303, 404)
    assert statuses(ids) == ["pending"] * 3


def test_only_what_it_would_change_counts(cast: Cast, ids: list[str], mona: Staff) -> None:
    decide(ids[0], action="reject", reason="spam", by=cast.mona)
    page = mona.page("/dashboard/?queue=all")
    boxes = re.findall(r'name="ticked" value="([a-z0-9]+:\d+)"', page)
    chosen = [each for each in boxes if each.split(":")[0] in ids[:2]]
    rejecting = {"scope": "ticked", "action": "reject", "reason": "spam"}
    answer = mona.post("/dashboard/bulk?queue=all", **rejecting, ticked=chosen)
    preview = mona.page(answer.headers["Location"])
    assert "Reject 1 comment" in preview
    assert "1 comment is left out: already decided this way" in preview
    again = [each for each in chosen if each.startswith(ids[0])]
    mona.post("/dashboard/bulk?queue=all", **rejecting, ticked=again)
    assert "at least one comment that this would change" in mona.page("/dashboard/")


def test_kept_is_not_called_approved(cast: Cast, mona: Staff) -> None:
    calm = post(cast.site, "A calm word.").comment.public_id
    mona.post(f"/dashboard/comments/{calm}/decisions", action="approve")
    assert "Kept." in mona.page("/dashboard/")


def test_one_site_is_no_filter(ids: list[str], mona: Staff) -> None:
    assert "Site: <bdi>" not in mona.page("/dashboard/?site=harbour&q=idiot")


def test_a_long_one_runs_on_its_page_where_it_can_be_stopped(
    ids: list[str], mona: Staff, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    made = mona.post("/dashboard/bulk", scope="all", action="reject", reason="spam")
    where = made.headers["Location"]
    assert mona.post(f"{where}/start").headers["Location"] == where
    begun = mona.get(where)
    assert begun.headers["Refresh"] and "<progress" in begun.text
    assert "Waiting to start" in begun.text and f'action="{where}/undo"' in begun.text
    with unit_of_work():  # so that the first unit comes to nothing
        found = db.session.scalars(select(Bulk)).one()
        real, found.targets = found.targets, [["gone"]]
    work()
    assert "In progress" in mona.page(where) and f'action="{where}/undo"' in mona.page(where)
    with unit_of_work():
        db.session.scalars(select(Bulk)).one().targets = real
    mona.post(f"{where}/undo")
    work()
    assert "Undone" in mona.page(where) and statuses(ids) == ["pending"] * 3
    assert "3 comments had not been decided yet." in mona.page(where)


def test_a_script_is_told_what_was_done_and_how_it_is_undone(ids: list[str], mona: Staff) -> None:
    made = mona.post("/dashboard/bulk", scope="all", action="reject", reason="spam")
    where = made.headers["Location"]
    said = mona.post(f"{where}/start", json=True).get_json()
    assert said == {"sentence": "Reject 3 comments · Done", "undo_seconds": 60}
    assert set(mona.post(f"{where}/undo", json=True).get_json()["versions"]) == set(ids)
    assert statuses(ids) == ["pending"] * 3
