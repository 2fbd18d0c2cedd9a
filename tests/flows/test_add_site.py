"""Somebody adds a site: its pages show the box, its people see it, and no other site notices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.web.asking import HOST, browser, settle, signed_in

if TYPE_CHECKING:
    from flask import Flask

    from commentsvc.accounts.models import User
    from tests.people import Cast

PAGE = "https://lighthouse.example/2026/lamp"
NEW = {"name": "The Lighthouse", "key": "lighthouse", "origins": "https://lighthouse.example"}


def send(app: Flask, user: User, path: str, **fields: str) -> Any:
    client, token = signed_in(app, user)
    headers = {"Accept": "text/html", "Origin": HOST}
    return client.post(path, data={"csrf_token": token, **fields}, headers=headers)


def look(app: Flask, user: User, path: str) -> Any:
    return signed_in(app, user)[0].get(path, headers={"Accept": "text/html"})


def write(app: Flask, **more: str) -> Any:
    sent = {"site": "lighthouse", "href": PAGE, "text": "Bright.", "name": "Ann", **more}
    return browser(app).post("/api/v1/comments", json=sent)


def test_it_works(app: Flask, cast: Cast) -> None:
    assert send(app, cast.ada, "/dashboard/sites", **NEW).status_code == 303
    page = look(app, cast.ada, "/dashboard/sites/lighthouse").text
    tag = re.search(r"&lt;script async src=&#34;([^&]+)&#34; data-site=&#34;(\w+)&#34;", page)
    assert tag is not None
    loader = browser(app).get(tag[1].removeprefix(HOST))
    assert loader.status_code == 200 and "javascript" in loader.headers["Content-Type"]

    query = {"site": tag[2], "href": PAGE}
    empty = browser(app).get("/embed/thread", query_string=query)
    assert "frame-ancestors 'self' https://lighthouse.example;" in (
        empty.headers["Content-Security-Policy"] + ";"
    )
    assert write(app).status_code == 201
    settle()
    assert "Bright." in browser(app).get("/embed/thread", query_string=query).text


def test_its_pages_are_its_own(app: Flask, cast: Cast) -> None:
    send(app, cast.ada, "/dashboard/sites", **NEW)
    assert write(app, href="https://news.example.org/2026/lamp").status_code == 403
    assert write(app, site="harbour").status_code == 403
    send(app, cast.ada, "/dashboard/sites/lighthouse", name="L", origins="https://other.example")
    assert write(app).status_code == 403
    assert write(app, href="https://other.example/2026/lamp").status_code == 201


def test_its_people_are_its_own(app: Flask, cast: Cast) -> None:
    send(app, cast.ada, "/dashboard/sites", **NEW)
    people = "/dashboard/sites/lighthouse/people"
    assert send(app, cast.ada, people, email="rita@example.org", role="owner").status_code == 303
    assert send(app, cast.rita, people, email="bo@example.org", role="moderator").status_code == 303
    assert write(app, text="You idiot.").json["status"] == "pending"
    for user, sees in ((cast.rita, True), (cast.bo, True), (cast.mona, False), (cast.max, False)):
        page = look(app, user, "/dashboard/")
        assert page.status_code == 200 and ("lighthouse.example" in page.text) == sees, user.name
    for user, status in ((cast.rita, 200), (cast.bo, 403), (cast.olga, 404), (cast.max, 404)):
        assert look(app, user, people).status_code == status, user.name
    # a moderator here is banned there as before
    sent = {"site": "harbour", "href": "https://news.example.org/a", "text": "Hello."}
    client, token = signed_in(app, cast.bo)
    headers = {"X-CSRF-Token": token, "Origin": HOST}
    assert client.post("/api/v1/comments", json=sent, headers=headers).status_code == 403


def test_only_who_runs_the_installation_adds_one(app: Flask, cast: Cast) -> None:
    for user in (cast.olga, cast.mona, cast.rita):
        assert send(app, user, "/dashboard/sites", **NEW).status_code == 403
    for wrong in ({"key": "harbour"}, {"key": "a b"}, {"name": ""}, {"origins": "https://*.com"}):
        send(app, cast.ada, "/dashboard/sites", **{**NEW, **wrong})
    assert look(app, cast.ada, "/dashboard/sites").text.count("/dashboard/sites/") >= 2
    assert look(app, cast.ada, "/dashboard/sites/lighthouse").status_code == 404
    assert write(app).status_code == 404
