"""What a page costs that nobody has asked for since something was written: its comments were seen before."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from commentsvc.web.cache import answers
from tests.factories import HREF, post
from tests.web.asking import browser

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

FEW, MANY = 2, 12
CALLS = 8  # of Python's functions, for each comment; a template would take hundreds


def _calls(app: Flask, path: str) -> int:
    """How many of Python's functions are called for an answer that is made anew."""
    kept, made = answers(), 0
    assert kept is not None
    kept.clear()

    def count(_frame: Any, event: str, _what: Any) -> None:
        nonlocal made
        made += event == "call"

    client = browser(app)
    sys.setprofile(count)
    try:
        answer = client.get(path)
    finally:
        sys.setprofile(None)
    assert answer.status_code == 200
    return made


def test_it_works(app: Flask, cast: Cast) -> None:
    for number in range(MANY):
        post(cast.site, f"The ferry was on time today, number {number}.")
    path = f"/embed/thread?site=harbour&href={HREF}&locale=en&numposts="
    for number in (FEW, MANY):
        _calls(app, f"{path}{number}")
    more = _calls(app, f"{path}{MANY}") - _calls(app, f"{path}{FEW}")
    assert 0 < more <= CALLS * (MANY - FEW), more / (MANY - FEW)


def test_a_request_is_counted_once(app: Flask) -> None:
    """Flask-Limiter would look for limits at each request besides."""
    names = [getattr(each, "__name__", "") for each in app.before_request_funcs[None]]
    assert "_check_request_limit" not in names
