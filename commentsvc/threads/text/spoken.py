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
_RIGHT_TO_LEFT = frozenset(("he", "ar"))  # as scripts: `ar` for Persian, too
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
_DEVANAGARI = re.compile("[\u0900-\u097f]")


def lang_of(language: str | None, text: str, page: str) -> str | None:
    """The `lang` of a text on a page in the locale `page`; None if it needs none: it is in the
    page's language, or too short to say that it is not. `language` is the detected one (None:
    nobody looked; `UNKNOWN`: it could not be told)."""
    own = plain(page).partition("_")[0]
    if language is None:
        return None
    if language in _SCRIPTS:
        told = _told(language, text)
        same_script = _WRITTEN_LIKE.get(own, own) == language
        inherits = told == own or (same_script and told in (UNKNOWN, "zh"))
        return None if inherits or _is_latin(text) else told
    if language == own or _words(text) < _FEWEST:
        return None
    return "hi-Latn" if language == "hi" and not _DEVANAGARI.search(text) else language


def dir_of(language: str | None, text: str) -> Literal["auto", "rtl"]:
    """The `dir` of a text: that of its language where its first letter could mislead, as a Latin
    name at the start of an Arabic sentence does."""
    return "rtl" if language in _RIGHT_TO_LEFT and not _is_latin(text) else "auto"


def _told(language: str, text: str) -> str:
    """The language of a text in the script that is named for `language`."""
    if language not in _TELLING:
        return language
    letters = set(text)
    found = (name for name, own in _TELLING[language] if not letters.isdisjoint(own))
    return next(found, UNKNOWN)


def _is_latin(text: str) -> bool:
    """Whether most letters of a text are Latin."""
    letters = [each < "\u0370" for each in text if each.isalpha()]
    return 2 * sum(letters) > len(letters)


def _words(text: str) -> int:
    found = text.split(maxsplit=_ASKED)[:_ASKED]
    return sum(any(map(str.isalpha, each)) and not {"/", "@"} & set(each) for each in found)
