"""A browser, an installation and a provider, for tests of signing in with one."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.accounts.models import Identity, User
from commentsvc.accounts.providers import asking
from commentsvc.accounts.vouching import keys
from commentsvc.core.db import db
from commentsvc.settings import settings
from tests.conftest import WIDE, empty_the_database
from tests.idp import CLIENT, SECRET, Idp, provider_of, providing
from tests.people import Cast, make_cast
from tests.web.asking import HOST, token_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse


@pytest.fixture(scope="module")
def served() -> Iterator[Idp]:
    with providing() as idp:
        yield idp


@pytest.fixture
def app(make_app: Callable[..., Flask], served: Idp) -> Iterator[Flask]:
    """An installation with one provider, on loopback."""
    app = make_app(limits=WIDE, providers={"oidc": provider_of(served)})
    settings.install(app, replace(settings.of(app), webhook_private=True))
    with app.app_context():
        empty_the_database()
        yield app


@pytest.fixture
def cast(app: Flask) -> Cast:
    return make_cast()


@pytest.fixture
def idp(served: Idp) -> Iterator[Idp]:
    """A provider that tells the truth, of somebody new."""
    asking.forget()
    keys.forget()
    served.configuration, served.sign, served.pages = {}, None, {}
    served.is_somebody("nele-at-example", "nele@example.org", name="Nele N.")
    yield served


def post(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    sent = {"csrf_token": token_of(client), **fields}
    return client.post(path, data=sent, headers={"Origin": HOST})


def leave(client: FlaskClient, name: str = "oidc", **fields: str) -> str:
    """Press the button; where the browser is sent."""
    answer = post(client, f"/account/with/{name}", **fields)
    assert answer.status_code == 200, answer.text
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.text)
    assert found, answer.text
    return html.unescape(found[1])


def come_back(client: FlaskClient, given: dict[str, str], name: str = "oidc") -> TestResponse:
    return client.get(f"/account/with/{name}/back", query_string=given)


def sign_in(client: FlaskClient, idp: Idp, name: str = "oidc", **fields: str) -> TestResponse:
    return come_back(client, idp.authorize(leave(client, name, **fields)), name)


def is_in(client: FlaskClient) -> bool:
    return client.get("/account/").status_code == 200


def client_of(idp: Idp) -> dict[str, str]:
    """Our client there, as an owner enters it."""
    return {"issuer": idp.url, "client_id": CLIENT, "client_secret": SECRET}


def members() -> int:
    return len(db.session.scalars(select(User).where(User.kind == "member")).all())


def refused(answer: TestResponse) -> bool:
    return answer.status_code == 422 and 'role="alert"' in answer.text


def identities() -> list[Identity]:
    return list(db.session.scalars(select(Identity)))


def people_here() -> list[User]:
    return list(db.session.scalars(select(User).where(User.kind == "member")))
