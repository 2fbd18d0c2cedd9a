"""Pasting into the form: formatted text becomes Markdown, and an address the link of words."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.held import until
from tests.browser.test_box_posting import area
from tests.tables import every_row

__all__ = ["area"]

pytestmark = pytest.mark.browser

PASTE = """(area, [html, plain]) => {
  const data = new DataTransfer();
  if (html) data.setData("text/html", html);
  data.setData("text/plain", plain);
  const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  return area.dispatchEvent(event);
}"""

# As the programs put it on the clipboard, without what says nothing about the text.
DOCS = (
    "<meta charset='utf-8'><b style='font-weight:normal;' id='docs-internal-guid-1'>"
    "<p dir='ltr' style='line-height:1.38;'>"
    '<span style="font-size:11pt;font-weight:400;font-style:normal;">Plain, </span>'
    '<span style="font-size:11pt;font-weight:700;font-style:normal;">bold</span>'
    '<span style="font-weight:400;"> and </span>'
    '<span style="font-weight:400;font-style:italic;">slanted</span>'
    "<span style='font-weight:400;'>.</span></p><ul><li style='font-weight:400'><p>"
    "<span style='font-weight:700'>One</span>"
    "</p></li></ul></b><br class='Apple-interchange-newline'>"
)
WORD = (
    "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style>p.MsoNormal {margin:0}"
    "</style></head><body>"
    "<!--StartFragment--><p class=MsoNormal><b style='mso-bidi-font-weight:normal'>"
    "<span lang=EN-US>Bold</span></b>"
    "<span lang=EN-US> and plain<o:p></o:p></span></p>"
    "<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'>"
    "<![if !supportLists]>"
    "<span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp; </span>"
    "</span></span><![endif]>"
    "<span>One</span></p>"
    "<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]>"
    "<span style='mso-list:Ignore'>2.<span>&nbsp; </span></span><![endif]>Two</p>"
    "<!--EndFragment--></body></html>"
)
#: Nested as Google Docs does it, and Word's list without what says which sign it has.
NESTED = "<ul><li>One</li><ul><li>Two</li></ul><li>Three</li></ul>"
APPLES = (
    "<p>Buy</p><p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>·&nbsp; Apples</p>"
    "<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'>o&nbsp; Pears</p><p>now</p>"
)
OUTLOOK = (
    "<div class=WordSection1><p class=MsoNormal><i>Slanted</i>, <s>struck</s> and "
    "<span style='font-weight:bold'>bold"
    "</span><o:p></o:p></p></div>"
)
LIBRE = (
    "<meta http-equiv='content-type' content='text/html; charset=utf-8'/>"
    "<style type='text/css'>p { line-height: 115% }"
    "</style><p style='line-height: 100%; margin-bottom: 0cm'>Plain <b>bold</b> <i><b>both</b>"
    "</i></p>"
)
NOTION = (
    '<meta charset="utf-8"><p>Plain <span style="font-weight:600" data-token-index="1">bold</span> '
    '<span style="font-style:italic" data-token-index="3">slanted</span> '
    '<span style="text-decoration:line-through">struck</span></p><!-- notionvc: 1 -->'
)


@every_row(
    ("html", "plain", "wanted"),
    [
        ("<p>A <b>bold</b> <i>word</i>.</p>", "A bold word.", "A **bold** _word_."),
        ("<ul><li>One</li><li>Two</li></ul>", "One Two", "- One\n- Two"),
        ("<ol start=3><li>Three<li>Four</ol>", "Three Four", "3. Three\n4. Four"),
        ("<blockquote>Said</blockquote>so", "Said so", "> Said\n\nso"),
        (
            "<a href='https://example.org/a(b)'>[here]</a>",
            "[here]",
            r"[\[here\]](https://example.org/a%28b%29)",
        ),
        ("<a href='javascript:alert(1)'>no</a>, <b>yes</b>", "no, yes", "no, **yes**"),
        ("<p><b>A </b>word.&nbsp; <br>Next</p>", "A word. Next", "**A** word.\nNext"),
        ("<style>p{}</style><b>x</b><img src=x onerror='window.bad=1'>", "x", "**x**"),
        ("<b style='font-weight:normal'><span style='font-weight:700'>x</span></b>", "x", "**x**"),
        (DOCS, "", "Plain, **bold** and _slanted_.\n\n- **One**"),
        (NESTED, "", "- One\n  - Two\n- Three"),
        (APPLES, "", "Buy\n\n- Apples\n   - Pears\n\nnow"),
        ("<p>fi<i>nd</i>ing <i>it</i> fi<b><i>nd</i></b></p>", "", "fi*nd*ing _it_ fi***nd***"),
        ("<b>bold </b>end", "bold end", "**bold** end"),
        (WORD, "", "**Bold** and plain\n\n- One\n\n2. Two"),
        (OUTLOOK, "", "_Slanted_, ~~struck~~ and **bold**"),
        (LIBRE, "", "Plain **bold** _**both**_"),
        (NOTION, "", "Plain **bold** _slanted_ ~~struck~~"),
        (
            "<h2 style='color:red'><span style='font-weight:700'>Head</span></h2>so",
            "",
            "**Head**\n\nso",
        ),
        (
            "<b>so</b><span style='font-weight:600'>me</span> style=plain",
            "",
            "**some** style=plain",
        ),
        (
            "<a style='color:blue' href='https://example.org/?a=1&amp;style=2'>here</a>",
            "here",
            "[here](https://example.org/?a=1&style=2)",
        ),
    ],
)
def test_formatted_text_is_pasted_as_markdown(
    area: Locator, html: str, plain: str, wanted: str
) -> None:
    """With the frame's own policy, which drops styles in markup and says so in the console."""
    said: list[str] = []
    area.page.on("console", lambda message: said.append(message.text))
    area.fill("")
    until(area.page, lambda: area.evaluate(PASTE, [html, plain]) is False, "not pasted")
    expect(area).to_have_value(wanted)
    assert not area.evaluate("() => window.bad")
    assert said == []


def test_plain_text_is_left_to_the_browser(area: Locator) -> None:
    area.fill("")
    until(area.page, lambda: area.evaluate(PASTE, ["<b>b</b>", "b"]) is False, "not pasted")
    for html in ("", "<p>Just <span>words</span></p>"):
        assert area.evaluate(PASTE, [html, "Just words"]) is True


ADDRESS = "https://example.org/a_(b)"
LINK = "(https://example.org/a_%28b%29)"


@every_row(
    ("text", "wanted"),
    [
        ("see [here] now", f"see [here]{LINK} now"),
        ("[see here]\nnext", f"[see here]{LINK}\nnext"),
        ("see [] now", ""),
        ("see [one\ntwo]", ""),
        ("see [https://old.example.org/] now", ""),
        ("run `[here]` now", ""),
        ("```\nrun [here]\n```", ""),
        ("`a` [here]", f"`a` [here]{LINK}"),
    ],
)
def test_an_address_pasted_over_words_is_their_link(area: Locator, text: str, wanted: str) -> None:
    """Not in code, and not over another address: there the browser pastes."""
    start, end = text.index("["), text.index("]") - 1
    before = text.replace("[", "").replace("]", "")
    area.fill(before)
    area.evaluate("(area, [from, to]) => area.setSelectionRange(from, to)", [start, end])
    html = f"<a href='{ADDRESS}'>{ADDRESS}</a>"
    if wanted:
        until(area.page, lambda: area.evaluate(PASTE, [html, ADDRESS]) is False, "not pasted")
        expect(area).to_have_value(wanted)
        area.press("Control+z")
    else:
        assert area.evaluate(PASTE, [html, ADDRESS]) is True
    expect(area).to_have_value(before)
