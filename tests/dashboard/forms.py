"""The forms of our templates into which somebody can type or choose something, found by reading them."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import commentsvc

_TEMPLATES = Path(commentsvc.__file__).parent / "templates"
_FORM = re.compile(r"<form\b(?=[^<]*method=\"post\").*?(?:</form>|{%-? endmacro)", re.DOTALL)
_CONTROL = re.compile(r"<textarea|<select|<input(?![^<]*?type=\"(?:hidden|submit)\")")
_INCLUDE = re.compile(r"{%-? include \"([^\"]+)\"")
_MACRO = re.compile(r"{%-? macro (\w+)\(.*?{%-? endmacro", re.DOTALL)
_CALL = re.compile(r"\b(\w+)\(")
_ACTION = re.compile(r"action=\"(.*?)\"[\s>]", re.DOTALL)
_ENDPOINT = re.compile(r"url_for\('(\w[\w.]*)'")


@lru_cache(maxsize=1)
def fillable_forms() -> frozenset[str]:
    """What each is called: the view that it is sent to, or its template and its action where another name
    would not be known before the page is made."""
    found = set()
    for path in sorted(_TEMPLATES.rglob("*.html")):
        for form in _FORM.findall(path.read_text("utf-8")):
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
