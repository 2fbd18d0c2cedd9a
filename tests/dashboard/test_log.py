"""The log of decisions, the comment's own page with its history, alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.jobs import Job
from commentsvc.moderation import commands
from commentsvc.posting.commands import edit
from commentsvc.threads.commands import comment_by_public_id, find_thread
from tests.factories import HREF, post

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.dashboard.conftest import Staff
    from tests.people import Cast


@pytest.fixture
def decided(cast: Cast) -> dict[str, str]:
    """Something rejected by Mona, something approved by Olga and taken back, something held."""
    first = post(cast.site, "First words.", name="Kim").comment
    second = post(cast.site, "You idiot, second.", name="Jo").comment
    commands.decide(
        first.public_id, action="reject", reason="off_topic", note="A note.", by=cast.mona
    )
    made = commands.decide(second.public_id, action="approve", by=cast.olga)
    commands.undo(made.public_id, by=cast.olga)
    return {"first": first.public_id, "second": second.public_id}


def test_it_works(cast: Cast, mona: Staff, decided: dict[str, str]) -> None:
    page = mona.page("/dashboard/log")
    for words in ("First words.", "Off topic", "A note.", "Mona", "Olga", "undone", "rules"):
        assert words in page


@pytest.mark.parametrize(
    ("query", "first", "second"),
    [
        ("action=reject", True, False),
        ("action=approve", False, True),
        ("reason=off_topic", True, False),
        ("by=rules", False, True),
        ("by={mona}", True, False),
        ("by={olga}", False, True),
        ("by=nobody", False, False),
    ],
)
def test_filters(
    cast: Cast, mona: Staff, decided: dict[str, str], query: str, first: bool, second: bool
) -> None:
    path = query.format(mona=cast.mona.public_id, olga=cast.olga.public_id)
    page = mona.page(f"/dashboard/log?{path}")
    assert ("First words." in page) == first
    assert ("idiot, second." in page) == second


def test_other_sites_are_not_in_it(
    cast: Cast, decided: dict[str, str], sign_in: Callable[[str | None], Staff]
) -> None:
    page = sign_in("max").page("/dashboard/log")
    assert "First words." not in page and "Mona" not in page


def test_pages_of_the_log(cast: Cast, mona: Staff) -> None:
    import re

    comment = post(cast.site, "Back and forth.").comment
    for number in range(51):
        action = "unpin" if number % 2 else "pin"
        commands.decide(comment.public_id, action=action, by=cast.mona)
    first = mona.page("/dashboard/log")
    more = re.search(r'class="button" href="([^"]+after=[^"]+)"', first)
    assert more and first.count("Back and forth.") == 50
    assert mona.page(more[1].replace("&amp;", "&")).count("Back and forth.") == 1


def test_the_comment_s_page_tells_its_history(cast: Cast, mona: Staff) -> None:
    made = post(cast.site, "The old <b>bridge</b> stands.", user=cast.rita)
    edit(made.comment.public_id, "The new <b>bridge</b> stands.", user=cast.rita)
    commands.decide(
        made.comment.public_id, action="reject", reason="spam", note="Seen before.", by=cast.olga
    )
    page = mona.page(f"/dashboard/comments/{made.comment.public_id}")
    assert '<del class="removed">old</del>' in page and '<ins class="added">new</ins>' in page
    assert "Seen before." in page and "Olga" in page and "<b>bridge</b>" not in page


def test_pin_and_close(cast: Cast, mona: Staff) -> None:
    comment = post(cast.site, "A fine remark.").comment
    path = f"/dashboard/comments/{comment.public_id}"
    mona.post(f"{path}/decisions", action="pin", seen_version=str(comment.version))
    assert comment_by_public_id(comment.public_id).pinned
    assert 'value="unpin"' in mona.page(path)
    thread = find_thread(cast.site, HREF)
    assert thread is not None
    mona.post(f"/dashboard/threads/{thread.public_id}/closed", back=path)
    assert find_thread(cast.site, HREF).closed_at is not None
    assert "Reopen the conversation" in mona.page(path)
    mona.post(f"/dashboard/threads/{thread.public_id}/open", back=path)
    assert find_thread(cast.site, HREF).closed_at is None


def test_nobody_closes_another_site_s_thread(
    cast: Cast, sign_in: Callable[[str | None], Staff]
) -> None:
    post(cast.site, "A fine remark.")
    thread = find_thread(cast.site, HREF)
    assert thread is not None
    stranger = sign_in("max")
    assert stranger.post(f"/dashboard/threads/{thread.public_id}/closed").status_code == 404
    assert find_thread(cast.site, HREF).closed_at is None


# --- alarms ---------------------------------------------------------------------------------------


def test_no_alarm_when_all_is_well(cast: Cast, mona: Staff) -> None:
    post(cast.site, "A fine remark.")
    assert mona.get("/dashboard/live").json["alarms"] == []


def test_a_parked_and_a_late_job(cast: Cast, mona: Staff) -> None:
    with unit_of_work():
        for state in ("parked", "waiting"):
            db.session.add(
                Job(
                    name="x",
                    payload={},
                    state=state,
                    due_at=clock.now() - (clock.now() - clock.now()).__class__(minutes=5),
                    created_at=clock.now(),
                )
            )
    page = mona.page("/dashboard/")
    assert "1 background job has failed permanently" in page and "Is a worker running?" in page


class _Gone:
    """A scorer whose model is not there."""

    name, version, labels, in_request = "gone", "0", (), True

    def score(self, texts: Any, *, language: Any = None) -> list[Any]:
        from commentsvc.toxicity.scorer import Unscored

        return [Unscored("model_missing", "gone", None) for _ in texts]

    def explain(self, text: str, label: str) -> list[Any]:
        return []

    def status(self) -> Any:
        from commentsvc.toxicity.scorer import ScorerStatus

        return ScorerStatus("missing", "The file is not there.", "gone", "0")


def test_a_scorer_that_is_gone(
    app: Flask, cast: Cast, mona: Staff, make_app: Callable[..., Flask]
) -> None:
    without = make_app(scorer=_Gone())
    with without.app_context():
        held = post(cast.site, "Nobody can say how this is.", name="Kim").comment
        assert held.status == "pending"
        mona.client.application = without
        page = mona.page("/dashboard/")
    assert "Details: The file is not there." in page
    assert "1 comment has no score yet" in page
    assert "not scored: no model is installed" in page


def test_a_filter_that_nothing_matches_says_so(mona: Staff) -> None:
    page = mona.page("/dashboard/log?reason=hate&since=2030-01-01")
    assert "Nothing matches this filter" in page and "Nothing here yet" not in page
    assert '<a href="/dashboard/log">Clear filter</a>' in page
    people = mona.page("/dashboard/people?q=nobody+of+this+name")
    assert '<a href="/dashboard/people">Clear filter</a>' in people
    assert "appear here once" not in people
