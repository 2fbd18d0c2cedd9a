"""Numbers at the beginning of lines: what is written is what is read."""

from __future__ import annotations

import pytest

from commentsvc.threads.text import html, plain
from tests.growth import costs_at_most
from tests.tables import every_row


def test_it_works() -> None:
    assert html("1986. What a season") == "<p>1986. What a season</p>"
    assert plain("1986. What a season") == "1986. What a season"


@every_row(
    ("source", "shown"),
    [
        ("1000. a", "<p>1000. a</p>"),
        ("007. Bond", "<p>007. Bond</p>"),
        ("1986.", "<p>1986.</p>"),
        ("1986) **What**\na season", "<p>1986) <strong>What</strong><br>\na season</p>"),
        ("1986. a\n\nand\n\n1987. b", "<p>1986. a</p>\n<p>and</p>\n<p>1987. b</p>"),
        ("- 1986. x", "<ul>\n<li>\n<p>1986. x</p>\n</li>\n</ul>"),
        ("> 2024. x", "<blockquote>\n<p>2024. x</p>\n</blockquote>"),
        ("1986. > x", "<p>1986.</p>\n<blockquote>\n<p>x</p>\n</blockquote>"),
        ("1986. - x", "<p>1986.</p>\n<ul>\n<li>x</li>\n</ul>"),
        ("123456789. a\n123456790. b", "<p>123456789. a</p>\n<p>123456790. b</p>"),
        ("9999. a\n10000. b", "<p>9999. a</p>\n<p>10000. b</p>"),
        ("2024. 2025. 2026.", "<p>2024. 2025. 2026.</p>"),
        ("1986. 1987. a", "<p>1986. 1987. a</p>"),
        ("* * *", "<p>* * *</p>"),
        ("- - -", "<p>- - -</p>"),
        ("a\n\n* * *\n\nb", "<p>a</p>\n<p>* * *</p>\n<p>b</p>"),
        ("*\n*", "<p>*</p>\n<p>*</p>"),
    ],
)
def test_what_is_no_list(source: str, shown: str) -> None:
    assert html(source) == shown


@pytest.mark.parametrize(
    ("source", "items"),
    [
        ("999. a", '<ol start="999">\n<li>a</li>'),
        ("1986. a\n1987. b", '<ol start="1986">\n<li>a</li>\n<li>b</li>'),
        ("98. a\n99. b\n100. c", '<ol start="98">\n<li>a</li>\n<li>b</li>\n<li>c</li>'),
        ("1. a\n1. b", "<ol>\n<li>a</li>\n<li>b</li>"),  # "next", as Markdown has it
        ("3. a\n1. b\n2. c", '<ol start="3">\n<li>a</li>\n<li value="1">b</li>\n<li>c</li>'),
        ("1. a\n3. b", '<ol>\n<li>a</li>\n<li value="3">b</li>'),
    ],
)
def test_lists_keep_their_numbers(source: str, items: str) -> None:
    assert html(source) == f"{items}\n</ol>"
    if source != "1. a\n1. b":
        assert plain(source) == source


@every_row(
    ("source", "shown"),
    [
        ("2*3*4=24", "2*3*4=24"),
        ("5*6 and 7*8", "5*6 and 7*8"),
        ("2**10 and 2**12", "2**10 and 2**12"),
        ("*2*3*", "<em>2*3</em>"),
        ("**2*3*4**", "<strong>2*3*4</strong>"),
        ("2 *x* 3*4", "2 <em>x</em> 3*4"),
        ("10**km**", "10<strong>km</strong>"),
        ("`2*3*4`", "<code>2*3*4</code>"),
        (r"2\*3\*4", "2*3*4"),
    ],
)
def test_stars_between_digits_multiply(source: str, shown: str) -> None:
    assert html(source) == f"<p>{shown}</p>"


@every_row(
    "face", ["*_*", "d(*_*)b", "^_^ >_<", "-_- *-*", "*.* _._", "~~-~~", "**!!**", "*_* a *_*"]
)
def test_signs_around_signs_are_shown(face: str) -> None:
    assert plain(face) == face


@pytest.mark.parametrize(
    "text", ["*a*", "**1**", "*漢*", "*🎉*", "***a***", "*`-`*", "**- *a* -**"]
)
def test_signs_around_words_mark_them(text: str) -> None:
    assert plain(text) == text.replace("*", "").replace("`", "")


def test_nested_signs_cost_what_they_are_long() -> None:
    def nested(many: int) -> str:
        return "*- " * many + "-* " * many

    assert costs_at_most(15, lambda: plain(nested(1000)), lambda: plain(nested(100)))
