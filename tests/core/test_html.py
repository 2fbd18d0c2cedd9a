"""HTML is read in time that grows with its length, whatever never ends in it."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug.datastructures import MultiDict

import commentsvc
from commentsvc.core.html import Tags
from commentsvc.dashboard.refill import refilled
from commentsvc.exchange.scan.disqus import read_disqus
from commentsvc.exchange.scan.page import read_page
from commentsvc.toxicity.perspective.html_text import plain

from .. import growth

if TYPE_CHECKING:
    from collections.abc import Callable

_BEGUN = (
    "<a ", "<a x", "<a/", "<a\n", "<a =", "<a b='", '<a b="', "<a b='>' ", "<a b='>'=", '<a b="\'" ',
    "<!--", "<!-- >", "<!", "<!x ", "<!doctype", "<![CDATA[", "<?", "</", "</a", "</a ", "&", "&#", "&a",
    "x<", "<script>", "<script></", "<script><!--", "<textarea>", "<title>&", "<b>", "</b>", "<p></b>",
)  # fmt: skip
_READERS: dict[str, Callable[[str], object]] = {
    "words": plain,
    "page": read_page,
    "disqus": partial(read_disqus, server="https://comments.example.org"),
    "form": lambda html: refilled(html, "/to", MultiDict(), page="/"),
}


class _Said(Tags):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.said.append(f"<{tag}>")

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def test_it_works() -> None:
    assert _Said("One <b>two</b> &amp; three").said == ["One ", "<b>", "two", " & three"]


@pytest.mark.parametrize("never", ["<a href='", "<!-- two", "<!doctype", "<?php", "</b two"])
def test_what_never_ends_is_text(never: str) -> None:
    assert "".join(_Said(f"<p>One {never}").said) == f"<p>One {never}"


@pytest.mark.parametrize("reader", _READERS)
def test_twice_the_html_takes_about_twice_the_time(reader: str) -> None:
    def read(piece: str, length: int) -> None:
        _READERS[reader]((piece * length)[:length])

    slow = next(
        (
            piece
            for piece in _BEGUN
            if growth.seconds(partial(read, piece, 8000)) > 0.005
            and not growth.costs_at_most(
                2.6, partial(read, piece, 8000), partial(read, piece, 4000)
            )
        ),
        None,
    )

    assert slow is None


def test_no_other_parser_is_used() -> None:
    root = Path(commentsvc.__file__).parent
    using = [
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if re.search(r"\bhtml\.parser\b", path.read_text(encoding="utf-8"))
    ]

    assert using == ["core/html/__init__.py"]
