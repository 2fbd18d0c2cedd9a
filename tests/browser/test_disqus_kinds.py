"""More kinds of old pages with Disqus's markup (disqus_kinds.py): themes, plugins, saved pages, and what
they get wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from commentsvc.sites.forums import set_forums
from commentsvc.threads.naming import with_name
from tests.browser.disqus_kinds import HOME, KINDS, Kind
from tests.browser.held import until
from tests.browser.test_disqus_pages import old  # noqa: F401  (a fixture)
from tests.factories import post

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.old import Old
    from tests.people import Cast

pytestmark = pytest.mark.browser

#: What `make test` looks at: what only a browser tells, and what once went wrong.
SAMPLE = (0, 3, 6, 9)


@pytest.mark.parametrize("some", [SAMPLE, pytest.param(range(99), marks=pytest.mark.drill)])
def test_more_kinds_of_pages(old: Old, people: Cast, some: range | tuple[int, ...]) -> None:  # noqa: F811
    set_forums(people.site, ["demo"])
    for _ in range(2):
        post(people.site, href=f"{HOME}/a")
    post(people.site, href=with_name(f"{HOME}/wp", f"12 {HOME}/?p=12"))
    for at, (name, kind) in enumerate(KINDS.items()):
        if at in some:
            one(old, name, kind)


def one(old: Old, name: str, kind: Kind) -> None:  # noqa: F811
    old.sites |= kind.more
    html = f"<!doctype html><title>Hello world | Example blog</title>{kind.html}"
    page = old.open(kind.url, html)
    if kind.act:
        if "DISQUS." in kind.act:
            until(page, lambda: page.evaluate("'DISQUS' in window"), f"{name}: no script")
        elif "DISQUSWIDGETS." in kind.act:
            until(page, lambda: page.evaluate("'getCount' in DISQUSWIDGETS"), f"{name}: no script")
        page.evaluate(kind.act)
    until(page, lambda: asked(page) == kind.threads, f"{name}: {asked(page)}")
    until(page, lambda: page.evaluate(kind.holds), f"{name}: {kind.holds}")
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    if kind.threads:
        assert [each["title"][0] for each in queries(page)] == [kind.title], name
    assert (old.thrown, old.strangers) == ([], []), name
    page.close()


def queries(page: Page) -> list[dict[str, list[str]]]:
    """What the boxes asked for whose comments are there, on the page and in the site's own frames."""
    theirs = [each for each in page.frames if each.url.partition("?")[0].endswith(".html")]
    return [
        parse_qs(urlsplit(frame.get_attribute("src") or "").query)
        for each in {page.main_frame, *theirs}
        for frame in each.query_selector_all("iframe[data-commentsvc=shown]")
    ]


def asked(page: Page) -> list[tuple[str, str]]:
    return [(each["disqus"][0], each["href"][0]) for each in queries(page)]
