"""Twice a foreign text, cell or page is at most twice the work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.exchange.formats.spreadsheet import neutral, original
from commentsvc.exchange.importing import markup, values
from commentsvc.exchange.importing.escaping import from_plain
from commentsvc.exchange.scan.disqus import read_disqus
from commentsvc.exchange.scan.page import read_page
from commentsvc.toxicity.perspective import html_text
from tests.growth import costs_at_most

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS: dict[str, tuple[Callable[[str], object], list[str]]] = {
    "plain": (from_plain, ["https://a....", "a", " ", "- ", "```x\n", "[", "*a", "&amp", "\\*", "="]),
    "mixed": (
        lambda text: markup.from_mixed(f"<b>a</b>{text}"),
        ["```x\n", "````x\n```\n", "~~~\n", "`", "``a`", "<b", "</b>", "<a href='x'>", "<!--", "&#1"],
    ),
    "markdown": (markup.from_markdown, ["    a\n", "> ", "\\*", "```x\n"]),
    "cell": (
        lambda text: (neutral(text), original(text), original(f"'{text}")),
        ["'", "';'", "\t'", "\n"],
    ),
    "scan": (lambda text: read_disqus(text, "https://server.example"), ["/*x", "//", "/**/", "\n"]),
    "values": (lambda text: (values.when(text), values.email(text), values.web(text)), ["a", " "]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("step", "piece"),
    [
        pytest.param(step, piece, id=f"{name} {piece!a}")
        for name, (step, pieces) in STEPS.items()
        for piece in pieces
    ],
)
def test_twice_the_text_is_at_most_twice_the_work(
    piece: str, step: Callable[[str], object]
) -> None:
    text = (piece * 20_000)[:20_000]
    assert costs_at_most(2.6, lambda: step(text), lambda: step(text[:10_000]))


def test_a_page_with_a_part_that_browsers_take_for_a_comment() -> None:
    page = "<![<![ x <p class='fb-comments'> <![CDATA[ x ]]> <![endif]-->"
    assert read_page(page) and read_disqus(page, "https://server.example")
    assert html_text.plain("a <![<![ x> b")[0] == "a  b"
