"""Readers' browsers. Starting one is a third of a short test, so what one test has used is emptied for the
next; test_readers.py shows that nothing is left. Drills start a new one for each reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, CDPSession, Request, WebError

#: Milliseconds that a page may take to do what it should. Only what is broken waits so long.
PATIENCE = 30_000
#: What nobody can undo in a browser: a test that needs one of these takes a browser of its own.
FOR_GOOD = ("add_init_script", "expose_binding", "expose_function", "on", "once")
#: Browsers that wait for their next reader. Each is a process.
_MOST_FREE = 4


class Reader:
    """One reader's browser, and an empty page in it that keeps its process. `errors` are what its pages'
    scripts threw, and what they asked for that a test has blocked: `route.abort("blockedbyclient")`."""

    def __init__(self, context: BrowserContext, *, again: bool) -> None:
        self.context = context
        self.errors: list[str] = []
        context.set_default_timeout(PATIENCE)
        context.on("weberror", self._note_error)
        context.on("requestfailed", self._note_blocked)
        self._kept = context.new_page() if again else None
        self._session: CDPSession | None = None
        for name in FOR_GOOD if again else ():
            setattr(context, name, _refuse)

    def _note_error(self, error: WebError) -> None:
        self.errors.append(str(error.error))

    def _note_blocked(self, request: Request) -> None:
        if "ERR_BLOCKED_BY_CLIENT" in (request.failure or ""):
            self.errors.append(f"asked for {request.url}")

    def empty(self) -> bool:
        """Close its pages and forget what they kept; False if it cannot be as new again."""
        if self._kept is None:
            return False
        for page in self.context.pages:
            if page != self._kept:
                page.close()
        if "[native code]" not in self._kept.evaluate("Date.now.toString()"):
            return False  # a clock that was installed stays
        if self._session is None:
            self._session = self.context.new_cdp_session(self._kept)
        everything = {"origin": "*", "storageTypes": "all"}
        self._session.send("Storage.clearDataForOrigin", everything)
        self._session.send("Network.clearBrowserCache")
        self.context.clear_cookies()
        self.context.clear_permissions()
        self.context.unroute_all()
        self.context.set_offline(False)
        self.errors = []
        return True


def _refuse(*_args: object, **_named: object) -> None:
    raise AssertionError("the next reader would have this too: take readers.new()")


class Readers:
    """All readers of one Chromium: those of the test that runs, and those that are free, with the options
    that each was made with."""

    def __init__(self, chromium: Browser, *, again: bool) -> None:
        self._chromium, self._again = chromium, again
        self._free: list[tuple[dict[str, Any], Reader]] = []
        self._taken: list[tuple[dict[str, Any], Reader]] = []

    def new(self, **options: Any) -> BrowserContext:
        """The browser of somebody who has never been here; it is closed after the test."""
        return self._take(options, Reader(self._made(options), again=False))

    def like_new(self, **options: Any) -> BrowserContext:
        """The same, perhaps emptied after another test; only its pages may be changed for good."""
        for each in self._free:
            if each[0] == options:
                self._free.remove(each)
                return self._take(*each)
        return self._take(options, Reader(self._made(options), again=self._again))

    def _made(self, options: dict[str, Any]) -> BrowserContext:
        return self._chromium.new_context(**{"locale": "en-GB", **options})

    def _take(self, options: dict[str, Any], reader: Reader) -> BrowserContext:
        self._taken.append((options, reader))
        return reader.context

    def give_back(self) -> list[str]:
        """Empty or close those of a test; returns their errors."""
        errors = [each for _, reader in self._taken for each in reader.errors]
        for options, reader in self._taken:
            if reader.empty():
                self._free.append((options, reader))
            else:
                reader.context.close()
        while len(self._free) > _MOST_FREE:
            self._free.pop(0)[1].context.close()
        self._taken = []
        return errors
