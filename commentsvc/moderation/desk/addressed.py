"""Articles by a part of their address, as it is typed or pasted."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, or_

from ...core.errors import Invalid
from ...threads.models import Thread
from ...threads.urls import canonical

_WHOLE = re.compile(r"https?://", re.IGNORECASE)
_ANYWHERE = "https://part.invalid/"  # before a part that begins inside a path


def has_address(typed: str) -> ColumnElement[bool]:
    """The condition on `Thread` that its address contains this. Of what was pasted, the fragment and
    tracking parameters may be missing in it; a whole address may be spelled as another of the page."""
    typed = typed.strip()
    ways = [Thread.href.contains(typed, autoescape=True)]
    whole = _WHOLE.match(typed) is not None
    if whole or "#" in typed or "?" in typed:
        try:
            page = canonical(typed if whole else _ANYWHERE + typed, own=True)
        except Invalid:
            return ways[0]
        if part := page.href if whole else page.href.removeprefix(_ANYWHERE):
            ways.append(Thread.href.contains(part, autoescape=True))
        if whole:
            ways.append(Thread.address == page.canonical)
    return or_(*ways)
