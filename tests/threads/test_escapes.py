r"""A backslash is a sign only where it really prevents markup: else it is text, here and everywhere."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from commentsvc.exchange.importing import markup as importing
from commentsvc.threads.text import excerpt, html, links, plain
from tests.tables import every_row

AS_WRITTEN = [
    r"¯\_(ツ)_/¯", r"¯_(ツ)_/¯", r"so \_(ツ)_/ and ¯\_(ツ)_/¯ again", r"\\server\photos", r"C:\_tmp\[new]",
    r"C:\Users\*.txt", r"\\nas\_share\-old", r"D:\!new\#1\(2)", r"\\\\nas\share", "\\", "\\\\", r"\*", r"\_",
    r"a \* b \* c", r"\alpha \[x\] \(y\)", r"\frac{1}{2}\,dx\;\{a\}", r"\d+\.", r"^\[\w\]+\*$",
    r"\(\d{3}\) \d\-\d",
    r"s/\//\\/g", r"a\b\c", r"\#tag", r"1\.5 and 1\. 5", r"\-5", r"\+1", r"snake\_case\_name", r"\~5",
    "ends with C:\\temp\\\nand goes on", "\\\nfirst", r"\$5 \& \% \@ann \^ \| \=",
]  # fmt: skip
ESCAPED = [
    (r"\*a\*", "*a*"), (r"\*a*", "*a*"), (r"*a\*", "*a*"), (r"\_a_", "_a_"), (r"\~~a~~", "~~a~~"),
    (r"2\*3\*4", "2*3*4"), (r"\`a`", "`a`"), (r"1\. x", "1. x"), (r"3\) x", "3) x"), (r"\# x", "# x"),
    (r"\- x", "- x"), (r"\+ x", "+ x"), (r"\* x", "* x"), (r"\> x", "> x"), (r"\>", ">"),
    ("a\n\\- x", "a\n- x"),
    (r"\![a](http://b.com)", "!a"), (r"[a\]](http://b.com)", "a]"), (r"\\*a*", r"\a"), (r"\\\*a*", r"\*a*"),
    (r"*a\\*", "a\\"), (r"\*a\* at C:\_tmp", r"*a* at C:\_tmp"), (r"*x \* y*", r"x \* y"),
    (r"`\_`", r"\_"), (r"\_\*\_\*", "_*_*"), (r"\*\_\*\_", "*_*_"),
]  # fmt: skip


@every_row("text", AS_WRITTEN)
def test_what_prevents_nothing_is_shown(text: str) -> None:
    assert plain(text) == text
    assert re.sub("<[^>]+>", "", html(text)).replace("&amp;", "&").replace("&gt;", ">") == text
    assert excerpt(text, 100) == " ".join(text.split())


@every_row("text, shown", ESCAPED)
def test_what_prevents_markup_is_not_shown(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_links_that_are_prevented_are_none() -> None:
    assert links(r"http\://b.example/x and \[a](b)") == []
    assert plain(r"http\://b.example/x") == "http://b.example/x"
    assert links(r"\<http://b.example/x_y>") == ["http://b.example/x_y"]
    assert links(r"[a](http://b.example/x\_y)") == ["http://b.example/x_y"]


LETTERS = st.text("ab1 \\\\\\_*[]()`~#>-+.!:/\n<&\u30c4\u00af", max_size=24)


@given(st.text("ab1 \\/.:;,?!{}$%^|=\u30c4\u00e9", max_size=40))
def test_without_markup_a_text_comes_out_as_written(text: str) -> None:
    assert " ".join(plain(text).split()) == " ".join(text.split())


@given(
    st.text("ab \\_*[]~", max_size=16).filter(lambda text: all(text.count(c) < 2 for c in "_*[]~`"))
)
def test_one_mark_alone_is_no_markup(text: str) -> None:
    """A mark needs its like; one at the beginning of a line with words behind it begins a list."""
    text = f"a{text}"
    assert " ".join(plain(text).split()) == " ".join(text.split())


BEFORE_SIGNS = [
    r"\>", r"\> a", r"\\> a", r"\\\> a",
    r"> \> a", r"\# a", r"\- a", r"\+ a", r"1\. a", r"12\\) a", "a\n\\# b",
    r"\* a", r"\``` a", r"\~~~ a", r"\\* a", r"> \* a",
]  # fmt: skip


@every_row("text", BEFORE_SIGNS)
def test_a_backslash_before_a_sign_can_be_shown(text: str) -> None:
    assert plain(importing.from_plain(text)) == text


@given(LETTERS)
@example("1\n 1")
@example("\\>")
@example("_*_*")
@example("`\n\\:`")
@example("1\n#")
@example("*1 \\**")
@example("__&b(1\u00af~]\u30c4\\_*")
@example("\\``[`<` (&_- b")
def test_plain_text_imported_is_shown_letter_by_letter(text: str) -> None:
    imported = importing.from_plain(text)
    assert plain(imported).split() == text.split()
    again = importing.from_plain(plain(imported))
    assert plain(again) == plain(imported)
    assert _unindented(again) == _unindented(imported)  # no reader sees how far a line is indented


def _unindented(source: str) -> str:
    return re.sub(r"^[ \t]+", "", source, flags=re.MULTILINE)


def test_a_foreign_backslash_is_not_seen() -> None:
    assert (
        plain(importing.from_markdown(r"snake\_case and \*a\* at 1\.5"))
        == "snake_case and *a* at 1.5"
    )
    assert plain(importing.from_html(r"<p>C:\_tmp\[new] *one</p>")) == r"C:\_tmp\[new] *one"
    assert importing.from_plain("just * one_ mark [here") == "just * one_ mark [here"
    assert importing.from_plain("> a *b*") == r"\> a \*b\*"
