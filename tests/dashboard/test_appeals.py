"""Objecting on one's account, hearing it on the dashboard, reading the answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.core import clock
from commentsvc.core.locale import FOLDER
from commentsvc.moderation.cases.appeals import of_comments
from commentsvc.moderation.commands import decide
from tests.dashboard.conftest import Staff
from tests.factories import post

if TYPE_CHECKING:
    from commentsvc.threads.models import Comment
    from tests.people import Cast

SignIn = Callable[[str | None], Staff]


def rejected(cast: Cast) -> Comment:
    """Rejected by mona, so long ago that its author knows."""
    comment = post(cast.site, "Quite harmless.", user=cast.rita).comment
    decide(comment.public_id, action="reject", reason="off_topic", by=cast.mona)
    clock.move(timedelta(minutes=5))
    return comment


def test_it_works(cast: Cast, sign_in: SignIn, olga: Staff) -> None:
    with clock.frozen(clock.now()):
        comment = rejected(cast)
        rita = sign_in("rita")
        address = f"/account/comments/{comment.public_id}/appeal"
        assert address in rita.page("/account/")
        assert rita.post(address, text="It <b>was</b> on topic.").status_code == 303
        mine = rita.page("/account/")
        assert address not in mine and "You’ll see the answer here" in mine

        queue = olga.page("/dashboard/appeals")
        assert "It &lt;b&gt;was&lt;/b&gt; on topic." in queue and "Decided by Mona" in queue
        assert "The author appealed the rejection (Off topic)." in queue
        assert "No rule matched" not in queue
        assert re.search(r'Appeals<span class="pill accent">1</span>', olga.page("/dashboard/"))
        made = of_comments([comment.id]).get(comment.id)
        assert made is not None
        path = f"/dashboard/appeals/{made.public_id}"
        assert olga.post(path, outcome="overturned", answer="You are right.").status_code == 303
        assert comment.status == "published"
        assert "No appeals" in olga.page("/dashboard/appeals")
        assert "You are right." in rita.page("/account/")


def test_what_is_not_told_yet_cannot_be_objected_to(cast: Cast, sign_in: SignIn) -> None:
    comment = post(cast.site, "Quite harmless.", user=cast.rita).comment
    decide(comment.public_id, action="reject", reason="off_topic", by=cast.mona)
    assert "/appeal" not in sign_in("rita").page("/account/")


def test_who_decided_is_not_shown_it_and_cannot_hear_it(
    cast: Cast, sign_in: SignIn, mona: Staff
) -> None:
    with clock.frozen(clock.now()):
        comment = rejected(cast)
        sign_in("rita").post(f"/account/comments/{comment.public_id}/appeal", text="Again.")
        made = of_comments([comment.id]).get(comment.id)
        assert made is not None
        assert "No appeals" in mona.page("/dashboard/appeals")
        mona.post(f"/dashboard/appeals/{made.public_id}", outcome="overturned", answer="")
        assert comment.status == "rejected"
        assert "A different moderator has to review this" in mona.page("/dashboard/appeals")


def test_only_its_author_objects(cast: Cast, sign_in: SignIn) -> None:
    with clock.frozen(clock.now()):
        comment = rejected(cast)
        sign_in("bo").post(f"/account/comments/{comment.public_id}/appeal", text="Again.")
        assert of_comments([comment.id]) == {}


@pytest.mark.parametrize("surface", ["cases", "notice"])
def test_every_language_is_whole(surface: str) -> None:
    def read(locale: str) -> dict[str, list[str]]:
        found = json.loads((FOLDER / locale / f"{surface}.json").read_text("utf-8"))
        return {key: sorted(re.findall(r"\{(\w+)", text)) for key, text in found.items()}

    for locale in ("de", "fr", "es", "ar"):
        assert read(locale) == read("en")
