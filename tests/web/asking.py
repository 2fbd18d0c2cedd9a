"""Ways to ask the app as somebody: the headers and clients that tests of surfaces need."""

from __future__ import annotations

import base64
import re
import secrets
import time
from typing import TYPE_CHECKING, Any

from flask.testing import FlaskClient

from commentsvc.accounts import frames, proofs
from commentsvc.core.db import is_sqlite
from commentsvc.core.writing.commits import TRUST_SECONDS
from commentsvc.web.freshness import LATE_SECONDS
from tests.people import PASSWORD

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

    from commentsvc.accounts.models import User
    from commentsvc.sites.models import Site

HOST = "https://comments.example.com"
NEWS = "https://news.example.org"
HREF = f"{NEWS}/2026/bridge"


def bearer(user: User, site: Site) -> dict[str, str]:
    """The header of a member in the frame of a site."""
    return {"Authorization": f"Bearer {frames.grant(user, site_id=site.id).access}"}


def api_key(user: User, *scopes: str, site: Site | None = None) -> dict[str, str]:
    """The header of a program that acts for somebody."""
    secret = proofs.issue(
        "api", user=user, site_id=site.id if site else None, grants={"scopes": list(scopes)}
    )
    return {"X-Api-Key": secret}


def guest(token: str) -> dict[str, str]:
    """The header of a guest."""
    return {"Authorization": f"Guest {token}"}


class Browser(FlaskClient):
    """Asks over TLS, by our own name."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if args and isinstance(args[0], str):
            kwargs.setdefault("base_url", HOST)
        return super().open(*args, **kwargs)


def browser(app: Flask) -> FlaskClient:
    """A client like a browser that knows us by PUBLIC_URL."""
    return Browser(app, app.response_class)


def signed_in(app: Flask, user: User) -> tuple[FlaskClient, str]:
    """A browser with a session of this person, and the session's CSRF token."""
    client = browser(app)
    answer = client.post(
        "/account/sign-in",
        data={"email": user.email, "password": PASSWORD, "csrf_token": token_of(client)},
        headers={"Origin": HOST},
    )
    assert answer.status_code in (302, 303), answer.text
    return client, token_of(client)


def token_of(client: FlaskClient) -> str:
    """The token that a form of ours would hold for the session of a browser: asking a page for it would
    take longer than most of what is tested with it."""
    with client.session_transaction(base_url=HOST) as kept:
        plain = kept.setdefault("csrf", secrets.token_urlsafe()).encode()
    return base64.urlsafe_b64encode(bytes(len(plain)) + plain).decode()  # mixed with nothing


def settle() -> None:
    """Wait until every node has seen what was written behind its back (docs/api.md)."""
    time.sleep((LATE_SECONDS if is_sqlite() else TRUST_SECONDS) + 0.05)


def csrf_of(page: str) -> str:
    """The token in a page's form."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page[:500]
    return found[1]


def body(**more: Any) -> dict[str, Any]:
    """A comment as a program would send it."""
    return {"site": "harbour", "href": HREF, "name": "Ann", "text": "A thought.", **more}
