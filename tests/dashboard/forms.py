"""The forms of our templates into which somebody can type or choose something, found by reading them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import commentsvc
from commentsvc.core.html import Tags

_TEMPLATES = Path(commentsvc.__file__).parent / "templates"
_FORM = re.compile(r"<form\b(?=[^<]*method=\"post\").*?(?:</form>|{%-? endmacro)", re.DOTALL)
_CONTROL = re.compile(r"<textarea|<select|<input(?![^<]*?type=\"(?:hidden|submit)\")")
_INCLUDE = re.compile(r"{%-? include \"([^\"]+)\"")
_MACRO = re.compile(r"{%-? macro (\w+)\(.*?{%-? endmacro", re.DOTALL)
_CALL = re.compile(r"\b(\w+)\(")
_ACTION = re.compile(r"action=\"(.*?)\"[\s>]", re.DOTALL)
_ENDPOINT = re.compile(r"url_for\('(\w[\w.]*)'")


@lru_cache(maxsize=2)
def fillable_forms(*, kept: bool = False) -> frozenset[str]:
    """What each is called: the view that it is sent to, or its template and its action where another name
    would not be known before the page is made. `kept`: only those that scripts send."""
    found = set()
    for path in sorted(_TEMPLATES.rglob("*.html")):
        for form in _FORM.findall(path.read_text("utf-8")):
            if kept and "data-kept" not in form:
                continue
            if _is_fillable(form, frozenset()):
                action = (_ACTION.search(form) or [""])[0]
                views = _ENDPOINT.findall(action)
                named = f"{path.relative_to(_TEMPLATES).as_posix()} {action}".strip()
                found |= set(views) or {named}
    return frozenset(found)


@lru_cache(maxsize=1)
def _macros() -> dict[str, str]:
    texts = (path.read_text("utf-8") for path in _TEMPLATES.rglob("*.html"))
    return {each[1]: each[0] for text in texts for each in _MACRO.finditer(text)}


def _is_fillable(text: str, seen: frozenset[str]) -> bool:
    """Whether it has a control, itself or by a macro or a template that it contains."""
    if _CONTROL.search(text):
        return True
    if any(
        _is_fillable((_TEMPLATES / each).read_text("utf-8"), seen)
        for each in _INCLUDE.findall(text)
    ):
        return True
    called = {each for each in _CALL.findall(text) if each in _macros()} - seen
    return any(_is_fillable(_macros()[each], seen | called) for each in called)


@dataclass
class Sent:
    """A form of a page that scripts send: what a browser would send of it as it is, the fields that something
    can be typed into, and those at which an error can be shown."""

    action: str
    values: dict[str, Any] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)
    pressed: bool = False

    def shows(self, name: str) -> bool:
        """Whether an error can be shown at the field of this name, or at the first of its parts."""
        return any(each == name or each.startswith(f"{name}.") for each in self.shown if name)


def sent_forms(page: str) -> list[Sent]:
    """The page's forms that have `data-kept`."""
    reader = _Reader()
    reader.feed(page)
    return reader.found


class _Reader(Tags):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Sent] = []
        self._form: Sent | None = None
        self._named: dict[str, Sent] = {}
        self._name = ""  # of the control whose text is read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and "data-kept" in given:
            self._form = Sent(given.get("action") or "")
            self.found.append(self._form)
            self._named[given.get("id") or ""] = self._form
        form, name, kind = self._form, given.get("name") or "", given.get("type") or "text"
        if within := given.get("form"):
            form = self._named.get(within)
        if form is None:
            return
        if tag == "button" and not form.pressed:  # the one that Enter in a field presses
            form.pressed = True
            form.values |= {name: given.get("value") or ""} if name else {}
        if (
            tag == "option"
            and self._name
            and ("selected" in given or self._name not in form.values)
        ):
            form.values[self._name] = given.get("value") or ""
        if tag not in ("input", "select", "textarea") or not name:
            return
        self._name = name if tag != "input" else ""
        if kind != "hidden":
            form.shown.add(name)
        if tag == "textarea":
            form.values[name] = ""
        elif tag == "input" and (kind not in ("checkbox", "radio") or "checked" in given):
            form.values[name] = given.get("value") or ("on" if kind == "checkbox" else "")
        if tag != "select" and kind not in ("hidden", "checkbox", "radio", "range", "file"):
            form.typed.append(name)

    def handle_data(self, data: str) -> None:
        if self._form and self._name in self._form.typed:
            self._form.values[self._name] += data.strip("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag in ("select", "textarea"):
            self._name = ""
