"""One blog and one server for all tests here; each test begins with its settings as they were."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from scripts.wordpress import missing
from tests.drills.wordpress.room import Blog, Browser, Page, blog
from tests.live import KEY, House, ask, free_port, house

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass
class Place:
    """A blog, and the server that has its comments."""

    blog: Blog
    home: House
    port: int
    secret: str

    @property
    def server(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def set(self, **changed: Any) -> None:
        """Store settings, without the form."""
        wanted = {"server": self.server, "site": KEY, **changed}
        self.blog.php(f"""update_option('commentsvc', json_decode('{json.dumps(wanted)}', true));
            update_option('commentsvc_secrets', ['sign_in' => '{self.secret}']);
            delete_transient('commentsvc_away');""")

    def write(self, text: str, **more: Any) -> int:
        """A post of the blog; returns its number."""
        given = {"post_title": text, "post_status": "publish", "comment_status": "open", **more}
        return int(
            self.blog.php(f"return wp_insert_post(json_decode('{json.dumps(given)}', true));")
        )

    def comment(self, slug: str, text: str, **more: Any) -> str:
        """A guest's comment on the server; returns its ID."""
        return str(self.posted(slug, text, **more)["id"])

    def posted(self, slug: str, text: str, **more: Any) -> Any:
        """A guest's comment on the server, as the server answers."""
        href = f"{self.blog.url}/{slug}/"
        body = {"site": KEY, "href": href, "text": text, "name": "Ann", **more}
        answer = ask(self.port, "POST", "/api/v1/comments", body)
        assert answer.status == 201, answer.body
        return answer.json

    def press(self, browser: Browser, does: str) -> Page:
        """One of the buttons below the form, and the page that it leads to."""
        nonce = self.blog.nonce(browser, does)
        form = {"action": f"commentsvc_{does}", "_wpnonce": nonce}
        answer = browser.post("/wp-admin/admin-post.php", form)
        return browser.get(answer.headers["location"]) if answer.status == 302 else answer


def until(found: Callable[[], Any], seconds: float = 30) -> Any:
    """What comes in a moment."""
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.2)
    return value


@pytest.fixture(scope="session")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    if why := missing():
        pytest.skip(why)
    folder, port = tmp_path_factory.mktemp("wordpress"), free_port()
    environ = {"WEBHOOK_PRIVATE": "yes", "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    with blog(folder) as made, house(tmp_path_factory.mktemp("server"), **environ) as home:
        home.set_up(made.url, token_role="moderator", hold_repeats=False, flood_count=1000)
        home.start("run", port=port)
        secret = home.command("site", "secret", KEY).stdout.split()[-1]
        yield Place(made, home, port, secret)
        ours = [line for line in made.log().splitlines() if "plugins/commentsvc" in line]
        assert not ours, ours


@pytest.fixture
def place(_place: Place) -> Place:
    """The blog, set up to show the box."""
    _place.set()
    return _place
