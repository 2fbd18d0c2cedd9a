"""People who are signed in to the dashboard, and forms sent the way a browser without scripts does."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from commentsvc.core.db import db
from tests.flat import flat
from tests.people import PASSWORD, Cast
from tests.web.asking import token_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

BASE = "https://comments.example.com"


@dataclass
class Staff:
    """One browser of one person. `post` sends its session's token, as a form carries it."""

    client: FlaskClient
    token: str = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        more.setdefault("headers", {"Accept": "text/html"})
        return self.client.get(path, base_url=BASE, **more)

    def page(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
        return flat(answer.text)

    def post(self, path: str, *, json: bool = False, **fields: Any) -> TestResponse:
        accept = "application/json" if json else "text/html"
        return self.client.post(
            path,
            data={"csrf_token": self.token, **fields},
            base_url=BASE,
            headers={"Accept": accept, "Origin": BASE},
        )


@pytest.fixture
def sign_in(app: Flask, cast: Cast) -> Callable[[str | None], Staff]:
    """A browser with this person signed in; None for nobody."""

    def make(name: str | None) -> Staff:
        staff = Staff(app.test_client())
        staff.token = token_of(staff.client)
        if name is not None:
            answer = staff.post("/account/sign-in", email=f"{name}@example.org", password=PASSWORD)
            assert answer.status_code == 303, answer.text
            staff.token = token_of(staff.client)
        return staff

    return make


def charts(page: str) -> list[dict[str, Any]]:
    """What the charts of a page show; every one has words of its own beside."""
    found = re.findall(r'<canvas role="img" aria-label([^>]+)><script [^>]+>(.+?)</script>', page)
    for words, _ in found:
        name = re.fullmatch(r'ledby="([\w-]+)"', words)
        assert (name and f'id="{name[1]}"' in page) or re.fullmatch(r'="[^"]+"', words), words
    return [json.loads(text) for _, text in found]


@pytest.fixture
def mona(sign_in: Callable[[str | None], Staff]) -> Staff:
    """The moderator of the one site."""
    return sign_in("mona")


@pytest.fixture
def olga(sign_in: Callable[[str | None], Staff]) -> Staff:
    """The owner of the one site."""
    return sign_in("olga")


@pytest.fixture
def queries(app: Flask) -> Callable[[], Any]:
    """Everything that is asked of the database inside `with queries() as asked`."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        asked: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counting
