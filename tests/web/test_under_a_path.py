"""Everything under a path of another site's host: every address we write leads there, whether the proxy cuts
the path off or passes it on."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest

from commentsvc.demo import pages as demo
from commentsvc.demo import paper, seed
from commentsvc.notifications import mail
from commentsvc.settings import Settings, WrongSettings, settings
from commentsvc.sites.commands import add_site
from commentsvc.sites.forums import set_forums
from commentsvc.threads import newest
from commentsvc.web.home import mount
from tests.conftest import WIDE, empty_the_database
from tests.factories import post
from tests.people import PASSWORD, Cast, make_cast
from tests.web.asking import HREF, body, csrf_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from werkzeug.test import Client, TestResponse

#: The page that the look of a box is shown on, and its comments; nobody can read them.
_EXAMPLE = re.compile(r"https%3A%2F%2Fexample.org%2F|comment=example\d")
SITE, PREFIX = "https://news.example.org", "/comments"
PUBLIC = f"{SITE}{PREFIX}"
#: What a page says of other addresses: attributes, rules of styles, data for scripts.
_ADDRESS = re.compile(
    r"""(?:[\w-]+="|url\(|["'])(/(?!/)[^"'\s<>]*|https?://news\.example\.org[^"'\s<>]*)"""
)
#: Words of API paths and examples on pages for people.
_SHOWN = re.compile(
    r"<(pre|code|textarea|title)\b.*?</\1>|placeholder=\"[^\"]*\"|\"data:[^\"]*\"", re.DOTALL
)


@pytest.fixture(params=["passed on", "cut off"])
def app(request: pytest.FixtureRequest, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """The app under a path, behind a proxy of either kind."""
    given = replace(_settings(make_app), public_url=PUBLIC, limits=WIDE)
    app = make_app(settings=given)
    demo.register(app)
    if request.param == "cut off":
        app.wsgi_app = _cut_off(app.wsgi_app)  # type: ignore[method-assign, assignment]
    with app.app_context():
        empty_the_database()
        yield app


def _settings(make_app: Callable[..., Flask]) -> Settings:
    return settings.of(make_app())


def _cut_off(inner: Callable[..., object]) -> Callable[..., object]:
    def proxy(environ: dict[str, str], start_response: object) -> object:
        assert environ["PATH_INFO"].startswith(PREFIX), environ["PATH_INFO"]
        environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix(PREFIX) or "/"
        return inner(environ, start_response)

    return proxy


@pytest.fixture
def cast(app: Flask) -> Cast:
    cast = make_cast()
    set_forums(cast.site, ["harbour"])
    seed.people(PASSWORD)
    add_site(key=paper.SITE_KEY, name=paper.SITE_NAME, origins=[SITE], owner=cast.ada)
    return cast


def fill(cast: Cast) -> None:
    """A conversation with more answers than a page shows, and a comment that waits."""
    first = post(cast.site, user=cast.rita, href=HREF).comment
    for _ in range(30):
        post(cast.site, user=cast.max, parent=first.public_id)
    post(cast.site, text="What an idiot.", name="Bert")


def ask(client: Client, path: str, **more: object) -> TestResponse:
    return client.get(path, base_url=SITE, **more)


def sign_in(client: Client, cast: Cast, wanted: str = "") -> TestResponse:
    page = ask(client, f"{PREFIX}/account/sign-in?next={wanted}")
    given = {
        "email": cast.ada.email,
        "password": PASSWORD,
        "csrf_token": csrf_of(page.text),
        "next": wanted,
    }
    return client.post(
        f"{PREFIX}/account/sign-in", base_url=SITE, data=given, headers={"Origin": SITE}
    )


def written(answer: TestResponse, at: str) -> Iterator[str]:
    """The addresses of our host in an answer, in full."""
    is_page = answer.mimetype in ("text/html", "application/atom+xml")
    text = _SHOWN.sub("", answer.text) if is_page else ""
    for found in _ADDRESS.findall(text):
        yield urljoin(f"{SITE}{at}", unescape(found))
    for name in ("Location", "Content-Location"):
        if name in answer.headers:
            yield urljoin(f"{SITE}{at}", answer.headers[name])


def is_ours(address: str) -> bool:
    """Whether it leads to us, or to the article that is talked about."""
    path = urlsplit(address).path
    return (
        path == PREFIX
        or path.startswith(f"{PREFIX}/")
        or address.startswith((HREF, f"{SITE}/commentsvc-preview"))
        or path == "/"
    )


def shape(at: str) -> str:
    """The path without what tells one comment from another."""
    return re.sub(r"[0-9a-z]{12,}|\d+", "*", at.partition("?")[0])


def test_it_works(app: Flask, cast: Cast) -> None:
    """Whoever follows every link of every page finds pages, and never leaves the path."""
    fill(cast)
    client = app.test_client()
    assert sign_in(client, cast).status_code == 303
    queue = [f"{PREFIX}/", *_pages(app, cast)]
    seen: Counter[str] = Counter()
    strays: list[str] = []
    while queue:
        at = queue.pop()
        if at in seen or seen[shape(at)] > 1:  # two of a kind say the same as all
            continue
        seen.update({at, shape(at)})
        answer = ask(client, at, headers={"Accept": "text/html"})
        if answer.status_code not in (200, 301, 302, 303, 308, 405) and not _EXAMPLE.search(at):
            strays.append(f"{at}: {answer.status_code}")
        for each in written(answer, at):
            if not is_ours(each):
                strays.append(f"{at}: {each}")
            elif each.startswith(f"{PUBLIC}/") and answer.mimetype == "text/html":
                queue.append(each.removeprefix(SITE).partition("#")[0])
    assert not strays, "\n".join(strays)
    assert len(seen) > 60


def _pages(app: Flask, cast: Cast) -> list[str]:
    """Every page that needs nothing but the site, and the box."""
    query = f"site={cast.site.key}&href={HREF}"
    named = {"key": cast.site.key}
    quoted = newest.of_site(cast.site, limit=1)[0].comment.public_id
    found = [
        f"{PREFIX}/threads/comments/{quoted}.html",
        f"{PREFIX}/embed/thread?{query}",
        f"{PREFIX}/threads.html?{query}",
        f"{PREFIX}/dashboard/people",
    ]
    skipped = (
        *("/healthz", "/readyz", "/metrics", "/seen", "/<", "/graph", "/disqus", "/embed", "/v1"),
        *("/threads", "/oembed"),
    )
    for rule in app.url_map.iter_rules():
        if (
            "GET" not in (rule.methods or ())
            or rule.rule.startswith(skipped)
            or "/api/" in rule.rule
        ):
            continue
        path = rule.rule.replace("<key>", named["key"]).replace("<key:site_key>", named["key"])
        if "<" not in path and rule.endpoint not in _LINKED:
            found.append(PREFIX + path)
    return found


#: Pages that nobody reads without the secret of a link.
_LINKED = {
    "account.confirm_page", "account.reset_page", "account.link_page", "account.decide_page",
    "account.opt_in_page", "account.stop_page", "account.set_up_page", "account.invitation",
    "account.stay_page", "account.second_step", "dashboard.live", "dashboard.accent_shades",
    "account.sign_out_page",
}  # fmt: skip


def test_programs_find_their_way(app: Flask, cast: Cast) -> None:
    fill(cast)
    client = app.test_client()
    described = ask(client, f"{PREFIX}/api/v1/openapi.json").json
    assert described["servers"] == [{"url": PUBLIC}]
    answer = client.post(f"{PREFIX}/api/v1/comments", base_url=SITE, json=body())
    assert answer.status_code == 201
    assert ask(client, answer.headers["Location"]).json["id"] == answer.json["id"]
    wrong = ask(client, f"{PREFIX}/api/v1/comments/nothing")
    assert wrong.json["instance"] == f"{PREFIX}/api/v1/comments/nothing"
    assert wrong.json["type"].startswith(f"{PUBLIC}/api/docs#")
    discovery = ask(client, f"{PREFIX}/$discovery/rest").json
    assert discovery["rootUrl"] == f"{PUBLIC}/"
    feed = ask(client, f"{PREFIX}/feeds/sites/harbour.atom").text
    assert f'href="{PUBLIC}/feeds/sites/harbour.atom"' in feed
    again = ask(
        client, f"{PREFIX}/threads.html", query_string={"site": "harbour", "href": HREF, "x": "1"}
    )
    assert again.status_code < 400


def test_the_loader_knows_the_path(app: Flask, cast: Cast) -> None:
    """The script finds us by its own address, and by the path that it carries."""
    client = app.test_client()
    for name in ("embed.js", "en_GB/sdk.js", "harbour/embed.js", "disqus/harbour/embed.js"):
        assert f'+"{PREFIX}",' in ask(client, f"{PREFIX}/{name}").text
    frame = ask(client, f"{PREFIX}/embed/thread?site=harbour&href={HREF}").text
    script = re.search(r'<script[^>]*\ssrc="([^"]+/embed/script/[^"]+)"', frame)
    assert script and script[1].startswith(f"{PREFIX}/embed/script/")
    assert ask(client, script[1]).status_code == 200


def test_cookies_go_to_us_alone(app: Flask, cast: Cast) -> None:
    answer = sign_in(app.test_client(), cast)
    cookies = answer.headers.getlist("Set-Cookie")
    assert {each.partition("=")[0] for each in cookies} == {
        "__Secure-commentsvc",
        "__Secure-device",
    }
    assert all(f"Path={PREFIX}" in each.split("; ") for each in cookies)
    assert "Strict-Transport-Security" not in answer.headers  # the host is not ours


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        (f"{PREFIX}/dashboard/log", f"{PREFIX}/dashboard/log"),
        ("/elsewhere", f"{PREFIX}/dashboard/"),
        (f"{PREFIX}more/", f"{PREFIX}/dashboard/"),
        ("//evil.example", f"{PREFIX}/dashboard/"),
    ],
)
def test_signing_in_leads_to_the_page_that_was_wanted(
    app: Flask, cast: Cast, wanted: str, leads: str
) -> None:
    client = app.test_client()
    assert sign_in(client, cast, wanted).headers["Location"] == leads


def test_who_is_not_signed_in_comes_back(app: Flask, cast: Cast) -> None:
    answer = ask(app.test_client(), f"{PREFIX}/dashboard/log?by=mona")
    assert (
        answer.headers["Location"]
        == f"{PREFIX}/account/sign-in?next={PREFIX}/dashboard/log%3Fby%3Dmona"
    )


def test_a_form_that_was_refused_is_filled(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    sign_in(client, cast)
    here = f"{PREFIX}/dashboard/sites"
    token = csrf_of(ask(client, here).text)
    given = {
        "csrf_token": token,
        "key": "A key!",
        "name": "The Valley",
        "origins": "",
        "back": here,
    }
    answer = client.post(here, base_url=SITE, data=given, headers={"Origin": SITE})
    assert answer.status_code in (303, 422)
    page = ask(client, answer.headers["Location"]) if answer.status_code == 303 else answer
    assert 'value="The Valley"' in page.text


def test_emails_lead_to_us(app: Flask, cast: Cast, work: Callable[[], int]) -> None:
    client = app.test_client()
    token = csrf_of(ask(client, f"{PREFIX}/account/forgot").text)
    given = {"email": cast.ada.email, "csrf_token": token}
    client.post(f"{PREFIX}/account/forgot", base_url=SITE, data=given, headers={"Origin": SITE})
    work()
    sent = mail.mailer().sent[-1]  # type: ignore[attr-defined]
    links = re.findall(rf"{re.escape(SITE)}[^\s\"<>]*", json.dumps(str(sent)))
    assert links and all(each.startswith(f"{PUBLIC}/") or each == PUBLIC for each in links), links


def test_a_path_of_ours_is_refused(make_app: Callable[..., Flask]) -> None:
    """Nobody could tell whether /embed/thread is our page, or /thread behind a proxy that passes paths on."""
    given = _settings(make_app)
    for path in ("/embed", "/account", "/api"):
        with pytest.raises(WrongSettings, match=path):
            make_app(settings=replace(given, public_url=f"{SITE}{path}"))


def test_a_path_is_cut_off_once() -> None:
    environ = {"SCRIPT_NAME": "", "PATH_INFO": "/comments/comments/embed.js"}
    for _ in range(2):
        mount(environ, PREFIX)
        assert environ == {"SCRIPT_NAME": PREFIX, "PATH_INFO": "/comments/embed.js"}
    beside = {"SCRIPT_NAME": "", "PATH_INFO": "/commentsmore"}
    mount(beside, PREFIX)
    assert beside["PATH_INFO"] == "/commentsmore"


def test_an_expired_form_comes_back(app: Flask) -> None:
    """Also without a referrer, by the address that it was sent to."""
    answer = app.test_client().post(
        f"{PREFIX}/account/register",
        base_url=SITE,
        data={"name": "Zoë", "csrf_token": "old"},
        headers={"Accept": "text/html"},
    )
    assert answer.status_code == 403 and 'value="Zoë"' in answer.text
