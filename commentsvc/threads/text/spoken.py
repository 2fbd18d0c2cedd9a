"""The `lang` and `dir` of a comment's text. Browsers translate, hyphenate and pronounce by `lang`,
so a text in another language than the page's has its own."""

from __future__ import annotations

import re
from typing import Literal

from ...core.locale import plain

UNKNOWN = ""
"""The value of `lang` for a language that could not be told."""
NO_PAGE = ""
"""Instead of a page's locale: a text that stands for itself."""
#: Words whose language can be told: fewer are mostly in the page's, and `LOL` and `Nice!` look
#: English everywhere (of short German, French, … comments, two to ten in a hundred do).
_FEWEST = 4
_ASKED = 40  # words, of which so many may be addresses and numbers
#: Languages that are told by their script, however few the words.
_SCRIPTS = frozenset(["el", "ru", "hy", "he", "ar", "bn", "ta", "th", "ka", "ko", "am", "ja", "zh"])
#: The letters of these scripts; `ar` also for Persian and others.
_LETTERS = {
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "ru": "\u0400-\u052f",
    "hy": "\u0530-\u058f",
    "he": "\u0590-\u05ff\ufb1d-\ufb4f",
    "ar": "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc",
    "bn": "\u0980-\u09ff",
    "ta": "\u0b80-\u0bff",
    "th": "\u0e00-\u0e7f",
    "ka": "\u10a0-\u10ff",
    "ko": "\u1100-\u11ff\uac00-\ud7af",
    "am": "\u1200-\u137f",
}
_WRITTEN = {name: re.compile(f"[{letters}]") for name, letters in _LETTERS.items()}
_LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
#: The language named for a script -> the languages in it, each with letters that those after it
#: do not have.
_TELLING = {
    "ru": (
        ("be", "ўЎ"),
        ("uk", "їєґЇЄҐ"),
        ("mk", "ѓќѕЃЌЅ"),
        ("sr", "ђћљњџЂЋЉЊЏ"),
        ("ru", "ыэёЫЭЁ"),
    ),
    "ar": (
        ("ckb", "\u0695\u06b5\u06c6\u06ce"),
        ("ur", "\u0679\u0688\u0691\u06ba\u06d2"),
        ("ar", "\u0629"),
        ("fa", "\u067e\u0686\u0698\u06af\u06cc\u06a9"),
        ("ar", "\u064a\u0643\u0649\u0625"),
    ),
}
#: Locales in a script that is named for another language.
_WRITTEN_LIKE = {"uk": "ru", "fa": "ar", "ja": "zh"}
#: What says nothing of the language around it.
_WORD = re.compile(r"\S+")
#: None begins inside another: many opening marks would each be followed to the end of the line.
_QUOTED = re.compile(
    '"[^"\\n]*"|[\u201c\u201e][^\u201c\u201d\u201e\\n]*[\u201c\u201d]'
    "|\u00ab[^\u00ab\u00bb\\n]*\u00bb"
)
_TAG = re.compile("<[^<>]*>")
#: A paragraph or list item up to the next block inside or after it.
_PARAGRAPH = re.compile(
    r"<(p|li)>((?:[^<]|<(?!/?(?:p|li|ul|ol|blockquote|pre)\b))*)", re.IGNORECASE
)
_DEVANAGARI = re.compile("[\u0900-\u097f]")


def lang_of(language: str | None, text: str, page: str) -> str | None:
    """The `lang` of a text on a page in the locale `page`; None if it needs none: it is in the
    page's language, or too short to say that it is not. `language` is the detected one (None:
    nobody looked; `UNKNOWN`: it could not be told)."""
    own = plain(page).partition("_")[0]
    if language is None:
        return None
    written = language if language in _SCRIPTS else _script_of(text)
    if written:
        told = _told(written, text)
        same_script = _WRITTEN_LIKE.get(own, own) == written
        inherits = told == own or (same_script and told in (UNKNOWN, "zh"))
        return None if inherits or _is_latin(text) else told
    if language == own or _words(text) < _FEWEST:
        return None
    return "hi-Latn" if language == "hi" and not _DEVANAGARI.search(text) else language


def dir_of(text: str) -> Literal["auto", "rtl"]:
    """The `dir` of a text: that of most of its letters where its first could mislead, as a Latin
    name at the start of an Arabic sentence does; `auto` where its lines differ."""
    if not _runs_leftward(text):
        return "auto"
    lines = filter(_letters, text.splitlines())
    return "rtl" if all(map(_runs_leftward, lines)) else "auto"


def directed(html: str) -> str:
    """The HTML of a text, with the direction of most of its letters on each paragraph that begins
    with another. In a text that mostly runs from right to left, a paragraph in Latin letters is in
    an unknown language."""
    if not _LEFTWARD.search(html):
        return html
    mostly = _runs_leftward(_TAG.sub("", html))

    def mark(found: re.Match[str]) -> str:
        text = _TAG.sub("", found[2])
        first = next(filter(str.isalpha, text), "")
        leftward = _runs_leftward(text)
        marks = ' dir="rtl"' if leftward and not _LEFTWARD.match(first) else ""
        if mostly and first and not leftward and _is_latin(text):
            marks = ' dir="ltr" lang=""' if _LEFTWARD.match(first) else ' lang=""'
        return f"<{found[1]}{marks}>{found[2]}"

    return _PARAGRAPH.sub(mark, html)


#: Elements with markers at the side where their own text begins: one comment may contain two
#: scripts.
_BLOCK = re.compile(r"<(ul|ol|blockquote)(?=[ >])")


def sided(html: str, runs: str) -> str:
    """The HTML of a text whose `dir` is `runs`, with it on each list and quotation."""
    return _BLOCK.sub(rf'<\1 dir="{runs}"', html)


def _runs_leftward(text: str) -> bool:
    """Whether most letters of a text are of scripts that run from right to left."""
    letters = _letters(text) if _LEFTWARD.search(text) else ""
    return 2 * len(_LEFTWARD.findall(letters)) > len(letters)


def _letters(text: str) -> str:
    """The letters that tell: those in quotations only where there are no others."""
    words = _WORD.sub(_unless_address, text)
    own = "".join(filter(str.isalpha, _QUOTED.sub("", words)))
    return own or "".join(filter(str.isalpha, words))


def _unless_address(word: re.Match[str]) -> str:
    return "" if "@" in word[0] or "://" in word[0] else word[0]


def _script_of(text: str) -> str | None:
    """The language named for the script of most letters, if its script tells it."""
    if text.isascii():
        return None
    letters = _letters(text)
    told = (name for name, own in _WRITTEN.items() if 2 * len(own.findall(letters)) > len(letters))
    return next(told, None)


def _told(language: str, text: str) -> str:
    """The language of a text in the script that is named for `language`."""
    if language not in _TELLING:
        return language
    letters = set(text)
    found = (name for name, own in _TELLING[language] if not letters.isdisjoint(own))
    return next(found, UNKNOWN)


def _is_latin(text: str) -> bool:
    """Whether most letters of a text are Latin."""
    letters = _letters(text)
    return 2 * sum(each < "\u0370" for each in letters) > len(letters)


def _words(text: str) -> int:
    found = text.split(maxsplit=_ASKED)[:_ASKED]
    return sum(any(map(str.isalpha, each)) and not {"/", "@"} & set(each) for each in found)
