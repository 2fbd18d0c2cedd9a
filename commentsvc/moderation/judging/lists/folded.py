"""Views of a text (case-folded, without punctuation, undisguised) that map back to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Span = tuple[int, int]

_SHARP_S = re.compile("[ßẞ]")
_SPACES = re.compile(r"\s{2,}|[^\S ]")
# Between the words of a phrase: anything but a letter, digit, mark or single space.
_BETWEEN = re.compile(r"(?:[^\w\s]|_)[\W_]*|\s[\W_]+")
_LEET = dict(zip("0134578@$€£!|+", "oieastbaseliit", strict=True))
_LEET_HINT = re.compile(r"[0134578@$€£!|+]")
# Signs that can end a sentence count as letters only before a letter.
_LEET_SIGN = re.compile(r"[0134578@$€£]|[!|+](?=[^\W_])")
_RUN = re.compile(r"([^\W\d_])\1{2,}")


@dataclass(frozen=True, eq=False)
class View:
    """A text and, for each character, its span in the original (None: the same place)."""

    text: str
    spans: Sequence[Span] | None

    def origin(self, start: int, end: int) -> Span:
        """The span of the original for a span of this view."""
        if self.spans is None:
            return start, end
        return self.spans[start][0], self.spans[end - 1][1]

    def origins(self, start: int, end: int) -> Iterable[Span]:
        """The same for each character of the span."""
        if self.spans is None:
            return zip(range(start, end), range(start + 1, end + 1), strict=True)
        return self.spans[start:end]


def folded(view: View) -> View:
    """Case-folded, with one space for any whitespace. ß stays one letter."""
    text = _caseless(view.text)
    if len(text) == len(view.text):
        # Folding only ever adds characters, so equal lengths mean a one-to-one mapping.
        view = View(text, view.spans)
    else:
        view = _lengthened(view)
    return _replaced(view, _SPACES, lambda _: " ")


def _lengthened(view: View) -> View:
    """Folded if some characters, such as ligatures, become several; each maps to the original."""
    become = {each: low for each in set(view.text) if len(low := _caseless(each)) > 1}
    parts: list[str] = []
    spans: list[Span] = []
    at = 0
    for found in re.finditer(f"[{re.escape(''.join(become))}]", view.text):
        start, low = found.start(), become[found[0]]
        parts += _caseless(view.text[at:start]), low
        spans += view.origins(at, start)
        spans += [view.origin(start, start + 1)] * len(low)
        at = start + 1
    spans += view.origins(at, len(view.text))
    return View("".join([*parts, _caseless(view.text[at:])]), spans)


def _caseless(text: str) -> str:
    return "ß".join(part.casefold() for part in _SHARP_S.split(text))


def spaced(view: View) -> View:
    """With one space for punctuation between words."""
    return _replaced(view, _BETWEEN, lambda _: " ")


def unleeted(view: View) -> View:
    """With letters for look-alike digits and signs."""
    if not _LEET_HINT.search(view.text):
        return view
    return View(_LEET_SIGN.sub(lambda found: _LEET[found[0]], view.text), view.spans)


def squeezed(view: View) -> View:
    """With one letter for three or more in a row."""
    return _replaced(view, _RUN, lambda found: found[1])


def _replaced(view: View, what: re.Pattern[str], by: Callable[[re.Match[str]], str]) -> View:
    """Each match replaced by one character that maps to all of it."""
    parts: list[str] = []
    spans: list[Span] = []
    at = 0
    for found in what.finditer(view.text):
        start, end = found.span()
        parts += view.text[at:start], by(found)
        spans += view.origins(at, start)
        spans.append(view.origin(start, end))
        at = end
    if not parts:
        return view
    spans += view.origins(at, len(view.text))
    return View("".join([*parts, view.text[at:]]), spans)
