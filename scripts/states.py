"""Take screenshots of every state of the box, as shown by /demo/states/: 320, 360, 768 and 1280 px
wide, light and dark, left-to-right and right-to-left.

    python scripts/states.py FOLDER [NAME …]

starts its own demo meanwhile. With names, it takes only these states, one by one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from playwright.sync_api import sync_playwright

from commentsvc.demo.states import STATES
from scripts import need

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from playwright.sync_api import Browser, Locator, Page, ViewportSize

WIDTHS = (320, 360, 768, 1280)
SCHEMES = ("light", "dark")
LOCALES = {"ltr": "en", "rtl": "ar"}
_PATIENCE = 30_000  # milliseconds


def reach(page: Page, names: list[str]) -> None:
    """Wait until each of these states shows."""
    for state in STATES:
        if state.name in names:
            place(page, state.name).wait_for(timeout=_PATIENCE)


def place(page: Page, name: str) -> Locator:
    """What appears once a state is reached: in the box, or on the page around it."""
    state = next(each for each in STATES if each.name == name)
    section = page.locator(f"#{name}")
    if name == "skeleton":  # whose page is in a frame
        return section.frame_locator("iframe").locator(state.shows)
    if state.on_page:
        return section.locator(state.shows).first
    return section.frame_locator("iframe").locator(state.shows).first


def photograph(
    browser: Browser,
    base: str,
    folder: Path,
    names: Sequence[str] = (),
    *,
    seen: Callable[[Page], None] = lambda _page: None,
) -> Iterator[Path]:
    """Write the screenshots, `WIDTH-SCHEME-DIRECTION.png`, with the state's name in front if names
    are given. `seen` is called with each page when all its states show."""
    every = [each.name for each in STATES]
    for width, scheme, way in product(WIDTHS, SCHEMES, LOCALES):
        query = f"scheme={scheme}&locale={LOCALES[way]}&only={'+'.join(names)}"
        # without animations, everything is drawn at once
        size: ViewportSize = {"width": width, "height": 900}
        page = browser.new_page(viewport=size, reduced_motion="reduce")
        page.goto(f"{base}/demo/states/?{query}")
        reach(page, list(names) or every)
        seen(page)
        picture = f"{width}-{scheme}-{way}.png"
        for name in names:
            page.locator(f"#{name}").screenshot(path=folder / f"{name}-{picture}")
            yield folder / f"{name}-{picture}"
        if not names:
            page.screenshot(path=folder / picture, full_page=True)
            yield folder / picture
        page.close()


@contextmanager
def _demo() -> Iterator[str]:
    with TemporaryDirectory() as folder:
        command = [
            str(need.ROOT / ".venv/bin/commentsvc"),
            "demo",
            "--port",
            "0",
            "--data-dir",
            folder,
        ]
        # all pages are opened within seconds, each by the same few readers
        environment = {**os.environ, "LIMITS": "site_token=off"}
        running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert running.stdout is not None
            line = next(each for each in running.stdout if each.startswith("ready "))
            yield line.split()[1].rstrip("/")
        finally:
            running.terminate()
            running.wait(30)


def main(folder: str, *names: str) -> None:
    """Start a demo, take the screenshots, and print their paths."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    with _demo() as base, sync_playwright() as tool:
        found = need.headless_shell() or need.chromium()
        with tool.chromium.launch(executable_path=found, args=["--no-sandbox"]) as browser:
            for file in photograph(browser, base, Path(folder), names):
                print(file)


if __name__ == "__main__":
    main(*sys.argv[1:])
