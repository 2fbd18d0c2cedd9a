"""The report on a page written for Disqus: which conversation its box shows, and what to know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...core.addresses import joined, parts_of
from ...core.errors import Invalid
from ...threads.addresses.spelling import LEFTOVER
from ...threads.urls import canonical
from .shapes import Note, Spot, note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...threads.urls import Address, AddressRules
    from .disqus import Disqus
    from .page import Found

#: Disqus's files that no longer show anything (embed/disqus.py).
_EMPTY = ("recommendations.js", "top_commenters_widget.js")
_COMPONENTS = re.compile(
    r"disqus-react|vue3?-disqus|ngx-disqus|gatsby-plugin-disqus|react-disqus(?:-comments|-thread)?"
)


def spots_of(
    found: Disqus, base: str | None, rules: AddressRules, is_of: Callable[[str], bool]
) -> tuple[Spot, ...]:
    """The box, if the page has one, and its counters, each with its conversation."""
    loader = found.loader
    spots = [_box(found, loader.line, base, rules, is_of)] if loader else []
    for line, by, what in found.counters:
        href = what if by == "identifier" else joined(base or "", what)
        address = None if by == "identifier" else _address(href, rules)
        thread = what if by == "identifier" else address.canonical if address else None
        spots.append(Spot("count", line, href, thread, {by: what}, None))
    return tuple(spots)


def _box(
    found: Disqus,
    line: int,
    base: str | None,
    rules: AddressRules,
    is_of: Callable[[str], bool],
) -> Spot:
    notes: list[Note] = []
    line = found.container or line
    said = found.said
    identifier, url = said.get("identifier"), said.get("url")
    computed = any(name in said and said[name] is None for name in ("identifier", "url"))
    if computed and not identifier:
        notes.append(note("disqus_computed", line))
    key = identifier or url or ""
    placeholder = LEFTOVER.search(key) is not None
    if placeholder:
        notes.append(note("disqus_placeholder", line, identifier=key[:200]))
    href = joined(base or "", url) if url else base or ""
    address = None if placeholder else _address(href, rules, own=not url)
    if address is not None and not identifier and not is_of(address.origin):
        notes.append(note("foreign", line, stops=True, origin=address.origin))
    if not href and not identifier and not computed:
        notes.append(note("no_page", line))
    shown = {"forum": found.forum, "identifier": identifier or "", "title": said.get("title") or ""}
    thread = identifier or (address.canonical if address and not computed else None)
    return Spot(
        "box", line, href, thread, {k: v for k, v in shown.items() if v}, None, tuple(notes)
    )


def notes_of(found: Disqus, page: Found, server: str, html: str) -> tuple[Note, ...]:
    """Notes about the page as a whole."""
    return tuple(_notes(found, page, server, html))


def _notes(found: Disqus, page: Found, server: str, html: str) -> Iterator[Note]:
    host = parts_of(server).netloc
    if found.scripts and page.policy and host not in page.policy:
        yield note("csp", None, stops=True, host=host)
    if found.has_box and found.container is None:
        yield note("disqus_no_container", None)
    if found.signs is not None:
        yield note("disqus_sign_in", found.signs)
    for each in found.scripts:
        if each.file in _EMPTY:
            yield note("disqus_empty", each.line, file=each.file)
    if (component := _COMPONENTS.search(html)) and not found.scripts:
        name = found.forum or "NAME"
        yield note("disqus_component", None, name=component[0], short=f"{host}/{name}/?")


def _address(href: str, rules: AddressRules, *, own: bool = False) -> Address | None:
    try:
        return canonical(href, rules=rules, own=own) if href else None
    except Invalid:
        return None
