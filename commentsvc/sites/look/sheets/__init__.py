"""A site's own style sheet: parsed, and rewritten from what is known to be harmless.

Nothing is passed through as typed. Anything that is not in the lists of `selectors` and `values` is
refused with its line and the reason; static/embed/README.md documents both for owners.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import tinycss2

from ....core.errors import Invalid
from .media import Media, media_of
from .refused import Refused, cut, written
from .rules import css_of
from .selectors import selectors_of

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_BYTES = 20 * 1024
_MOST_PROBLEMS = 20
_MOST_DEPTH = 20
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_LONG_NUMBER = re.compile(r"[0-9]{40}")  # the parser raises an error for very long ones
#: Never part of our output: a last check of what is served.
_NEVER = re.compile(r"[<\\]|url|@import|expression", re.IGNORECASE)


@dataclass
class Sheet:
    """The served part of a style sheet, and what was refused, in the order of lines."""

    css: str = ""
    problems: list[Invalid] = field(default_factory=list)

    def refuse(self, line: int, error: Refused) -> None:
        """Report a problem in a line."""
        if len(self.problems) < _MOST_PROBLEMS:
            why, text = error.why, cut(error.text)
            self.problems.append(
                Invalid(f"invalid.css_{why}", field="own_css", line=line, text=text)
            )


@lru_cache(maxsize=64)
def sheet_of(text: str) -> Sheet:
    """The typed sheet, as far as it may be served."""
    sheet = Sheet()
    if len(text.encode()) > MOST_BYTES:
        sheet.problems.append(Invalid("invalid.css_long", field="own_css", n=MOST_BYTES // 1024))
    elif _depth(text) > _MOST_DEPTH or _LONG_NUMBER.search(text):
        sheet.refuse(1, Refused("broken"))
    elif text.strip():
        rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
        sheet.css = _rules(rules, sheet, Media())
    if _NEVER.search(sheet.css):
        return Sheet(problems=[Invalid("invalid.css_broken", field="own_css", line=1, text="")])
    return sheet


def check(text: str) -> None:
    """Raises `Invalid` for the first problem in the sheet."""
    for problem in sheet_of(text).problems:
        raise problem


def _depth(text: str) -> int:
    """The nesting depth of brackets, because the parser is recursive."""
    depth = most = 0
    for character in text:
        depth = max(0, depth + _BRACKETS.get(character, 0))
        most = max(most, depth)
    return most


def _rules(rules: Iterable[Any], sheet: Sheet, media: Media) -> str:
    parts = []
    for rule in rules:
        try:
            if rule.type == "at-rule" and media.is_all:
                parts.append(_at_rule(rule, sheet))
            elif rule.type == "qualified-rule":
                found = tinycss2.parse_blocks_contents(
                    rule.content, skip_comments=True, skip_whitespace=True
                )
                parts.append(css_of(selectors_of(rule.prelude), found, media, sheet.refuse))
            elif rule.type == "at-rule":
                raise Refused("at_rule", f"@{rule.at_keyword}")
            else:
                raise Refused("broken")
        except Refused as error:
            sheet.refuse(rule.source_line, error)
    return "".join(parts)


def _at_rule(rule: Any, sheet: Sheet) -> str:
    if rule.lower_at_keyword != "media" or rule.content is None:
        raise Refused("at_rule", f"@{rule.at_keyword} {written(rule.prelude)}")
    media = media_of(rule.prelude)
    inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
    return media.around(_rules(inner, sheet, media))
