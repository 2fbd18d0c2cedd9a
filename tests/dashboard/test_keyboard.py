"""A moderator's own keys: kept with the person, shown where keys are shown, conflicts in words."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from commentsvc.dashboard.cases.sanctions import DAYS
from commentsvc.dashboard.chosen import USUAL, keys_of, listed
from commentsvc.dashboard.page import words_of
from tests.factories import post

if TYPE_CHECKING:
    from flask import Flask

    from tests.dashboard.conftest import Staff
    from tests.people import Cast


def keys(page: str) -> dict[str, str]:
    found = re.search(r'id="page-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return {name: key for key, name in json.loads(found[1])["keys"].items()}


def test_it_works(cast: Cast, mona: Staff, olga: Staff) -> None:
    post(cast.site, "You idiot.")
    assert keys(mona.page("/dashboard/")) == USUAL
    own = {**USUAL, "approve": "Y", "undo": "f", "wave": "="}
    assert mona.post("/account/keys", **own).status_code == 303
    page = mona.page("/dashboard/")
    assert keys(page) == {**own, "approve": "y"}
    assert '<kbd class="js-only">y</kbd>' in page
    assert "<kbd>f</kbd> <kbd>Ctrl-Z</kbd>" in page
    assert keys(olga.page("/dashboard/")) == USUAL
    assert mona.post("/account/keys", usual="1").status_code == 303
    assert keys(mona.page("/dashboard/")) == USUAL


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"approve": "d"}, "can’t be used for both “approve” and “reject"),
        ({"approve": ""}, "Choose a single key for: approve."),
        ({"approve": "ab"}, "Choose a single key for: approve."),
        ({"approve": "4"}, "Number keys are reserved for choosing a reason"),
    ],
)
def test_what_is_refused(mona: Staff, wrong: dict[str, str], said: str) -> None:
    answer = mona.post("/account/keys", **{**USUAL, "undo": "x", **wrong})
    assert answer.status_code == 422 and said in answer.text
    assert 'value="x"' in answer.text  # nothing that was typed is lost
    assert keys(mona.page("/dashboard/")) == USUAL


def test_a_key_that_came_later_takes_nothing_away(cast: Cast) -> None:
    cast.mona.settings = {"keys": {"approve": USUAL["ban"]}}
    found = keys_of(cast.mona)
    assert (found["approve"], found["ban"], found["reject"]) == (USUAL["ban"], "", USUAL["reject"])


def test_the_list_knows_the_keys_of_the_suspension_form(app: Flask) -> None:
    with app.test_request_context():
        rows = [(each.keys, each.words) for each in listed(USUAL, words_of)]
    last = str(len(DAYS) + 1)  # and for ever
    said = "choose how long, once the suspension form is open"
    at = rows.index((("1", "…", last), said))
    assert rows[at - 1][0] == (USUAL["suspend"],)
