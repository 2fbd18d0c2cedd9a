"""Firefox and WebKit as Debian ships them, driven by Selenium."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any, TypeVar

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.firefox.service import Service as Geckodriver
from selenium.webdriver.support.wait import WebDriverWait
from selenium.webdriver.webkitgtk.options import Options as WebKitOptions
from selenium.webdriver.webkitgtk.service import Service as WebKitWebDriver

from scripts.need import firefox, geckodriver, webkit
from tests.people import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Seconds that a page may take to do what it should. Only what is broken waits so long.
PATIENCE = 30
T = TypeVar("T")
STANDS = """return [document.body.offsetHeight,
    document.querySelector(arguments[0])?.getBoundingClientRect().top]"""


@dataclass
class Reader:
    """Somebody with one of these browsers. `driver` looks at the page, or into one box on it."""

    driver: Any
    window: str = field(init=False)

    def __post_init__(self) -> None:
        self.driver.set_window_size(
            1000, 1800
        )  # WebKit's driver does not scroll a page to what is in a frame
        self.window = self.driver.current_window_handle

    def open(self, url: str) -> None:
        self.page()
        self.driver.get(url)

    def page(self) -> None:
        """Look at the page."""
        self.driver.switch_to.window(self.window)

    def box(self, state: str = "shown") -> None:
        """Look into the box, once the page has it in this state, and its script runs where it is shown."""
        self.page()
        self.driver.switch_to.frame(self.one(f"iframe[data-commentsvc={state}]"))
        if state == "shown":
            self.until(lambda: self.all("html.embedded"))

    def until(self, look: Callable[[], T]) -> T:
        """What `look` finds, once that is something. What is replaced meanwhile is looked for again."""
        wait = WebDriverWait(self.driver, PATIENCE, 0.1, [WebDriverException])
        return wait.until(lambda _driver: look())

    def all(self, css: str) -> list[Any]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css: str) -> Any:
        """The first that can be seen."""
        return self.until(
            lambda: next((each for each in self.all(css) if each.is_displayed()), None)
        )

    def reads(self, css: str, *texts: str) -> None:
        """Wait until these texts stand there, and no others."""
        said: list[str] = []

        def look() -> bool:
            said[:] = [each.text.strip() for each in self.all(css) if each.is_displayed()]
            return said == list(texts)

        try:
            self.until(look)
        except WebDriverException:
            assert said == list(texts), css

    def press(self, css: str) -> None:
        """Once it stands still: what has just opened above moves what a mouse is about to hit."""

        def pressed() -> bool:
            found, before = self.one(css), self.run(STANDS, css)
            sleep(0.2)
            if self.run(STANDS, css) != before:
                return False
            found.click()
            return True

        self.until(pressed)

    def write(self, css: str, text: str, name: str | None = None) -> None:
        """Type a comment into the form at `css` and send it."""
        self.press(f"{css} textarea")
        self.one(f"{css} textarea").send_keys(text)
        if name is not None:
            self.one(f"{css} label input").send_keys(name)
        self.press(f"{css} .go")

    def sign_in(self, button: str = "#me [data-action=sign-in]") -> None:
        """In the service's own window, which closes by itself."""
        self.press(button)
        before = {self.window}
        (other,) = self.until(lambda: set(self.driver.window_handles) - before)
        self.driver.switch_to.window(other)
        self.one("[name=email]").send_keys("rita@example.org")
        self.one("[name=password]").send_keys(PASSWORD)
        self.press("form:has([name=password]) .do")
        self.until(lambda: other not in self.driver.window_handles)
        self.box()

    def run(self, script: str, *values: Any) -> Any:
        return self.driver.execute_script(script, *values)


@contextmanager
def starting_firefox(folder: Path, dark: bool) -> Iterator[Reader]:
    """Cookies and storage of other sites are kept apart for each site, as Firefox does by itself."""
    options = webdriver.FirefoxOptions()
    options.binary_location = firefox() or ""
    options.add_argument("-headless")
    options.set_preference("intl.accept_languages", "en-GB")
    # 0: dark, 1: light
    options.set_preference("layout.css.prefers-color-scheme.content-override", 0 if dark else 1)
    command = geckodriver() or ""
    if not os.access(command, os.X_OK):  # as packages for Python come
        Path(command).chmod(0o755)
    service = Geckodriver(command, log_output=str(folder / "geckodriver.log"))
    driver = webdriver.Firefox(options=options, service=service)
    try:
        yield Reader(driver)
    finally:
        driver.quit()


@contextmanager
def display() -> Iterator[str]:
    """The name of a screen that nobody sees."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x2000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as said:
            number = said.readline().strip()
        try:
            yield f":{number}"
        finally:
            server.terminate()


@contextmanager
def starting_webkit(folder: Path, dark: bool) -> Iterator[Reader]:
    """Tracking prevention is on, as in Safari: frames of other sites have no cookies, and storage of their
    own for each page's site."""
    options = WebKitOptions()
    options.binary_location = webkit() or ""
    for each in ["--automation", "--enable-itp", *(["--dark-mode"] if dark else [])]:
        options.add_argument(each)
    with display() as screen:
        around = {**os.environ, "DISPLAY": screen, "GDK_BACKEND": "x11", "LANG": "en_GB.UTF-8"}
        service = WebKitWebDriver(
            "/usr/bin/WebKitWebDriver", log_output=str(folder / "webkit.log"), env=around
        )
        driver = webdriver.WebKitGTK(options=options, service=service)
        try:
            yield Reader(driver)
        finally:
            driver.quit()


STARTING = {"firefox": starting_firefox, "webkit": starting_webkit}
