"""Liveness, readiness, figures, and the page behind the server's own address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text, update

from commentsvc.core import clock, jobs
from commentsvc.core.db import db, unit_of_work
from commentsvc.settings import settings
from commentsvc.toxicity.backends.chain import ChainScorer
from commentsvc.toxicity.backends.stub import StubScorer
from commentsvc.toxicity.scorer import ScorerStatus, scorer
from tests.factories import post

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from tests.people import Cast


def test_it_works(client: FlaskClient, cast: Cast) -> None:
    assert client.get("/healthz").data == b"ok\n"
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json == {"status": "ok", "database": "ok", "queue": "ok", "scorer": "ok"}
    assert ready.headers["Cache-Control"] == "no-store"


def test_without_its_database_it_is_not_ready(app: Flask, client: FlaskClient) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE site RENAME TO site_away"))
    try:
        assert client.get("/healthz").status_code == 200
        ready = client.get("/readyz")
        assert ready.status_code == 503 and ready.json["database"] == "unavailable"
    finally:
        with db.engine.begin() as connection:
            connection.execute(text("ALTER TABLE site_away RENAME TO site"))


def test_a_broken_scorer_is_told_and_served_without(app: Flask, client: FlaskClient) -> None:
    class Broken(StubScorer):
        def status(self) -> ScorerStatus:
            raise OSError

    scorer.install(app, Broken())
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert (ready.json["status"], ready.json["scorer"]) == ("degraded", "broken")
    assert b"commentsvc_scorer_up 0.0" in client.get("/metrics").data


def test_each_scorer_of_a_chain_has_its_figures(app: Flask, client: FlaskClient) -> None:
    assert b"scorer_member" not in client.get("/metrics").data
    away = StubScorer()
    away.name, away.broken = "second", "failed"
    scorer.install(app, ChainScorer([StubScorer(), away]))
    assert client.get("/readyz").json["scorer"] == "broken"
    figures = client.get("/metrics").text
    assert 'commentsvc_scorer_member_up{place="1",scorer="stub"} 1.0' in figures
    assert 'commentsvc_scorer_member_up{place="2",scorer="second"} 0.0' in figures
    assert 'commentsvc_scorer_member_texts_total{place="1",scorer="stub"}' in figures
    assert "commentsvc_scorer_up 0.0" in figures


def test_late_jobs_are_told(client: FlaskClient) -> None:
    with unit_of_work():
        jobs.enqueue("on_withdrawal", comment_id=0)
        db.session.execute(update(jobs.Job).values(due_at=clock.now().replace(year=2020)))
    assert client.get("/readyz").json["queue"] == "late"


def test_figures_say_what_waits(client: FlaskClient, cast: Cast) -> None:
    post(cast.site, "You idiot.", user=cast.rita)
    body = client.get("/metrics").data.decode()
    assert "commentsvc_comments_pending 1.0" in body
    assert 'commentsvc_jobs{state="waiting"}' in body
    assert "idiot" not in body


@pytest.mark.parametrize(
    ("address", "headers", "token", "status"),
    [
        ("127.0.0.1", {}, "", 200),
        ("10.1.2.3", {}, "", 200),
        ("::1", {}, "", 200),
        ("93.184.216.34", {}, "", 404),
        ("127.0.0.1", {"X-Forwarded-For": "93.184.216.34"}, "", 404),
        ("127.0.0.1", {"Forwarded": "for=93.184.216.34"}, "", 404),
        ("10.1.2.3", {}, "a-token-of-sixteen", 404),
        (
            "93.184.216.34",
            {"Authorization": "Bearer a-token-of-sixteen"},
            "a-token-of-sixteen",
            200,
        ),
        ("93.184.216.34", {"Authorization": "Bearer another"}, "a-token-of-sixteen", 404),
        ("93.184.216.34", {"Authorization": "Bearer "}, "", 404),
    ],
)
def test_figures_are_not_for_everybody(
    app: Flask, address: str, headers: dict[str, str], token: str, status: int
) -> None:
    from dataclasses import replace

    settings.install(app, replace(settings.of(app), metrics_token=token))
    answer = app.test_client().get(
        "/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address}
    )
    assert answer.status_code == status


def test_the_start_page(client: FlaskClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert b"/embed.js" in page.data and b"Harbour Post" not in page.data
    assert "style-src 'self' 'sha256-" in page.headers["Content-Security-Policy"]
