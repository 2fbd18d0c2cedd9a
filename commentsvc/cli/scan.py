"""`commentsvc site scan`: find Facebook's and Disqus's comment markup in old pages, and say what to
change."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from ..core.addresses import joined, parts_of
from ..core.shown import on_terminal
from .asking import as_json
from .database import in_app_or
from .exchange import one_site
from .people import site

#: Files of finished pages, and of templates and texts that become pages.
_SUFFIXES = frozenset(
    """
    .html .htm .xhtml .shtml .php .phtml .tpl .twig .liquid .ejs .erb .hbs .njk .mustache .jsp .asp
    .aspx .cfm .md .markdown .txt .vue .svelte .astro .blade .haml .jsx .tsx .slim .pug
    """.split()  # noqa: SIM905
)
_MOST_BYTES = 4 * 1024 * 1024
_LINK = re.compile(r"<a\b[^<>]*?\bhref\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)

Pages = Iterator[tuple[str, str | None, str]]


@site.command("scan")
@click.argument("where", metavar="URL|FOLDER|FILE")
@click.option("--site", "key", help="The site whose addresses and rules apply.")
@click.option("--base", metavar="URL", help="The web address of the folder's pages.")
@click.option(
    "--pages", "most", default=50, show_default=True, help="How many pages to read from a URL."
)
@click.option("--server", metavar="URL", help="Address of commentsvc. If omitted, PUBLIC_URL.")
@as_json
@in_app_or("do without")
def scan(
    where: str, key: str | None, base: str | None, most: int, server: str | None, as_json: bool
) -> None:
    """List the comment boxes and counts on old pages, the conversation each will show, what will not
    work and why, and the line to change. Nothing is stored, and no page is changed.

    For a URL, linked pages on the same host are read too. A file can also be a list of
    page addresses, one per line. Exits 1 if something will not work.

    \b
    Examples:
      commentsvc site scan public/ --base https://example.org
      commentsvc site scan https://example.org/ --pages 200
    """
    from ..exchange.scan.report import scan as look
    from ..settings import settings
    from ..threads.addresses.whose import is_of
    from ..threads.urls import DEFAULT, site_rules

    chosen = one_site(key) if key or _has_site() else None
    mine: Callable[[str], bool] = (
        (lambda origin: is_of(chosen, origin)) if chosen else (lambda _: True)
    )
    found = look(
        _pages(where, base, most),
        server=server or settings().public_url,
        rules=site_rules(chosen) if chosen else DEFAULT,
        is_of=mine,
    )
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    else:
        for line in _told(found):
            click.echo(on_terminal(line))
    if found.totals["pages_with_problems"]:
        raise click.exceptions.Exit(1)


def _has_site() -> bool:
    from sqlalchemy import func, select

    from ..core.db import db
    from ..sites.models import Site

    return db.session.scalar(select(func.count()).where(Site.closed_at.is_(None))) == 1


def _pages(where: str, base: str | None, most: int) -> Pages:
    if re.match(r"https?://", where):
        return _crawl([where], most)
    listed = _listed(Path(where))
    return _crawl(listed, len(listed), follow=False) if listed else _folder(Path(where), base)


def _folder(root: Path, base: str | None) -> Pages:
    """All pages and templates of a folder, or one file."""
    if not root.exists():
        raise click.UsageError(f"There is no file or folder “{root}”.")
    files = [root] if root.is_file() else sorted(root.rglob("*"))
    for path in files:
        if not path.is_file() or path.is_symlink() or path.stat().st_size > _MOST_BYTES:
            continue
        if root.is_dir() and path.suffix.lower() not in _SUFFIXES:
            continue
        name = path.name if root.is_file() else path.relative_to(root).as_posix()
        url = None
        if base:
            page = re.sub(r"(^|/)index\.html?$", r"\1", name) if root.is_dir() else ""
            url = joined(base if base.endswith("/") or not page else f"{base}/", page)
        yield name, url, path.read_text("utf-8", "replace")


def _listed(file: Path) -> list[str]:
    """The addresses in a file with one per line and nothing else; [] for other files."""
    if not file.is_file() or file.stat().st_size > _MOST_BYTES:
        return []
    lines = [each.strip() for each in file.read_text("utf-8", "replace").splitlines()]
    lines = [each for each in lines if each]
    return lines if all(re.match(r"https?://\S+$", each) for each in lines) else []


def _crawl(starts: list[str], most: int, *, follow: bool = True) -> Pages:
    """These pages, and those on the same host that they link to, nearest first."""
    from ..core.calling import CallFailed, call

    host = parts_of(starts[0]).netloc
    waiting, known = deque(starts), set(starts)
    read = 0
    while waiting and read < most:
        url = waiting.popleft()
        try:
            # the person who runs this command may access what this machine can
            answer = call(url, private=True, most=_MOST_BYTES, headers={"Accept": "text/html"})
        except CallFailed as error:
            if starts == [url]:
                raise click.ClickException(error.detail) from error
            click.echo(f"{url}: {error.detail}", err=True)
            continue
        links = []
        if 300 <= answer.status < 400:
            links = [answer.headers.get("location", "")]
        elif "html" in answer.headers.get("content-type", ""):
            html = answer.body.decode("utf-8", "replace")
            read += 1
            yield url, url, html
            links = _LINK.findall(html) if follow else []
        for link in links:
            whole = joined(url, link.replace("&amp;", "&")).partition("#")[0]
            if parts_of(whole).netloc == host and whole not in known and len(known) < 20 * most:
                known.add(whole)
                waiting.append(whole)


def _told(found: Any) -> Iterator[str]:
    totals = found.totals
    yield (
        f"{_many(totals['pages'], 'page')}: {_many(totals['boxes'], 'box')} on "
        f"{totals['with_boxes']:,} of them, {_many(totals['counts'], 'count')}, "
        f"{_many(totals['conversations'], 'conversation')}."
    )
    for page in found.pages:
        yield ""
        yield page.name
        for spot in page.spots:
            asked = " ".join(
                f"{name}={value}" for name, value in spot.attributes.items() if name != "href"
            )
            yield f"  line {spot.line}: {spot.kind} → {spot.shown or '?'}{f'  ({asked})' if asked else ''}"
            yield from (_noted(each) for each in spot.notes)
        yield from (_noted(each) for each in page.notes)
    yield ""
    yield from _met(found)
    if found.changes:
        yield "Change this, wherever it appears:"
        for each in found.changes:
            yield f"  - {each.old}"
            yield f"  + {each.new}"
        if found.tag:
            yield "Or leave it as it is and add this to every page:"
    elif found.tag:
        yield "Add this to every page:"
    if found.tag:
        yield f"  {found.tag}"
    if found.app_ids:
        yield f"App IDs on these pages: {', '.join(found.app_ids)}. Add them to the site's settings."
    if found.admins:
        yield (
            f"Facebook moderators on these pages (fb:admins): {', '.join(found.admins)}. They have no "
            "permissions here. Give them roles in the dashboard."
        )


def _met(found: Any) -> Iterator[str]:
    """Where pages come together in one conversation, and where one page has several."""
    for thread, many in list(found.shared.items())[:10]:
        yield f"{many:,} pages point to {thread}: they will all show the same comments."
    for address, names in list(found.apart.items())[:10]:
        yield (
            f"{address} has {len(names)} identifiers ({', '.join(names)}), so it has several conversations. "
            "You can merge them in the dashboard, in the “Disqus” section of “Import & export”."
        )


def _noted(note: Any) -> str:
    where = f"line {note.line}: " if note.line else ""
    return f"    {'✗' if note.stops else '·'} {where}{note.sentence()}"


def _many(n: int, what: str) -> str:
    return f"{n:,} {what if n == 1 else f'{what}es' if what.endswith('x') else f'{what}s'}"


COMMANDS = ()
