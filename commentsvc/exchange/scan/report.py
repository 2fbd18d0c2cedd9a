"""A report on old pages with the markup of Facebook or Disqus: what they contain, which
conversation each box will show, and what to change.

Pure: pages in, a report out. `commentsvc site scan` and the page /migrate show the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from urllib.parse import quote, unquote

from ...core.addresses import joined, parts_of
from ...core.errors import Invalid
from ...threads.urls import DEFAULT, Address, AddressRules, canonical
from .disqus import read_disqus
from .disqus_told import notes_of, spots_of
from .page import Found, Tag, read_page
from .shapes import Note, PageScan, Spot, note

#: The script passes these on unchanged; the box then reports the error.
_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)

#: Whether pages of an origin are the site's; without a site, all are.
IsOf = Callable[[str], bool]


@dataclass(frozen=True)
class Change:
    """One line to change, and the number of pages with it."""

    old: str
    new: str
    pages: int


@dataclass(frozen=True)
class Scan:
    """All pages together. `tag` is the one line to add where nothing can be changed; "" for Disqus
    pages, which always have something to change."""

    pages: tuple[PageScan, ...]
    looked_at: int
    changes: tuple[Change, ...]
    tag: str
    app_ids: tuple[str, ...]
    admins: tuple[str, ...]
    shared: dict[str, int] = field(default_factory=dict)  # conversation -> pages, if several
    apart: dict[str, list[str]] = field(default_factory=dict)  # page -> identifiers, if several

    @property
    def totals(self) -> dict[str, int]:
        """Totals, by name."""
        kinds = Counter(spot.kind for page in self.pages for spot in page.spots)
        threads = {spot.thread for page in self.pages for spot in page.spots if spot.thread}
        stopped = sum(
            any(note.stops for note in (*page.notes, *(n for s in page.spots for n in s.notes)))
            for page in self.pages
        )
        return {
            "pages": self.looked_at,
            "with_boxes": sum(
                any(spot.kind == "box" for spot in page.spots) for page in self.pages
            ),
            "boxes": kinds["box"],
            "counts": kinds["count"],
            "conversations": len(threads),
            "pages_with_problems": stopped,
        }

    def as_dict(self) -> dict[str, Any]:
        """The report for programs."""
        return {"totals": self.totals} | asdict(self)


def scan(
    pages: Iterable[tuple[str, str | None, str]],
    *,
    server: str,
    rules: AddressRules = DEFAULT,
    is_of: IsOf = lambda origin: True,
) -> Scan:
    """Scan pages: (name, address if known, HTML). `server` is the address of commentsvc, `rules` and
    `is_of` are the site's. Fetches and stores nothing; never raises, whatever a page contains."""
    looked_at = 0
    told: list[PageScan] = []
    changes: Counter[str] = Counter()
    replaced: Counter[tuple[str, str]] = Counter()
    app_ids: Counter[str] = Counter()
    admins: Counter[str] = Counter()
    untagged = False
    for name, url, html in pages:
        looked_at += 1
        found = read_page(html, server)
        changes.update({each.address for each in found.loaders})
        app_ids.update(each for each in set(found.app_ids) if each.isdigit())
        admins.update(set(found.admins))
        page, theirs = _Page(name, url, found, server, rules, is_of).whole(html)
        replaced.update(list(theirs))  # not its lines
        untagged = untagged or (bool(page.spots) and not found.ours)
        if page.matters:
            told.append(page)
    return Scan(
        pages=tuple(told),
        looked_at=looked_at,
        changes=(
            *(Change(old, changed(old, server), many) for old, many in changes.most_common()),
            *(Change(*pair, many) for pair, many in replaced.most_common()),
        ),
        tag=_tag(server) if changes or (not replaced and (untagged or not told)) else "",
        app_ids=tuple(each for each, _ in app_ids.most_common()),
        admins=tuple(each for each, _ in admins.most_common()),
        shared=_shared(told),
        apart=_apart(told, rules),
    )


def _left(left: Sequence[tuple[int, str, str]], server: str) -> Iterator[Note]:
    """What is left to change on a page that loads one of our scripts."""
    for line, old, new in left:
        yield note("left", line, old=old, new=new)
    if not left:
        yield note("converted", None, host=parts_of(server).netloc)


def _tag(server: str) -> str:
    return f'<script async src="{server.rstrip("/")}/sdk.js"></script>'


def changed(address: str, server: str) -> str:
    """The script's address with our host in place of Facebook's; everything else stays."""
    path = parts_of(address if "://" in address else f"https:{address}")
    rest = path.path if not path.path.startswith("/js/api_lib") else "/sdk.js"
    fragment = f"#{path.fragment}" if path.fragment else ""
    query = f"?{path.query}" if path.query else ""
    return f"{server.rstrip('/')}{rest}{query}{fragment}"


def _shared(pages: Sequence[PageScan]) -> dict[str, int]:
    """Conversations that several pages name, as written there: all these pages show the
    same comments."""
    found: Counter[str] = Counter()
    written: dict[str, str] = {}
    for page in pages:
        boxes = [spot for spot in page.spots if spot.kind == "box"]
        found.update({spot.thread for spot in boxes if spot.thread})
        written |= {spot.thread: spot.shown or "" for spot in boxes if spot.thread}
    return {written[thread]: many for thread, many in found.most_common() if many > 1}


def _apart(pages: Sequence[PageScan], rules: AddressRules) -> dict[str, list[str]]:
    """Addresses for which pages give several identifiers: each of these has a conversation of its own."""
    found: dict[str, dict[str, None]] = {}
    for spot in (each for page in pages for each in page.spots if each.kind == "box"):
        identifier = spot.attributes.get("identifier")
        if identifier and _WEB.match(spot.href):
            with suppress(Invalid):
                found.setdefault(canonical(spot.href, rules=rules).canonical, {})[identifier] = None
    return {address: list(names) for address, names in found.items() if len(names) > 1}


class _Page:
    """One page while it is scanned."""

    def __init__(
        self,
        name: str,
        url: str | None,
        found: Found,
        server: str,
        rules: AddressRules,
        is_of: IsOf,
    ) -> None:
        self.name, self.url, self.found, self.server = name, url, found, server
        self.rules, self.is_of = rules, is_of
        self.base = joined(url or "", found.base) if found.base else url

    def told(self) -> PageScan:
        spots = tuple(self._spot(each) for each in self.found.tags)
        return PageScan(self.name, self.url, spots, tuple(self._notes(spots)))

    def whole(self, html: str) -> tuple[PageScan, dict[tuple[str, str], int]]:
        """The page, and its Disqus addresses and replacements, each with its first line."""
        page, theirs = self.told(), dict[tuple[str, str], int]()
        if "disqus" in html.lower():
            page, theirs = self.with_disqus(page, html)
        if self.found.ours and page.spots:
            loaders = [(each.line, each.address) for each in self.found.loaders]
            left = [(line, old, changed(old, self.server)) for line, old in loaders]
            left += [(line, *pair) for pair, line in theirs.items()]
            page = replace(page, notes=(*page.notes, *_left(left, self.server)))
        return page, theirs

    def with_disqus(self, page: PageScan, html: str) -> tuple[PageScan, dict[tuple[str, str], int]]:
        """The page with its Disqus markup, and its addresses and replacements, each with
        its first line."""
        theirs = read_disqus(html, self.server)
        spots = spots_of(theirs, self.base, self.rules, self.is_of)
        notes = notes_of(theirs, self.found, self.server, html)
        pairs = {(each.old, each.new): each.line for each in reversed(theirs.replacements)}
        return replace(page, spots=page.spots + spots, notes=page.notes + notes), pairs

    def _notes(self, spots: Sequence[Spot]) -> Iterable[Note]:
        found = self.found
        for line in found.writes_boxes:
            yield note("written", line)
        for line in found.amp:
            yield note("amp", line, stops=True)
        used = bool(spots or found.writes_boxes)
        if used and not found.loaders and not found.ours:
            yield note("no_loader", None, stops=True)
        host = parts_of(self.server).netloc
        if used and found.policy and host not in found.policy:
            yield note("csp", None, stops=True, host=host)
        if found.saved:
            yield note("saved", None, n=str(found.saved))
        if spots and self.url and (origin := _origin(self.url)) and not self.is_of(origin):
            yield note("foreign_page", None, stops=True, origin=origin)

    def _spot(self, tag: Tag) -> Spot:
        notes: list[Note] = []
        href, address = self._address(tag, notes)
        if tag.filled:
            notes.append(note("filled", tag.line, stops=True))
        if address is not None and not self.is_of(address.origin):
            notes.append(note("foreign", tag.line, stops=True, origin=address.origin))
        return Spot(
            kind=tag.kind,
            line=tag.line,
            href=href,
            thread=address.canonical if address else None,
            attributes=dict(tag.attributes),
            numposts=tag.numposts,
            notes=tuple(notes),
        )

    def _address(self, tag: Tag, notes: list[Note]) -> tuple[str, Address | None]:
        """The page that the tag means: its href, else its xid, else the page itself."""
        href = tag.attributes.get("href")
        if href:
            whole = joined(self.base or "", href) if _is_relative(href) else href
            try:
                return whole, canonical(href, base=self.base, rules=self.rules)
            except Invalid as error:
                if error.key != "invalid.address_template" and _WEB.match(href):
                    notes.append(note("refused_address", tag.line, stops=True, href=href[:200]))
                    return whole, None
                code = "leftover" if error.key == "invalid.address_template" else "bad_address"
                notes.append(note(code, tag.line, href=href[:200]))
        elif xid := tag.attributes.get("xid"):
            notes.append(note("xid", tag.line, xid=xid[:100]))
            named = unquote(xid)
            if not re.match(r"https?://", named):
                origin = _origin(self.url or "")
                named = f"{origin}/?xid={quote(named, safe='')}" if origin else ""
            return named, self._try(named)
        return self._own(tag, notes)

    def _own(self, tag: Tag, notes: list[Note]) -> tuple[str, Address | None]:
        """The page's own address: what it says about itself counts within the site's addresses."""
        for said in (self.found.og_url, self.found.canonical):
            whole = joined(self.base or "", said.strip()) if said else ""
            address = self._try(whole) if whole else None
            if address is not None and self.is_of(address.origin):
                return whole, address
        if self.url is None:
            notes.append(note("no_page", tag.line))
            return "", None
        return self.url, self._try(self.url, own=True)

    def _try(self, href: str, *, own: bool = False) -> Address | None:
        try:
            return canonical(href, rules=self.rules, own=own)
        except Invalid:
            return None


def _is_relative(href: str) -> bool:
    return href[:1] in "/?#." and not href.startswith("//")


def _origin(url: str) -> str | None:
    try:
        return canonical(url, own=True).origin
    except Invalid:
        return None
