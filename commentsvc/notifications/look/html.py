"""An email as HTML, built from its plain text: the same words, in the site's color, light or
dark."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from ...core.locale import DEFAULT, direction
from ...sites.look.accent import shades
from ...threads.text.spoken import dir_of, lang_of

if TYPE_CHECKING:
    from ..mail import Mail

_OURS = "#0a58a8"
#: A link at the end of a line, as our sentences have it: "View the comment: https://…".
_URL = re.compile(r"https?://\S")
_CODE = re.compile(r"\d{3} ?\d{3}")

_PAGE = """<!doctype html>
<html lang="{lang}" dir="{dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{subject}</title>
<style>
:root{{color-scheme:light dark}}
body{{margin:0;padding:24px 16px;color:#1c1c1c;background:#fff}}
body{{font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}}
main{{max-width:560px;margin:0 auto}}
h1{{margin:0 0 20px;padding:12px 0 0;border-top:3px solid {light};font:600 20px/1.3 Georgia,serif}}
p{{margin:0 0 16px}}
a{{color:{light}}}
blockquote{{margin:4px 0;padding:0 12px;border-inline-start:3px solid #c8c8c8;color:#555}}
.code{{font:600 28px/1.2 ui-monospace,monospace;letter-spacing:4px}}
.foot{{margin-top:24px;padding-top:12px;border-top:1px solid #ddd;font-size:13px;color:#666}}
@media (prefers-color-scheme:dark){{
body{{color:#ececec;background:#161616}}
h1{{border-color:{dark}}}
a{{color:{dark}}}
blockquote{{border-color:#555;color:#b8b8b8}}
.foot{{border-color:#3a3a3a;color:#a8a8a8}}
}}
</style>
</head>
<body>
<main>
<h1>{site}</h1>
{body}
</main>
</body>
</html>
"""


def html_of(mail: Mail) -> str:
    """The email as an HTML page. Text by strangers stays text, never markup or a link."""
    *paragraphs, last = mail.body.strip().split("\n\n")
    foot = f'<p class="foot">{_lines(last)}</p>' if mail.stop else f"<p>{_lines(last)}</p>"
    shown = {shade.scheme: shade.color for shade in shades(mail.accent) or shades(_OURS)}
    return _PAGE.format(
        lang=escape((mail.locale or "en").partition("_x_")[0].replace("_", "-")),
        dir=direction(mail.locale or "en"),
        subject=escape(mail.subject),
        site=escape(mail.sender_name),
        body="\n".join([*(_paragraph(each, mail) for each in paragraphs), foot]),
        **shown,
    )


def _paragraph(text: str, mail: Mail) -> str:
    """One paragraph, with its quoted lines as a blockquote."""
    parts: list[str] = []
    lines: list[str] = []
    quoted: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line.startswith(">"):
            quoted.append(line)
            continue
        if quoted:
            parts.append(_said(lines))
            parts.append(_quotation(quoted, mail))
            lines, quoted = [], []
        if line:
            lines.append(line)
    return "".join([*parts, _said(lines)])


def _quotation(lines: list[str], mail: Mail) -> str:
    """Quoted lines, with their language and direction: mail programs read them aloud, hyphenate
    and translate by it, as browsers do with comments."""
    said = [line[1:].strip() for line in lines]
    text = "\n".join(said)
    language = dict(mail.languages).get("\n".join(lines))
    lang = lang_of(language, text, mail.locale or DEFAULT)
    marks = "" if lang is None else f' lang="{escape(lang)}"'
    words = "<br>".join(map(escape, said))
    return f'<blockquote dir="{dir_of(text)}"{marks}>{words}</blockquote>'


def _said(lines: list[str]) -> str:
    return f"<p>{'<br>'.join(map(_line, lines))}</p>" if lines else ""


def _lines(text: str) -> str:
    return "<br>".join(map(_line, text.split("\n")))


def _line(line: str) -> str:
    last = line.rsplit(None, 1)[-1] if line and not line[-1].isspace() else ""
    if found := _URL.search(last):
        url, before = last[found.start() :], line[: len(line) - len(last) + found.start()]
        words = before.rstrip().removesuffix(":").rstrip()
        return f'<a href="{escape(url)}">{escape(words or url)}</a>'
    return f'<span class="code">{line}</span>' if _CODE.fullmatch(line) else escape(line)
