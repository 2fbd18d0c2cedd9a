"""Signing in with a server that others have written: Authlib's, as oidc-provider-mock starts it."""

from __future__ import annotations

import html
import re
import urllib.request
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from commentsvc.accounts.commands import by_email
from commentsvc.accounts.providers import Provider
from commentsvc.settings import settings
from tests.conftest import WIDE, empty_the_database
from tests.embed.test_sign_in import NONCE, fetched, opened
from tests.people import make_cast
from tests.real_provider import serving
from tests.web.asking import HOST, browser, csrf_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient


pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the server itself


def send_off(client: FlaskClient, **fields: str) -> str:
    form = csrf_of(client.get("/account/register").text)
    sent = {"csrf_token": form, **fields}
    page = client.post("/account/with/oidc", data=sent, headers={"Origin": HOST}).text
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page)
    assert found, page
    return html.unescape(found[1])


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


def authorize(address: str, **form: str) -> dict[str, str]:
    """What the server sends the browser back with, once its form was sent."""
    opener = urllib.request.build_opener(_Stay)
    try:
        opener.open(address, urlencode(form).encode(), timeout=30)
    except urllib.error.HTTPError as answer:
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    raise AssertionError("the server sends nobody back")


def test_there_and_back(make_app: Callable[..., Flask]) -> None:
    with serving() as url:
        provider = Provider("oidc", "our-client", "our-secret", url, label="Example ID")
        app = make_app(limits=WIDE, providers={"oidc": provider})
        settings.install(app, replace(settings.of(app), webhook_private=True))
        with app.app_context():
            empty_the_database()
            make_cast()
            client = opened(app)
            given = authorize(send_off(client, site="harbour", nonce=NONCE), sub="nele")
            page = client.get("/account/with/oidc/back", query_string=given).text
            assert 'value="Nele Niemand"' in page and "nele@example.org" in page
            sent = {"name": "Nele", "csrf_token": csrf_of(page)}
            client.post("/account/with/oidc/new", data=sent, headers={"Origin": HOST})
            assert fetched(app).get_json()["user"]["name"] == "Nele"
            nele = by_email("nele@example.org")
            assert nele is not None and nele.email_verified_at is not None
            again = browser(app)
            given = authorize(send_off(again), sub="nele")
            again.get("/account/with/oidc/back", query_string=given)
            assert "Nele" in again.get("/account/").text
            denied = authorize(send_off(browser(app)), action="deny")
            assert denied["error"] == "access_denied"


@pytest.fixture(autouse=True)
def _forget() -> None:
    from commentsvc.accounts.providers import asking
    from commentsvc.accounts.vouching import keys

    asking.forget()
    keys.forget()
