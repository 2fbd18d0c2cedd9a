"""From what was typed to what is shown: nothing lost, nothing that runs, nothing that leaks out."""
# ruff: noqa: RUF005, SIM905

from __future__ import annotations

import json
import re
import unicodedata
from contextlib import suppress
from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commentsvc.core.errors import Invalid
from commentsvc.core.shown import on_terminal, one_line
from commentsvc.core.typed import tidy, tidy_line
from commentsvc.threads.text import (
    clean,
    clean_name,
    excerpt,
    html,
    is_visible,
    links,
    markup,
    neutral,
    plain,
)
from tests.growth import is_done_in
from tests.shared_data import shared, shared_lines
from tests.tables import every_row

TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
REL = "nofollow ugc noopener"
FLAG = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"  # England's


class Page(HTMLParser):
    """What a browser would make of our HTML: only what we allow, and the text in it."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.hrefs: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        assert tag in TAGS, tag
        given = dict(attrs)
        assert len(given) == len(attrs)
        if tag == "a":
            assert set(given) == {"href", "rel", "target"}, given
            assert given["rel"] == REL and given["target"] == "_blank"
            assert re.match(r"(https?://[^\s/]+/|mailto:[^\s/:]+@)", given["href"]), given
            self.hrefs.append(given["href"])
        elif tag in ("ol", "li"):
            number = "start" if tag == "ol" else "value"
            assert set(given) <= {number} and re.fullmatch(r"\d*", given.get(number, "")), given
        else:
            assert not given, given

    def handle_data(self, data) -> None:
        self.text += data

    def handle_comment(self, data) -> None:
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment  # type: ignore[assignment]


def page(source: str) -> Page:
    """The parsed HTML of a comment, after checking that it is safe and that nothing is lost."""
    shown = html(source)
    read = Page()
    read.feed(shown)
    read.close()
    again = nh3.clean(
        shown,
        tags=TAGS,
        link_rel=None,
        attributes={"a": {"href", "rel", "target"}, "ol": {"start"}, "li": {"value"}},
    )
    assert again == shown
    assert read.hrefs == links(source)
    return read


def letters(text: str) -> str:
    return "".join(filter(str.isalpha, text))


def test_it_works() -> None:
    source = "Hello **you**,\n*see* https://example.org/a_(b)!\n\n> who said `<b>`\n\n- one\n- two"
    assert html(source) == (
        "<p>Hello <strong>you</strong>,<br>\n<em>see</em> "
        f'<a href="https://example.org/a_(b)" target="_blank" rel="{REL}">'
        "https://example.org/a_(b)</a>!</p>\n"
        "<blockquote>\n<p>who said <code>&lt;b&gt;</code></p>\n</blockquote>\n"
        "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"
    )
    assert plain(source) == (
        "Hello you,\nsee https://example.org/a_(b)!\n\n> who said <b>\n\n- one\n- two"
    )
    assert links(source) == ["https://example.org/a_(b)"]
    assert excerpt(source, 20) == "Hello you, see…"
    assert clean(f"  {source}\r\n", max_length=500) == source


# --- what was typed ------------------------------------------------------------------------------


@every_row(
    "typed, kept",
    [
        (" a \n", "a"),
        ("a\r\nb\rc\u2028d\ve", "a\nb\nc\nd\ne"),
        ("e\u0301", "é"),
        ("a\u200bb\u202ec", "a\u200bb\u202ec"),
        (" \n  \t\n word ", "word"),
        ("\n    if x:\n        y\n", "    if x:\n        y"),
        ("  \tcode? ", "  \tcode?"),
        ("a\x03b\x08c\x7fd\x9fe\x1b[0m", "abcde[0m"),
        ("e\x08\u0301", "é"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("là\u202f? 5\u00a0km 日\u3000本", "là\u202f? 5\u00a0km 日\u3000本"),
        (FLAG, FLAG),
        ("\u3000日本", "\u3000日本"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("\U0001fae8", "\U0001fae8"),  # newer than some Pythons' tables
        ("<b>&amp;</b>", "<b>&amp;</b>"),
    ],
)
def test_clean_keeps(typed, kept) -> None:
    assert clean(typed, max_length=100) == kept


@every_row(
    "typed, code",
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("\u200b\u2060\ufeff\u00ad", "empty"),
        ("\u3164\u2800\u115f\uffa0", "empty"),
        ("\u202e\u2066", "empty"),
        ("\u0301\ufe0f", "empty"),
        ("\U000e0041\uffff", "empty"),
        ("a\x00b", "control_character"),
        ("\x03\x7f\uffff", "empty"),
        ("a\ud83d", "broken_text"),
        ("\udc00a", "broken_text"),
        ("x" * 101, "too_long"),
        ("x" * 1_000_000, "too_long"),
        ("ab", "too_short"),
        ("a" + "\u0301\u0316" * 33 + "bc", "marks"),
    ],
)
def test_clean_refuses(typed, code) -> None:
    with pytest.raises(Invalid) as refusal:
        clean(typed, max_length=100, min_length=3)
    assert refusal.value.code == code and refusal.value.field == "text"
    assert refusal.value.detail.endswith(".")


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Qui est là\u00a0? 5\u202fkm 日\u3000本", "Qui est là\u00a0? 5\u202fkm 日\u3000本"),
        (f"{FLAG} \U0001fae8", f"{FLAG} \U0001fae8"),
        ("a\x03 \r\n\u2028 b\u202ec\u2067", "a bc"),
        ("\x00a\ud83d", "a\ufffd"),
    ],
)
def test_one_line_keeps_what_is_no_control(typed, kept) -> None:
    assert one_line(typed) == kept == one_line(kept)


def test_a_terminal_shows_what_it_would_obey() -> None:
    assert on_terminal("a\x1b[2J\u202eb\nc") == "a\ufffd[2J\ufffdb\ufffdc"
    assert on_terminal(f"می\u200cخواهم {FLAG}") == f"می\u200cخواهم {FLAG}"


def test_notes_lose_controls_and_nothing_else() -> None:
    assert tidy("  a\x07\r\n\u00a0b\u202ec ") == "  a\n\u00a0b\u202ec "
    assert tidy_line(" a\x07\r\nb\u202ec ") == "a bc" and tidy("\x03") == ""
    for broken in ("a\x00", "\ud800"):
        with pytest.raises(Invalid):
            tidy_line(broken)


def test_length_is_counted_in_characters_after_composing() -> None:
    assert clean("e\u0301" * 100, max_length=100) == "é" * 100
    assert clean("👍" * 100, max_length=100) == "👍" * 100


@given(st.text(max_size=200))
def test_clean_changes_nothing_that_can_be_seen(typed) -> None:
    try:
        kept = clean(typed, max_length=200)
    except Invalid:
        return
    assert clean(kept, max_length=200) == kept
    assert unicodedata.is_normalized("NFC", kept)
    lines = re.sub(r"\r\n?|[\v\f\x85\u2028\u2029]", "\n", typed)
    lines = re.sub(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]", "", lines)
    assert kept.strip(" \t\n") == unicodedata.normalize("NFC", lines).strip(" \t\n")
    assert is_visible(page(kept).text)


@every_row(
    "typed, kept",
    [
        (" Ada Lovelace\n", "Ada Lovelace"),
        ("山田　太郎", "山田　太郎"),
        ("O\u2019Brien <3", "O\u2019Brien <3"),
        ("مریم\u200cپور", "مریم\u200cپور"),
        ("👩\u200d🚀 Zoë", "👩\u200d🚀 Zoë"),
        ("Nguyễn Thị", "Nguyễn Thị"),
        ("a" * 60, "a" * 60),
        ("ก็" * 60, "ก็" * 60),
        ("\u200eدانا\u200f", "دانا"),
        ("Ada\u00a0Lovelace", "Ada Lovelace"),
        ("Ada  Lovelace\u2003\u202f X", "Ada Lovelace X"),
        ("山田　　太郎", "山田　太郎"),
        ("a\nb\tc\u2028d", "a b c d"),
        ("a\u202eb\u2066c\u2069", "abc"),
        ("mo\u00adde\u200bra\u034ftor\ufeff", "moderator"),
        ("\u200dAda\u200c", "Ada"),
        ("A\u200dd\u200ca", "Ada"),
        ("می\u200c\u200cخواهم", "می\u200cخواهم"),
        ("Ada\x03\x7f\x90", "Ada"),
        (f"Al {FLAG}", f"Al {FLAG}"),
        ("Al\U000e0067\U000e007f", "Al"),
        ("\U0001fae8 Al \ue000", "\U0001fae8 Al \ue000"),
    ],
)
def test_names(typed, kept) -> None:
    assert clean_name(typed) == kept == clean_name(kept)


@every_row(
    "typed",
    ["", " ", "\u200b", "\u3164", "\u2800", "\u0301", "a\x00", "\ud800", "\u202e\x03"]
    + ["a" * 61, "a" * 5000, "e" + "\u0300\u0323" * 8, "z\u0302\u0302\u0302\u0302\u0302"],
)
def test_names_refused(typed) -> None:
    with pytest.raises(Invalid) as refusal:
        clean_name(typed)
    assert refusal.value.field == "name"


# --- what is shown -------------------------------------------------------------------------------


@every_row(
    "source, shown",
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("a & b &amp; &lt;", "<p>a &amp; b &amp;amp; &amp;lt;</p>"),
        ("# Title", "<p><strong>Title</strong></p>"),
        ("Title\n===", "<p>Title<br>\n===</p>"),
        ("a\n---\n***", "<p>a<br>\n---<br>\n***</p>"),
        ("a\n\n    indented", "<p>a</p>\n<p>indented</p>"),
        ("```js\na\n<b>\n```", "<pre><code>a\n&lt;b&gt;\n</code></pre>"),
        ("[a]: mailto:a@e.org\n\n[a] b", "<p>[a]: mailto:a@e.org</p>\n<p>[a] b</p>"),
        ("|a|b|\n|-|-|\n|c|d|", "<p>|a|b|<br>\n|-|-|<br>\n|c|d|</p>"),
        ("[](https://example.org)", "<p>[](https://example.org)</p>"),
        ("-", "<p>-</p>"),
        (">", "<p>&gt;</p>"),
        ("```\n```", "<p>```<br>```</p>"),
        ("~~no~~ __yes__ snake_case_word", "<p><s>no</s> <strong>yes</strong> snake_case_word</p>"),
        ("7. seven", '<ol start="7">\n<li>seven</li>\n</ol>'),
        ("> " * 14 + "deep", "<p>" + "&gt; " * 14 + "deep</p>"),
        ("*a* " * 700 + "b", "<p>" + "*a* " * 700 + "b</p>"),
        ("* " * 1300 + "x", "<p>" + "* " * 1300 + "x</p>"),
        ("a\n\n\n\n\nb", "<p>a</p>\n<p>b</p>"),
        ("```\na\n\n\n\n\n\nb\n```", "<pre><code>a\n\n\nb\n</code></pre>"),
        ("a\x00\ud800b", "<p>a\ufffd\ufffdb</p>"),
    ],
)
def test_markup(source, shown) -> None:
    read = page(source)
    assert html(source) == shown
    assert letters(read.text) == letters(plain(source))


def a(href: str, words: str | None = None) -> str:
    return f'<a href="{href}" target="_blank" rel="{REL}">{words or href}</a>'


@every_row(
    "source, shown",
    [
        ("[a]: https://e.org/ [a]", f"[a]: {a('https://e.org/')} [a]"),
        ("see https://e.org/a.", f"see {a('https://e.org/a')}."),
        ("(https://e.org/a_(b))", f"({a('https://e.org/a_(b)')})"),
        ("https://e.org/__init__.py", a("https://e.org/__init__.py")),
        ("**https://e.org/**", f"<strong>{a('https://e.org/')}</strong>"),
        ("https://e.org/x、日本", f"{a('https://e.org/x')}、日本"),
        ("https://e.org/ar، وهذا", f"{a('https://e.org/ar')}، وهذا"),
        ("https://e.org/ar،وهذا", f"{a('https://e.org/ar')}،وهذا"),
        ("https://e.org/ar؟ https://e.org/u۔", f"{a('https://e.org/ar')}؟ {a('https://e.org/u')}۔"),
        ("https://e.org/hi। https://e.org/x’", f"{a('https://e.org/hi')}। {a('https://e.org/x')}’"),
        ("‘https://e.org/x’s", f"‘{a('https://e.org/x')}’s"),
        (
            "https://e.org/am። https://e.org/my။",
            f"{a('https://e.org/am')}። {a('https://e.org/my')}။",
        ),
        ("https://e.org/x— and –", f"{a('https://e.org/x')}— and –"),
        ("https://e.org/x… https://e.org/y–", f"{a('https://e.org/x')}… {a('https://e.org/y')}–"),
        (
            "https://e.org/Col·lecció",
            a("https://e.org/Col%C2%B7lecci%C3%B3", "https://e.org/Col·lecció"),
        ),
        ("参见https://e.org/x", f"参见{a('https://e.org/x')}"),
        ("смhttps://e.org/x ดูhttps://e.org/y", f"см{a('https://e.org/x')} ดู{a('https://e.org/y')}"),
        ("見てwww.e.org。", f"見て{a('http://www.e.org/', 'www.e.org')}。"),
        ("éhttps://e.org", "éhttps://e.org"),
        ("“https://e.org/x”", f"“{a('https://e.org/x')}”"),
        ("\u2067https://e.org/", f"\u2067{a('https://e.org/')}\u2069"),
        ("https://e.org/\u200bx", f"{a('https://e.org/')}\u200bx"),
        ("HTTPS://E.org", a("https://e.org/", "HTTPS://E.org")),
        (
            "https://bücher.example/ä",
            a("https://xn--bcher-kva.example/%C3%A4", "https://bücher.example/ä"),
        ),
        ("www.e.org, www.e", f"{a('http://www.e.org/', 'www.e.org')}, www.e"),
        ("e.org readme.md", "e.org readme.md"),
        ("[a *b*](https://e.org)", a("https://e.org/", "a <em>b</em>")),
        ("<https://e.org/>", a("https://e.org/")),
        (
            "<a@e.org> [b](mailto:b@e.org)",
            f"{a('mailto:a@e.org', 'a@e.org')} {a('mailto:b@e.org', 'b')}",
        ),
        (
            "[https://x.org/ https](https://e.org/)",
            f"{a('https://e.org/', 'https://x.org/ https')} (e.org)",
        ),
        (
            "[bank.com](https://evil.example/)",
            f"{a('https://evil.example/', 'bank.com')} (evil.example)",
        ),
        ("[www.e.org](https://e.org/x)", a("https://e.org/x", "www.e.org")),
        ("[it’s v2.0](https://e.org/x)", a("https://e.org/x", "it’s v2.0")),
        ("![cat](https://e.org/c.png)", a("https://e.org/c.png", "cat")),
        ("![](https://e.org/c.png)", a("https://e.org/c.png")),
        ("[![cat](https://i.org/c.png)](https://e.org/)", a("https://e.org/", "cat")),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[x](JaVaScRiPt&#58;alert(1))", "[x](JaVaScRiPt&amp;#58;alert(1))"),
        (
            "[x](data:text/html,y) [x](/r) [x](//e.org)",
            "[x](data:text/html,y) [x](/r) [x](//e.org)",
        ),
        ("https://u:p@e.org/ http:// https://", "https://u:p@e.org/ http:// https://"),
        ("xhttps://e.org", "xhttps://e.org"),
        ("See.https://e.org/", f"See.{a('https://e.org/')}"),
        ("см.https://e.org/", f"см.{a('https://e.org/')}"),
        ("看www.e.org吧", f"看{a('http://www.e.org/', 'www.e.org')}吧"),
        ("看https://e.org吧", f"看{a('https://e.org/', 'https://e.org')}吧"),
        ("https://例え.jp/", a("https://xn--r8jz45g.jp/", "https://例え.jp/")),
        (
            "https://e.org/x👍🏽 https://e.org/y−",
            f"{a('https://e.org/x')}👍🏽 {a('https://e.org/y')}−",
        ),
        ("`https://e.org/`", "<code>https://e.org/</code>"),
        ("[x](mailto:a@e.org?bcc=b@e.org)", "[x](mailto:a@e.org?bcc=b@e.org)"),
    ],
)
def test_links(source, shown) -> None:
    page(source)
    assert html(source) == f"<p>{shown}</p>"


def test_trusted_authors_links_may_be_followed() -> None:
    assert 'rel="ugc noopener"' in html("https://example.org/", nofollow=False)


@pytest.mark.parametrize(
    "source, told",
    [
        ("> a\n\nb", "> a\n\nb"),
        ("> a\n> > b\n>\n> c\n\nd", "> a\n>\n> > b\n>\n> c\n\nd"),
        ("- a\n\n  b\n- c\n\nend", "- a\n\n  b\n\n- c\n\nend"),
        ("3. a\n3. b\n   - c", "3. a\n4. b\n   - c"),
        ("**a** [b](https://e.org) `c` \\*d\\*", "a b c *d*"),
    ],
)
def test_plain(source, told) -> None:
    assert plain(source) == told


@every_row(
    "text, kept",
    [
        ("\u202eabc", "\u202eabc\u202c"),
        ("\u2067a\u202eb\nc", "\u2067a\u202eb\u202c\u2069\nc"),
        ("a\u2069b\u202cc", "abc"),
        ("\u2066a\u202eb\u2069c\u202c", "\u2066a\u202eb\u2069c"),
        ("\u202e" * 99 + "a", "\u202e" * 16 + "a" + "\u202c" * 16),
        ("Z\u0351\u036b\u0343\u036a\u0302", "Z\u0351\u036b\u0343"),
        ("ส" + "\u0e47" * 20, "ส" + "\u0e47" * 3),
        ("שׁ\u05b8\u05bc\u0591\u05bd", "שׁ\u05b8\u05bc\u0591\u05bd"),
        (
            "א" + "".join(map(chr, range(0x5B0, 0x5BA))),
            "א" + "".join(map(chr, range(0x5B0, 0x5B8))),
        ),
        ("a\n\n\n\n\n\nb", "a\n\n\nb"),
    ],
)
def test_neutral(text, kept) -> None:
    assert neutral(text) == kept == neutral(kept)


BIDI = st.text("ab\n\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", max_size=40)


@given(BIDI)
def test_bidi_never_leaves_its_line(text) -> None:
    for line in neutral(text).split("\n"):
        owed: list[str] = []
        for character in line:
            if character in "\u202a\u202b\u202d\u202e":
                owed.append("\u202c")
            elif character in "\u2066\u2067\u2068":
                owed.append("\u2069")
            elif character in "\u202c\u2069":
                while owed and owed[-1] != character and character == "\u2069":
                    owed.pop()
                assert owed and owed.pop() == character
        assert not owed
    assert re.sub("[^ab]", "", neutral(text)) == re.sub("[^ab]", "", text)
    assert neutral(neutral(text)) == neutral(text)


@every_row(
    "source, n, short",
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("one\n\n> two", 20, "one “two”"),
        ("abcdefghijkl", 6, "abcde…"),
        ("aaae\u0302\u0323b", 5, "aaa…"),
        ("👩‍👩‍👧👩‍👩‍👧", 8, "👩‍👩‍👧…"),
        ("\u2067abcdef", 5, "\u2067abc…\u2069"),
        ("**bold** words", 100, "bold words"),
        (
            "> said\n>\n> > before\n\nI *say*\n\n- one\n- two",
            100,
            "“said “before”” I say - one - two",
        ),
        (">\n\nword", 100, "> word"),
        ("> - a\n> - b\n> 1. c", 100, "“- a - b 1. c”"),
    ],
)
def test_excerpt(source, n, short) -> None:
    assert excerpt(source, n) == short


# --- anything ------------------------------------------------------------------------------------

MARKS = (
    "* ** _ ~~ ` ``` > - 1. # [ ] ( ) ![ ]( < > \\ & ; : / // \n \n\n | = \" ' a b www. .org".split(
        " "
    )
)
WORDS = [
    *MARKS,
    *"https://e.org <script> javascript: onerror= </p> <!-- &#x3c; \u202e \u2069 \u0301 é 日 👍".split(),
    "    ",
    "\x00",
    "\u2028",
]


def test_a_link_to_nowhere_is_the_text_that_it_is() -> None:
    assert html("[x]()") == "<p>[x]()</p>"
    assert plain("see [bank.example.com]( ) and ![y]()") == "see [bank.example.com]() and ![y]()"


def test_a_list_of_nothing_is_the_text_that_it_is() -> None:
    assert plain("a\n\n1.\n\n-") == "a\n\n1.\n\n-"
    assert "<li>" in html("1. one\n2.\n3. three")


@every_row(
    "source, shown",
    [
        ("a\n#", "a\n#"),
        ("a\n\n## ##", "a\n\n## ##"),
        ("#\na", "#\na"),
        ("- #\n- a", "- #\n- a"),
        ("> #\n\na", "> #\n\na"),
        ("a\n\n# \u200b", "a\n\n# \u200b"),
        ("a\n>", "a\n\n>"),
        (">\na", ">\n\na"),
        ("a\n\n> >", "a\n\n> >"),
        ("> a\n> >", "> a\n>\n> >"),
        ("a\n```", "a\n\n```"),
        ("a\n\n```js\n\n```", "a\n\n```js\n```"),
        ("a\n\n- ~~~~", "a\n\n- ~~~~"),
        ("a [](https://e.org/)", "a [](https://e.org/)"),
        ("a [\u200b](https://e.org/)", "a [\u200b](https://e.org/)"),
    ],
)
def test_markup_around_nothing_is_the_text_that_it_is(source: str, shown: str) -> None:
    assert plain(source) == shown
    assert links(source) == []
    read = page(source)
    assert read.text.split()[-1] == shown.split()[-1]


def test_a_user_without_a_name_is_none() -> None:
    for address in ("HTTP://@A", "http://:@a.example/"):
        assert plain(address) == address


@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=40).map("".join)))
@example("[x]()")
@example("WWW.AA.A")
@example("see [bank.example.com]( ) and ![y]()")
@example("a\n\n1.\n\n-")
@example("\u202aHTTP://0A//")
@example("HTTP://@A")
@example("``\u2069`A")
def test_any_text_is_shown_safely_and_whole(source) -> None:
    read = page(source)
    if "(" not in source:  # a link's address and title are not among its words
        assert letters(read.text) == letters(plain(source))
        typed = neutral(source)
        if "```" not in typed and "~~~" not in typed:  # nor is a code block's language
            assert letters(read.text) == letters(typed)


SAMPLES = [
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert&#40;1&#41;</script>",
    "[a](javascript:alert(1))",
    '<a href="java\tscript:alert(1)">x</a>',
    "![a](data:image/svg+xml;base64,PHN2Zz4=)",
    '<https://e.org/"onmouseover=alert(1)>',
    '```"><script>alert(1)</script>\nx\n```',
    '[a](<https://e.org/"><script>alert(1)</script>>)',
    "</p></div><style>*{display:none}</style>",
]


def test_no_vector_runs() -> None:
    vectors = [row["payload"] for row in shared_lines("xss/vectors.jsonl")]
    leaks = [row["payload"] for row in shared_lines("xss/leaks.jsonl")]
    commonmark = [row["markdown"] for row in shared_lines("text/commonmark.jsonl")]
    for source in [*SAMPLES, *vectors, *leaks, *commonmark]:
        page(source)


NAUGHTY = ["undefined", "1;DROP TABLE users", "ﷺ", "Ṱ̺̺̕o͞ ̷i̲̬͇̪͙n̝̗͕v̟̜̘̦͟o̶̙̰̠kè͚̮̺̪̹̱̤", "‪‪᚛                 ᚜‪", "🏳0🌈️"]


def test_naughty_strings_come_back_equal_or_are_refused() -> None:
    found = shared("text/blns.json")
    for typed in [*NAUGHTY, *(json.loads(found.read_text("utf-8")) if found else [])]:
        page(typed)
        excerpt(typed, 40)
        with suppress(Invalid):
            kept = clean(typed, max_length=5000)
            assert (
                kept
                == re.sub("[\x01-\x1f\x7f-\x9f]", "", unicodedata.normalize("NFC", typed)).strip()
            )
        with suppress(Invalid):
            name = clean_name(typed)
            assert clean_name(name) == name and letters(name) == letters(
                unicodedata.normalize("NFC", typed)
            )


def _filled(piece: str, n: int = 20_000) -> str:
    return (piece * (n // len(piece) + 1))[:n]


BOMBS = [
    *map(
        _filled, ["[", "![", "[a](", "[a](<", "!" + "[a](b", "*", "*a_ ", "a**b", "*a **a ", "~~a"]
    ),
    *map(_filled, ["`", "`a``b", "> ", ">\n", "- ", "1. ", "- a\n", "* - + ", "\\", "<", "<a@b"]),
    *map(_filled, ["<http://a ", "http://a.b ", "http://", "http://a/(", "www.", "a@", "a.b."]),
    *map(_filled, ["```\n", "\n", "a\n", "a\n\n", " ", "# ", "|a", "[a]: b\n", "&amp;", "<!--"]),
    *map(
        _filled,
        ["\u202e", "\u202ea\n", "\u2067a\u202e", "\u0301\u0316", "a\u0301\u0316\u0e47", "😀"],
    ),
    "http://a/" + ")" * 20_000,
    "http://a/" * 1190 + "b" * 9_000,
    "> " * 10 + "\n" + "a\n" * 980,
    "[" * 1190 + "word " * 3_700,
    "".join("e" + "`" * i for i in range(1, 200)),
    "\n".join(" " * 2 * i + "- a" for i in range(140)),
    "[a](" + "(" * 10_000 + ")" * 10_000,
]


@pytest.mark.parametrize("source", BOMBS, ids=lambda source: ascii(source[:12]))
def test_no_text_takes_long(source) -> None:
    # 100 ms is what a machine of today takes at worst, with room for a slower one.
    assert is_done_in(1, lambda: (html(source), plain(source), excerpt(source, 200)))


@pytest.mark.parametrize("source", ["\\>", "above\n\n\\>", "\\> \\>"])
def test_a_lone_bracket_is_something_said(source: str) -> None:
    assert plain(source).split()[-1] == ">"


@given(st.text("aZé1 .,;:?!'\"()-–_*~`<>[]&@#/\\|+=\n", max_size=30).map("Hi {}".format))
@example("Well, it's late (again) - isn't it? I said so 2 times... Yes!")
@example("A well-known thing. www.x.de")
def test_a_line_without_markup_is_what_the_parser_makes_of_it(source: str) -> None:
    text = neutral(source)
    if markup._ONE_LINE.fullmatch(text):
        assert list(markup._paragraph(text)) == markup._MARKDOWN.parse(text)
