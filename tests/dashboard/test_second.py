"""The pages of second looks: blind, answered, and what both learn afterwards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.moderation.commands import decide
from commentsvc.sites import commands as sites
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from commentsvc.threads.models import Comment
    from tests.dashboard.conftest import Staff
    from tests.people import Cast

PAGE = "/dashboard/second"
_SAME = re.compile(r"l-\w+|/second/\w+|csrf_token\" value=\"[^\"]+|<time.*?</time>|nonce-[^\"']+")


@pytest.fixture(autouse=True)
def share(cast: Cast) -> None:
    changes = {"double_check_share": 1.0, "hold_repeats": False, "history_share": 0.0}
    sites.set_policy(cast.site, changes, by=cast.olga)


def decided(cast: Cast, action: str) -> Comment:
    comment = post(cast.site, "You <b>idiot</b>.", user=cast.rita).comment
    decide(comment.public_id, action=action, reason="spam", by=cast.mona)
    return comment


def test_it_works(cast: Cast, olga: Staff, mona: Staff) -> None:
    comment = decided(cast, "approve")
    page = olga.page(PAGE)
    assert "You &lt;b&gt;idiot" in page and comment.public_id not in page
    (path,) = re.findall(r'action="([^"]+/second/[^"]+)"', page)
    assert "Second look" in olga.page("/dashboard/") and "Second look" not in mona.page(
        "/dashboard/"
    )
    assert mona.post(path, json=True, action="reject").status_code == 404
    assert olga.post(path, action="reject").status_code == 303
    assert "Nothing to review" in olga.page(PAGE)
    for staff in (olga, mona):
        page = staff.page("/dashboard/agreement")
        assert "would reject" in page and "approved" in page and "too few pairs" in page


def test_the_page_is_the_same_whatever_was_decided(cast: Cast, olga: Staff) -> None:
    seen = []
    for action in ("approve", "reject"):
        decided(cast, action)
        page = olga.page(PAGE)
        seen.append(_SAME.sub("", page[page.index("<article") : page.index("</article>")]))
        (path,) = re.findall(r'action="([^"]+/second/[^"]+)"', page)
        olga.post(path, action="approve")
    assert seen[0] == seen[1] and "pill" not in seen[0] and "status" not in seen[0]


def test_another_site_is_not_there(
    cast: Cast, olga: Staff, sign_in: Callable[[str | None], Staff]
) -> None:
    decided(cast, "approve")
    (path,) = re.findall(r'action="([^"]+/second/[^"]+)"', olga.page(PAGE))
    stranger = sign_in("max")
    assert "idiot" not in stranger.page(PAGE)
    assert stranger.post(path, json=True, action="approve").status_code == 404
    assert "No pairs yet" in stranger.page("/dashboard/agreement")


def test_few_queries(cast: Cast, olga: Staff, queries: Callable[[], Any]) -> None:
    decided(cast, "approve")
    for path in (PAGE, "/dashboard/agreement"):
        with queries() as asked:
            olga.page(path)
        assert len([each for each in asked if each.startswith(("SELECT", "UPDATE"))]) <= 12
