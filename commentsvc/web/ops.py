"""Monitoring: counts and logs requests, and serves health, readiness and metrics."""

from __future__ import annotations

import hmac
import ipaddress
import logging
import math
import time
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Response, abort, g, jsonify, request
from itsdangerous import BadSignature, TimestampSigner
from prometheus_client import ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import func, select, text

from .. import observe
from ..core import clock, jobs
from ..core.backups import scheduled
from ..core.db import db, forget, release
from ..core.writing import commits
from ..settings import settings
from ..sites.models import Site
from ..threads.models import Comment
from ..toxicity.scorer import scorer
from .network import address_of, is_trusted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ..settings import Settings
    from ..toxicity.scorer import ScorerStatus

ops = Blueprint("ops", __name__)
log = logging.getLogger("commentsvc.request")

_PASS_SECONDS = 60
LATE_SECONDS = 60  # a job due for longer means that no worker is running
_QUIET = ("/healthz", "/readyz", "/metrics")
_FORWARDED = ("X-Forwarded-For", "X-Real-Ip", "Forwarded")


def register(app: Flask) -> None:
    """Count requests, and serve /healthz, /readyz, /metrics and /seen."""
    app.before_request(_begin)
    app.after_request(_end)
    app.register_blueprint(ops)


@ops.get("/healthz")
def healthz() -> Response:
    """The process responds. Does not check the database, because a restart would not fix it."""
    return Response("ok\n", content_type="text/plain; charset=utf-8", headers=_NO_STORE)


@ops.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Whether readers can be served: 200, or 503 while the database is unavailable.

    A missing scorer or worker, a full disk or a read-only database is reported but does not fail
    the check: comments then wait for review or space, and taking the node out of service would not
    help.
    """
    found = {"database": _database(), "queue": "unknown", "scorer": _scorer()}
    usable = found["database"] != "unavailable"
    if usable:
        found["queue"] = _queue()
    state = "ok" if all(each == "ok" for each in found.values()) else "degraded"
    answer = jsonify(status=state if usable else "unavailable", **found)
    answer.headers.update(_NO_STORE)
    return answer, 200 if usable else 503


@ops.get("/metrics")
def metrics() -> Response:
    """Prometheus metrics, for this machine and its private network, or with METRICS_TOKEN.

    A request through a proxy comes from outside: without the token, it gets a 404.
    """
    if not _may_see_figures():
        abort(404)
    body = generate_latest(observe.REGISTRY)
    return Response(body, content_type="text/plain; version=0.0.4; charset=utf-8")


@ops.get("/seen")
def seen() -> Response:
    """How a request looks when it arrives, for `commentsvc check --public`, which has our key."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    try:
        _passes(settings()).unsign(given, max_age=_PASS_SECONDS)
    except BadSignature:
        abort(404)
    return jsonify(
        address=str(address_of(request)),
        peer=request.remote_addr or "",
        trusted=is_trusted(request),
        forwarded=request.headers.get("X-Forwarded-For", ""),
    )


def pass_for_seen(given: Settings) -> str:
    """The token for /seen; valid for a minute."""
    return _passes(given).sign("seen").decode()


def _passes(given: Settings) -> TimestampSigner:
    return TimestampSigner(given.secret_key, salt="commentsvc.seen")


def _begin() -> None:
    g.began = time.perf_counter()


def _end(answer: Response) -> Response:
    began = g.pop("began", None)
    route = request.url_rule.rule if request.url_rule else "(none)"
    if began is None or route in _QUIET:
        return answer
    seconds = time.perf_counter() - began
    observe.REQUESTS.labels(request.method, route, answer.status_code).inc()
    observe.SECONDS.labels(route).observe(seconds)
    # The route, not the address: addresses contain the pages that people read.
    log.log(
        logging.WARNING if answer.status_code >= 500 else logging.INFO,
        "request",
        extra={
            "method": request.method,
            "route": route,
            "status": answer.status_code,
            "ms": round(seconds * 1000, 1),
        },
    )
    return answer


_NO_STORE = {"Cache-Control": "no-store"}
_started = time.monotonic()


def _may_see_figures() -> bool:
    token = settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return address.is_loopback or (address.is_private and not token)


def _database() -> str:
    try:
        db.session.execute(text("SELECT 1 FROM site LIMIT 1"))
        release()
        return commits.why_not(db.engine) or "ok"
    except Exception:  # whatever it is, the database is unusable
        forget()
        return "unavailable"


def _scorer() -> str:
    try:
        return str(scorer().status().state)
    except Exception:
        return "broken"


def _queue() -> str:
    """The state of the jobs: `late` if one has been due for a minute, so that no worker seems to
    run."""
    late = clock.now().timestamp() - (_oldest_due() or clock.now().timestamp())
    return "late" if late > LATE_SECONDS else "ok"


def _oldest_due() -> float | None:
    oldest = db.session.scalar(
        select(func.min(jobs.Job.due_at)).where(
            jobs.Job.state == "waiting", jobs.Job.due_at <= clock.now()
        )
    )
    release()
    return oldest.timestamp() if oldest else None


def _families() -> Iterable[Metric]:
    yield _gauge(
        "uptime_seconds", "Seconds since this process started", time.monotonic() - _started
    )
    hits = CounterMetricFamily(
        "commentsvc_cached_answers", "Cached responses sent", labels=("kind", "status")
    )
    for (kind, status), count in list(observe.CACHED.items()):
        hits.add_metric((kind, str(status)), count)
    yield hits
    try:
        yield from _of_database()
    except Exception:
        forget()
        yield _gauge("database_up", "Whether the database can be used", 0)
    yield from _of_scorer()


def _of_database() -> Iterable[Metric]:
    states = GaugeMetricFamily("commentsvc_jobs", "Jobs by state", labels=("state",))
    counted = dict(
        db.session.execute(
            select(jobs.Job.state, func.count())
            .where(jobs.Job.state.in_(("waiting", "running", "parked")))
            .group_by(jobs.Job.state)
        ).all()
    )
    for state in ("waiting", "running", "parked"):
        states.add_metric((state,), counted.get(state, 0))
    yield states
    oldest = _oldest_due()
    late = clock.now().timestamp() - oldest if oldest else 0.0
    yield _gauge("jobs_late_seconds", "How long the oldest due job has waited", late)
    # site by site, so that the queue's own index is used
    pending = select(func.count()).where(
        Comment.site_id.in_(select(Site.id)), Comment.status == "pending"
    )
    yield _gauge("comments_pending", "Comments waiting for review", db.session.scalar(pending))
    unscored = select(func.count()).where(Comment.unscored.is_not(None))
    yield _gauge("comments_unscored", "Comments without a score", db.session.scalar(unscored))
    if scheduled.plan().hours:
        saved = scheduled.last_at()
        age = (clock.now() - saved).total_seconds() if saved else math.inf  # none is on record
        yield _gauge("backup_age_seconds", "Seconds since the last scheduled backup", age)
    release()
    yield _gauge("database_up", "Whether the database can be used", 1)
    why = commits.why_not(db.engine)
    yield _gauge("database_writable", "Whether the database can be written to", why is None)


def _of_scorer() -> Iterable[Metric]:
    try:
        status = scorer().status()
    except Exception:
        yield _gauge("scorer_up", "Whether the scorer works", 0)
        return
    yield _gauge("scorer_up", "Whether the scorer works", status.state == "ok")
    yield _counter("scorer_texts", "Texts scored", status.scored)
    yield _counter("scorer_failures", "Texts that could not be scored", status.failures)
    if status.speed is not None:
        yield _gauge("scorer_seconds", "Average time per text", status.speed / 1000)
    yield from _of_members(status.members)


def _of_members(members: Sequence[ScorerStatus]) -> Iterable[Metric]:
    """Metrics of each scorer in a chain, by its place."""
    shown: tuple[tuple[Any, str, str, Callable[[ScorerStatus], float]], ...] = (
        (
            GaugeMetricFamily,
            "up",
            "Whether each scorer in a chain works",
            lambda each: each.state == "ok",
        ),
        (CounterMetricFamily, "texts", "Texts scored, by scorer", lambda each: each.scored),
        (
            CounterMetricFamily,
            "failures",
            "Texts that could not be scored, by scorer",
            lambda each: each.failures,
        ),
        (
            GaugeMetricFamily,
            "seconds",
            "Average time per text, by scorer",
            lambda each: (each.speed or 0) / 1000,
        ),
    )
    for kind, name, help, figure in shown if members else ():
        family = kind(f"commentsvc_scorer_member_{name}", help, labels=("place", "scorer"))
        for place, each in enumerate(members, 1):
            family.add_metric((str(place), each.name), float(figure(each)))
        yield family


def _gauge(name: str, help: str, value: Any) -> Metric:
    return GaugeMetricFamily(f"commentsvc_{name}", help, value=float(value or 0))


def _counter(name: str, help: str, value: Any) -> Metric:
    return CounterMetricFamily(f"commentsvc_{name}", help, value=float(value or 0))


class _Live:
    """Metrics that are read on request instead of being counted."""

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        return _families()


ProcessCollector(registry=observe.REGISTRY)
observe.REGISTRY.register(_Live())
