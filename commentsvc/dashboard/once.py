"""What the cards of a page have in common, written once: a page of 25 has the same forms 25 times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup, escape

from ..core.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Once:
    """For the templates of one page."""

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}
        self._written: dict[tuple[object, ...], Any] = {}

    def __call__(self, macro: Callable[..., Markup], *given: object) -> Markup:
        """What a macro says for these values."""
        key = (macro, *given)
        if key not in self._written:
            self._written[key] = macro(*given)
        found: Markup = self._written[key]
        return found

    def card(
        self, macro: Callable[..., Markup], own: Mapping[str, object], *given: object
    ) -> Markup:
        """The same with the card's `own` values, which the macro gets as its first argument and may
        only write, not read: it gets marks, and each card's values replace them."""
        key = (macro, tuple(own), *given)
        if key not in self._written:
            self._written[key] = macro({name: self._mark(name) for name in own}, *given)
        text = str(self._written[key])
        for name, value in own.items():
            text = text.replace(self._marks[name], str(escape(value)))
        return Markup(text)

    def address(self, build: Callable[..., str], endpoint: str = "", **own: str) -> str:
        """The address that `url_for` or `link` builds with these values, none of them empty."""
        key = (build, endpoint, *own)
        if key not in self._written:
            marks = {name: self._mark(name) for name in own}
            # a link to this page with another filter is to its beginning
            made = build(endpoint, **marks) if endpoint else build(after=None, **marks)
            self._written[key] = made
        text: str = self._written[key]
        for name, value in own.items():
            text = text.replace(self._marks[name], quote(value, safe=""))
        return text

    def _mark(self, name: str) -> str:
        """Random, so that nothing else on the page contains it."""
        return self._marks.setdefault(name, new_id())
