"""Bodies of other systems as our Markdown: the same words, the same links, nothing that runs."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from commentsvc.exchange.importing import markup
from commentsvc.threads import text
from tests.growth import is_done_in
from tests.shared_data import shared_lines
from tests.tables import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

HTML = {
    "<p>a</p><p>b<br>c</p>": "a\n\nb\nc",
    "<b>x</b> <i>y</i> <del>z</del>": "**x** *y* ~~z~~",
    "<b><p>one</p><p>two</p></b>": "**one**\n\n**two**",
    "x<b> y </b>z": "x **y** z",
    "<b></b>x<i> </i>y": "x y",
    '<a href="https://x.example/a?b=1&amp;c=2">words</a>': "[words](https://x.example/a?b=1&c=2)",
    '<a href="https://x.example/long/path">https://x.example/long/...</a>': (
        "https://x.example/long/path"
    ),
    '<a href="https://x.example/a_b_">https://x.example/a_b_</a>': "<https://x.example/a_b_>",
    '<a href="https://evil.example">https://bank.example</a>': (
        "[https://bank.example](https://evil.example)"
    ),
    '<a href="/relative">words</a>': "words",
    '<a href="javascript:alert(1)">words</a>': "words",
    '<a href="https://x.example/(a b)">[w]</a>': "[[w]](https://x.example/%28a%20b%29)",
    '<img src="https://x.example/i.png" alt="i">': "https://x.example/i.png",
    '<iframe src="//video.example/1">no frames</iframe>after': "https://video.example/1 after",
    "<ul><li>one</li><li>two<ol><li>in</li></ol></li></ul>after": "- one\n- two\n  1. in\n\nafter",
    "<blockquote><p>q</p><blockquote>r</blockquote></blockquote>": "> q\n>\n> > r",
    "<pre>a\n  *b*</pre>": "```\na\n  *b*\n```",
    "<pre>```</pre>": "````\n```\n````",
    "say <code>a `b`</code>": "say `` a `b` ``",
    "1 * 2 *3* _x_ a_b_c [l](m) # no": r"1 * 2 \*3\* \_x\_ a_b_c [l](m) # no",
    "# no<br>- no<br>1. no<br>&gt; no<br>---": "\\# no\n\\- no\n1\\. no\n\\> no\n---",
    "&lt;b&gt; &amp;lt; \\*": r"<b> &lt; \*",
    "<script>alert(1)</script><style>p{}</style>x": "x",
    "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>": "a b\n\nc",
    "<h1>Title</h1>text": "Title\n\ntext",
}


@every_row(("html", "source"), HTML.items())
def test_html(html, source) -> None:
    assert markup.from_html(html) == source


def test_line_ends_count_where_the_system_says_so() -> None:
    assert markup.from_html("a\nb\n\n\nc", breaks=True) == "a\nb\n\nc"
    assert markup.from_html("a\nb\n\n\nc") == "a b c"


MIXED = {
    "**bold** <i>it</i>": "**bold** *it*",
    "`<b>` and <b>x</b>": "`<b>` and **x**",
    "```\n<p>\n```\n<p>y</p>": "```\n<p>\n```\n\ny",
    "a < b and <http://x.example/a_b_>": "a < b and <http://x.example/a_b_>",
    "<br><http://x.example/>": "http://x.example/",
    "> quoted\n\nnot": "> quoted\n\nnot",
}


@pytest.mark.parametrize(("source", "wanted"), MIXED.items(), ids=list(MIXED))
def test_markdown_with_html_in_it(source, wanted) -> None:
    assert markup.from_mixed(source) == wanted


MARKS = (
    "a B 1. - * ** _ ~~ ` ``` # > [x] (y) ![z] \\ & &amp; <b> </b> <http://x.example> --- ==="
    " | : ! http://x.example/a_b_ ) . \n \n\n + 2) é 你好 @ mail@x.example"
)

PIECES = st.sampled_from(MARKS.split(" "))


# without what showing changes on purpose: controls, bidi marks, piled-up accents
LETTERS = st.text(
    st.characters(exclude_categories=("C", "M", "Zl", "Zp"), exclude_characters="\x85"), max_size=4
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES | LETTERS, max_size=12).map(" ".join))
@example("http://x.example/*a*_b_[c](d) e")
@example("[a]: http://x.example")
@example("*a\n*b* _c")
@example("a\\\nb")
@example("a \n\n 1.")
@example("a \n\n -")
@example("[a]()")
def test_plain_text_is_shown_letter_by_letter(plain) -> None:
    shown = text.plain(markup.from_plain(plain))
    assert _words(shown) == _words(markup.values.text(plain))


TAGS = (
    "<p> </p> <b> </b> <i> </i> <br> <ul> <li> </li> </ul> <ol> </ol> <blockquote>"
    " </blockquote> <pre> </pre> <code> </code> <a\xa0href='http://x.example'> </a> word * _ ` ["
    " ] <h1> </h1> <td> <tr> <table> </table> <iframe> </iframe> <img> < & \n"
)


def _words(value: str) -> list[str]:
    """Lines as a reader sees them: outer and repeated spaces and empty lines do not count."""
    lines = (" ".join(line.split()) for line in value.split("\n"))
    return [line for line in lines if line.strip(" >")]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(TAGS.split(" ")),
        max_size=25,
    )
)
def test_any_html_gives_markdown_with_the_same_words(parts) -> None:
    html = " ".join(parts).replace("\u00a0", " ")
    shown = text.plain(markup.from_html(html))
    assert shown.count("word") >= (html.count("word") if "<iframe>" not in parts else 0)


def test_vectors_of_scripts_give_no_markup() -> None:
    rows = shared_lines("xss/vectors.jsonl") or [
        {"payload": "<img src=x onerror=alert(1)>"},
        {"payload": '<a href="java&#10;script:alert(1)">x</a>'},
        {"payload": "<svg><script>alert(1)</script></svg>"},
    ]
    for row in rows:
        vector = next((row[key] for key in ("payload", "vector", "html", "text") if key in row), "")
        for convert in (markup.from_html, markup.from_plain, markup.from_mixed):
            shown = text.html(convert(str(vector)))
            assert not re.search(r"<(?!/?(?:p|br|a|strong|em|del|s|code|pre|ul|ol|li|blockquote)\b)",
                                 shown)  # fmt: skip
            assert not re.search(r"""<a [^>]*href="(?!https?:|mailto:)""", shown)


#: What takes long, of so many parts: three in drills.
BOMBS: dict[str, Callable[[int], str]] = {
    "marks": lambda part: "<b>" * 17_000 * part,
    "marks around blocks": lambda part: "<b><i><del>" * 1000 * part + "<p>x</p>" * 1000 * part,
    "quotes": lambda part: "<blockquote>" * 7000 * part + "x",
    "lists": lambda part: "<ul><li>x" * 1700 * part,
    "links": lambda part: "<a href='http://x.example'>" * 7000 * part,
    "open brackets": lambda part: "[" * 30_000 * part,
    "backticks": lambda part: "`" * 30_000 * part,
    "entities": lambda part: "&amp;" * 6000 * part,
    "code": lambda part: "<code>`" * 3400 * part,
    "breaks": lambda part: "<br>" * 7000 * part,
    "spaces": lambda part: " " * 30_000 * part + "x",
    "addresses": lambda part: "http://" * 5000 * part,
    "lines": lambda part: "a\n" * 15_000 * part,
    "unclosed": lambda part: "<a " * 10_000 * part,
}


@pytest.mark.parametrize("parts", [1, pytest.param(3, marks=pytest.mark.drill)])
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_nothing_takes_long(bomb: Callable[[int], str], parts: int) -> None:
    html = bomb(parts)
    for convert in (markup.from_html, markup.from_plain, markup.from_mixed):
        assert is_done_in(1.7 * parts, partial(convert, html))


CODE = "    def f():\n        return 1"


@pytest.mark.parametrize(
    ("plain", "made"),
    [
        (CODE, f"```\n{CODE}\n```"),
        (f"{CODE}\n\nIt works.", f"```\n{CODE}\n```\n\nIt works."),
        (f"Try:\n\n{CODE}\n\n\tx = *p", f"Try:\n\n```\n{CODE}\n\n\tx = *p\n```"),
        (f"\n \n{CODE}", f"```\n{CODE}\n```"),
        ("Roses\n    are *red*,\n  # blue", "Roses\n    are \\*red\\*,\n  \\# blue"),
        (
            "    " + "A letter to the editor. " * 9,
            "    " + ("A letter to the editor. " * 9).strip(),
        ),
    ],
)
def test_plain_text_keeps_its_indentation(plain, made) -> None:
    assert markup.from_plain(plain) == made
