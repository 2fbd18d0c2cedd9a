"""Fill a refused form again: the page's own HTML, with what was typed in its fields. Passwords and
codes are not repeated."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from itertools import accumulate
from typing import TYPE_CHECKING

from markupsafe import escape

from ..core.addresses import parts_of
from ..core.html import Tags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.datastructures import MultiDict

Attributes = dict[str, str | None]
Edit = tuple[int, int, str]
_Place = tuple[int, int]
_Fold = tuple[int, int, Attributes]

_UNFILLED = frozenset(("hidden", "password", "file", "submit", "button", "reset", "image"))
_BOXES = ("checkbox", "radio")


@dataclass
class _Control:
    """A field, where its tag stands, and where the text of a text area stands. `folds` are the
    closed `<details>` around it."""

    tag: str
    given: Attributes
    start: int
    end: int
    folds: list[_Fold] = field(default_factory=list)
    inner: tuple[int, int] | None = None
    options: list[_Control] = field(default_factory=list)


@dataclass
class _Form:
    given: Attributes
    start: int
    end: int
    controls: list[_Control] = field(default_factory=list)


@dataclass(frozen=True)
class Wrong:
    """The name of the refused field, "" if it was none, and what is wrong with it."""

    name: str = ""
    words: str = ""


def refilled(
    html: str, path: str, sent: MultiDict[str, str], *, page: str, wrong: Wrong = Wrong()
) -> tuple[str, int]:
    """The page with the form that was sent to `path` filled, and how many fields differ from the
    page's own. `page` is the page's address, which forms without an action go to."""
    reader = _Reader(html)
    to = [each for each in reader.forms if parts_of(each.given.get("action") or page).path == path]
    if not to:
        return html, 0
    form = max(to, key=lambda each: _likeness(each, sent))
    edits = {(start, end): text for start, end, text in _filled(form, sent)}
    changed = len(edits)
    edits |= _refused(form, edits, wrong)
    edits |= _opened(form, edits)
    if parts_of(page).path != path:
        here = [each for each in reader.forms if not each.given.get("action")]
        edits |= {
            (each.start, each.end): _tag("form", {**each.given, "action": page}) for each in here
        }
    for (start, end), text in sorted(edits.items(), reverse=True):
        html = html[:start] + text + html[end:]
    return html, changed


def _refused(form: _Form, edits: dict[_Place, str], wrong: Wrong) -> dict[_Place, str]:
    """The refused field, marked; what is wrong stands below it, if it is one for text."""
    for each in form.controls:
        kind = each.given.get("type") or "text"
        if not wrong.name or each.given.get("name") != wrong.name or kind == "hidden":
            continue
        place = (each.start, each.end)
        marked = (
            f'{edits.get(place, _tag(each.tag, each.given))[:-1]} aria-invalid="true" autofocus'
        )
        if each.tag != "input" or kind in _BOXES or not wrong.words:
            return {place: f"{marked}>"}
        said = f"e-{wrong.name}"
        told = f"{said} {each.given.get('aria-describedby') or ''}".strip()
        marked = re.sub(' aria-describedby="[^"]*"', "", marked)
        error = f'<p class="error" id="{escape(said)}">{escape(wrong.words)}</p>'
        return {place: f'{marked} aria-describedby="{escape(told)}">{error}'}
    return {}


def _opened(form: _Form, edits: dict[_Place, str]) -> dict[_Place, str]:
    """The closed `<details>` around changed fields, opened."""
    found = {}
    for each in form.controls:
        tags = [(each.start, each.end), each.inner, *((one.start, one.end) for one in each.options)]
        if not edits.keys().isdisjoint(tags):
            for start, end, given in each.folds:
                found[(start, end)] = _tag("details", {**given, "open": None})
    return found


def _likeness(form: _Form, sent: MultiDict[str, str]) -> int:
    """How well a form matches what was sent, by its fields and hidden values."""
    given = [each.given for each in form.controls]
    hidden = [each for each in given if each.get("type") == "hidden"]
    fields = len({each.get("name") for each in given} & sent.keys())
    return fields + sum(sent.get(each.get("name") or "") == each.get("value") for each in hidden)


def _filled(form: _Form, sent: MultiDict[str, str]) -> Iterator[Edit]:
    used: dict[str, int] = {}
    for each in form.controls:
        name, kind = each.given.get("name") or "", (each.given.get("type") or "text").lower()
        if not name or kind in _UNFILLED or each.given.get("autocomplete") == "one-time-code":
            continue
        values = sent.getlist(name)
        if each.tag == "select":
            yield from (edit for one in each.options for edit in _marked(one, "selected", values))
        elif kind in _BOXES:
            yield from _marked(each, "checked", values)
        elif used.get(name, 0) < len(values):
            typed = values[used.get(name, 0)]
            used[name] = used.get(name, 0) + 1
            yield from _written(each, typed)


def _marked(control: _Control, mark: str, values: list[str]) -> Iterator[Edit]:
    """A box or an option, checked if its value was sent."""
    chosen = (control.given.get("value") or ("on" if mark == "checked" else "")) in values
    if chosen == (mark in control.given) or (mark == "selected" and not values):
        return
    given = {name: value for name, value in control.given.items() if name != mark}
    if chosen:
        given[mark] = None
    yield control.start, control.end, _tag(control.tag, given)


def _written(control: _Control, typed: str) -> Iterator[Edit]:
    if control.inner is not None:
        yield (*control.inner, f"\n{escape(typed)}")
    elif typed != (control.given.get("value") or ""):
        given = {**control.given, "value": typed}
        yield control.start, control.end, _tag(control.tag, given)


def _tag(name: str, given: Attributes) -> str:
    pairs = (
        each if value is None else f'{each}="{escape(value)}"' for each, value in given.items()
    )
    return f"<{' '.join((name, *pairs))}>"


class _Reader(Tags):
    """The forms of a page with their fields, including fields elsewhere that name their form."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self._html = html
        self.forms: list[_Form] = []
        self._lines = [0, *accumulate(len(line) for line in html.splitlines(keepends=True))]
        self._inside: _Form | None = None
        self._folds: list[_Fold] = []
        self._last: _Control | None = None  # a text area or select that is still open
        self._apart: list[tuple[str, _Control]] = []
        self.feed(html)
        self.close()
        for name, control in self._apart:
            for form in self.forms:
                if form.given.get("id") == name:
                    form.controls.append(control)

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _words_from(self, start: int) -> str:
        """An option's text, which is its value if it has no `value`."""
        return " ".join(unescape(self._html[start : self._html.find("<", start)]).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start = self._at()
        end, given = start + len(self.get_starttag_text() or ""), dict(attrs)
        if tag == "details":
            self._folds.append((start, end, given))
        elif tag == "form":
            self._inside = _Form(given, start, end)
            self.forms.append(self._inside)
        elif tag == "option" and self._last:
            given.setdefault("value", self._words_from(end))
            self._last.options.append(_Control(tag, given, start, end))
        elif tag in ("input", "textarea", "select"):
            folds = [each for each in self._folds if "open" not in each[2]]
            found = _Control(tag, given, start, end, folds)
            self._last = None if tag == "input" else found
            if name := given.get("form"):
                self._apart.append((name, found))
            elif self._inside:
                self._inside.controls.append(found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "details" and self._folds:
            self._folds.pop()
        elif tag == "form":
            self._inside = None
        elif tag == "textarea" and self._last:
            self._last.inner = (self._last.end, self._at())
            self._last = None
        elif tag == "select":
            self._last = None
