"""The alert rules and the dashboard to copy: Prometheus reads them, and the metrics they ask for exist."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from commentsvc.core.backups import scheduled
from commentsvc.toxicity.scorer import scorer
from tests.deploy.proxies import DEPLOY
from tests.manual import pages

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = DEPLOY / "prometheus" / "alerts.yml"
BOARD = json.loads((DEPLOY / "grafana" / "commentsvc.json").read_text("utf-8"))
#: Prometheus makes this one itself, of every address it asks.
_ITS_OWN = {"up"}


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[tuple[str, str]]:
    """(title, question) of all panels, with Grafana's own variables filled in."""
    return [
        (
            panel["title"],
            target["expr"].replace("$__rate_interval", "5m").replace("$instance", ".*"),
        )
        for panel in BOARD["panels"]
        for target in panel["targets"]
    ]


ASKED = [*((rule["alert"], rule["expr"]) for rule in rules()), *panels()]


def selectors(node: Any) -> Iterator[Any]:
    """The metrics that a question reads, with the labels it chooses them by."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node
    for name in ("expr", "lhs", "rhs", "vector_selector", "param"):
        if (inner := getattr(node, name, None)) is not None:
            yield from selectors(inner)
    for inner in getattr(node, "args", None) or ():
        yield from selectors(inner)


@pytest.fixture
def told(client, app, cast, monkeypatch) -> dict[str, set[str]]:
    """What /metrics tells: name -> its labels. A chain of scorers and a schedule are there, too."""
    status = scorer().status()
    chain = type(status)(**{**vars(status), "members": (status,), "speed": 1.0})
    monkeypatch.setattr(scorer(), "status", lambda: chain)
    before = scheduled.plan()
    scheduled.plan.install(app, scheduled.Plan(before.folder, hours=24, keep=1))
    client.get("/api/v1/sites/harbour")
    from commentsvc import observe

    observe.cached_answer("page", 200)
    body = client.get("/metrics").text
    scheduled.plan.install(app, before)
    return {
        sample.name: set(sample.labels)
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }


def test_it_works(told: dict[str, set[str]]) -> None:
    """Every metric that is asked for is told, with the labels it is chosen by."""
    assert len(ASKED) > 30
    for title, question in ASKED:
        found = list(selectors(promql_parser.parse(question)))
        assert found, title
        for each in found:
            assert each.name in {*told, *_ITS_OWN}, (title, each.name)
            labels = {matcher.name for matcher in each.matchers.matchers} - {"job", "instance"}
            assert labels <= told.get(each.name, set()), (title, each.name, labels)


def test_what_the_manual_says_to_watch_has_a_rule() -> None:
    section = pages()["docs/operation.md"].split("## Health and metrics")[1].split("\n## ")[0]
    watched = set(re.findall(r"^\| `(commentsvc_\w+)", section, re.MULTILINE))
    asked = {each.name for _, expr in ASKED for each in selectors(promql_parser.parse(expr))}
    alerts = {
        each.name for rule in rules() for each in selectors(promql_parser.parse(rule["expr"]))
    }
    assert watched and {each.removesuffix("_total") for each in alerts | asked}
    assert {each for each in watched if each != "commentsvc_request_seconds"} <= alerts
    assert "commentsvc_request_seconds_bucket" in alerts


def test_each_rule_says_what_to_do() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names)) > 8
    for rule in rules():
        assert rule["labels"]["severity"] in ("critical", "warning", "info"), rule["alert"]
        assert set(rule["annotations"]) == {"summary", "description"}, rule["alert"]
        assert re.fullmatch(r"\d+[mh]", rule["for"]), rule["alert"]


def test_the_dashboard_can_be_imported() -> None:
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(ids) == len(set(ids)) and BOARD["uid"] == "commentsvc"
    names = {each["name"] for each in BOARD["templating"]["list"]}
    used = set(re.findall(r"\$\{?(\w+)", json.dumps(BOARD["panels"]))) - {"__rate_interval"}
    assert used == names
    for panel in BOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, panel["title"]


@pytest.mark.skipif(not shutil.which("promtool"), reason="needs promtool (Debian: prometheus)")
def test_prometheus_itself_reads_the_rules() -> None:
    subprocess.run(["promtool", "check", "rules", str(RULES)], check=True, capture_output=True)
