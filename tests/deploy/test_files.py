"""The image, the compose files, Kubernetes' files and the service: what they name is there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import click
import pytest
import yaml

from commentsvc.cli import cli
from commentsvc.settings import Settings
from tests.answering import answering
from tests.deploy.proxies import DEPLOY

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

ROOT = DEPLOY.parent
IMAGE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
NAMES = {each.name.upper() for each in fields(Settings)}
COMPOSE = ["compose.yaml", "compose.scale.yaml"]


def read(name: str) -> list[Any]:
    """The documents of a YAML file."""
    return list(yaml.safe_load_all((DEPLOY / name).read_text("utf-8")))


def are_settings(given: Any) -> bool:
    return {each.removesuffix("_FILE") for each in given} <= NAMES


# --- the image ------------------------------------------------------------------------------------


def test_it_works() -> None:
    """All that the image is built from is there, and sent to the builder."""
    sent = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    }
    copied = re.findall(r"^COPY (?!--from)(.+)", IMAGE, re.MULTILINE)
    sources = {each for line in copied for each in line.split()[:-1]}
    assert sources == sent and all((ROOT / each).exists() for each in sources)
    given = re.search(r"^ENV (.+)", IMAGE, re.MULTILINE)
    assert given
    names = {pair.partition("=")[0] for pair in given[1].split()}
    assert {"DATA_DIR", "HOST", "PORT"} <= names <= NAMES | {"PATH", "PYTHONDONTWRITEBYTECODE"}
    assert re.search(r"^USER 10001:10001$", IMAGE, re.MULTILINE)


def test_the_image_has_all_that_the_package_is_made_of() -> None:
    """Nothing that the wheel takes is missing in the builder."""
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    included = re.findall(r'^"(\w+)" = "commentsvc/', project, re.MULTILINE)
    copied = " ".join(re.findall(r"^COPY (?!--from)(.+)", IMAGE, re.MULTILINE))
    assert included and all(
        each in copied.split() for each in [*included, "commentsvc", "README.md"]
    )


class _Healthz(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_health_check_asks_the_server(
    status: int, healthy: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = re.search(r"^HEALTHCHECK .*?CMD (\[.+\])", IMAGE, re.MULTILINE)
    assert found
    _, *arguments = json.loads(found[1])
    monkeypatch.setattr(_Healthz, "status", status)
    with answering(HTTPServer(("127.0.0.1", 0), _Healthz)) as server:
        port = str(server.server_address[1])
        done = subprocess.run(
            [sys.executable, *arguments], env={"PORT": port}, check=False, capture_output=True
        )
    assert (done.returncode == 0) == healthy


# --- compose --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMPOSE)
def test_compose_names_what_is_there(name: str) -> None:
    (found,) = read(name)
    ours = [each for each in found["services"].values() if each.get("image") == "commentsvc"]
    assert ours
    subnet = found["networks"]["front"]["ipam"]["config"][0]["subnet"]
    for each in ours:
        assert (
            are_settings(each["environment"]) and each["environment"]["TRUSTED_PROXIES"] == subnet
        )
        assert each["read_only"] and each["cap_drop"] == ["ALL"] and each["tmpfs"] == ["/tmp"]
        assert (DEPLOY / each["build"] / "Dockerfile").exists()
        command = [word for word in each.get("command", ["run"]) if not word.startswith("-")]
        assert cli.get_command(click.Context(cli), command[0])
        for secret in each.get("secrets", ()):
            assert secret in found["secrets"]
    for each in found["services"].values():
        for mount in each.get("volumes", ()):
            source = mount.partition(":")[0]
            known = source in found["volumes"] or source == "./secrets"  # which its owner creates
            assert known or (DEPLOY / source).exists(), mount


# --- Kubernetes -----------------------------------------------------------------------------------


def test_kubernetes_names_what_is_there(app: Flask) -> None:
    (kustomization,) = read("kubernetes/kustomization.yaml")
    files = {path.name for path in (DEPLOY / "kubernetes").glob("*.yaml")} - {"kustomization.yaml"}
    assert set(kustomization["resources"]) == files
    lines = (DEPLOY / "kubernetes" / "settings.env").read_text().split()
    assert are_settings(line.partition("=")[0] for line in lines)
    docs = (ROOT / "docs" / "install.md").read_text("utf-8")
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    for name in ("web", "worker"):
        (found,) = read(f"kubernetes/{name}.yaml")
        pod = found["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert cli.get_command(click.Context(cli), container["args"][0])
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert pod["securityContext"]["runAsUser"] == 10001
        for each in container["env"]:
            assert are_settings([each["name"]])
            assert f"--from-literal={each['value'].rpartition('/')[2]}=" in docs
        probes = [container[key]["httpGet"]["path"] for key in container if key.endswith("Probe")]
        assert set(probes) <= rules


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_kustomize_builds_it() -> None:
    folder = str(DEPLOY / "kubernetes")
    built = subprocess.run(
        ["kubectl", "kustomize", folder], capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    kinds = [each["kind"] for each in yaml.safe_load_all(built.stdout)]
    assert kinds.count("Deployment") == 2 and "ConfigMap" in kinds


# --- Traefik --------------------------------------------------------------------------------------


def test_traefik_routes_to_us(app: Flask) -> None:
    (found,) = read("traefik/commentsvc.yaml")
    services = found["http"]["services"]
    for each in found["http"]["routers"].values():
        assert each["service"] in services and each["rule"].startswith("Host(`")
    (service,) = services.values()
    assert service["loadBalancer"]["passHostHeader"]
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert service["loadBalancer"]["healthCheck"]["path"] in rules


# --- systemd --------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_understands_the_service(tmp_path: Path) -> None:
    text = (DEPLOY / "commentsvc.service").read_text("utf-8")
    assert "DATA_DIR=/var/lib/comments\n" in text and "StateDirectory=comments\n" in text
    unit = tmp_path / "commentsvc.service"
    unit.write_text(text.replace("/opt/commentsvc/bin/commentsvc", sys.executable))
    seen = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert "commentsvc.service" not in seen.stderr, seen.stderr
