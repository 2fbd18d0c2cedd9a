"""A short walk through the box in Firefox and in WebKit. The long one is in the files beside this."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories import post

if TYPE_CHECKING:
    from tests.browser.others.driving import Reader
    from tests.people import Cast

pytestmark = pytest.mark.browser


def test_it_works(people: Cast, article: str, reader: Reader) -> None:
    post(people.site, "The ferry was late again.")
    reader.open(article)
    reader.box()
    reader.reads("#count", "1 comment")
    reader.reads("#list .text", "The ferry was late again.")
    reader.write("#write", "I was on **that** ferry.", "Edda")
    reader.reads("#list .text", "I was on that ferry.", "The ferry was late again.")
    reader.reads("#list .text strong", "that")
    reader.press("#list > .c:last-child [data-action=reply]")
    reader.write("#list form", "So was I.")
    reader.reads("#list .replies .text", "So was I.")
    reader.reads("#count", "3 comments")
