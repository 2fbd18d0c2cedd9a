"""Clients made for Google's API score a comment here with only the address changed."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from googleapiclient import discovery
from googleapiclient.errors import HttpError
from werkzeug.serving import WSGIRequestHandler, make_server

from commentsvc.accounts import keys
from commentsvc.toxicity.backends.remote import make as remote
from commentsvc.toxicity.scorer import Scores, Unscored
from tests.answering import answering

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
NODE_PACKAGES = ROOT / ".testdeps" / "node_modules"


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@pytest.fixture
def root(app: Flask) -> Iterator[str]:
    """The address of a running server."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    with answering(server):
        yield f"http://127.0.0.1:{server.port}/"


@pytest.fixture
def key(app: Flask) -> str:
    return keys.add_key(label="test", scopes=["analyze"])


def google(root: str, key: str) -> Any:
    return discovery.build(
        "commentanalyzer",
        "v1alpha1",
        developerKey=key,
        discoveryServiceUrl=f"{root}$discovery/rest?version=v1alpha1",
        static_discovery=False,
    )


BODY = {
    "comment": {"text": "What an idiot"},
    "requestedAttributes": {"TOXICITY": {}, "THREAT": {}},
    "languages": ["en"],
}


def test_googles_python_client(root: str, key: str) -> None:
    comments = google(root, key).comments()
    answer = comments.analyze(body=BODY).execute()
    assert answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"] == 0.95
    suggested = {"TOXICITY": {"summaryScore": {"value": 0.0}}}
    body = {"comment": {"text": "hello"}, "attributeScores": suggested, "clientToken": "7"}
    assert comments.suggestscore(body=body).execute()["clientToken"] == "7"


def test_googles_python_client_reads_our_errors(root: str, key: str) -> None:
    comments = google(root, key).comments()
    with pytest.raises(HttpError) as caught:
        comments.analyze(body={**BODY, "comment": {"text": "a ?? language"}}).execute()
    assert caught.value.resp.status == 400
    assert "does not support request languages" in caught.value.reason
    assert caught.value.error_details[0]["errorType"] == "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"
    with pytest.raises(HttpError, match="API key not valid"):
        google(root, "wrong").comments().analyze(body=BODY).execute()


@pytest.mark.parametrize("client", ["google", "perspective-api-client"])
def test_clients_from_npm(root: str, key: str, client: str) -> None:
    done = subprocess.run(
        ["node", str(Path(__file__).with_name("clients.cjs")), client, root, key],
        env={**os.environ, "NODE_PATH": str(NODE_PACKAGES)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    scores = json.loads(done.stdout)["attributeScores"]
    assert scores["TOXICITY"]["summaryScore"]["value"] == 0.95


def test_another_commentsvc(root: str, key: str) -> None:
    scorer = remote(f"{root}?key={key}")
    toxic, fine, foreign = scorer.score(["What an idiot", "Hello", "a ?? language"])
    assert isinstance(toxic, Scores) and isinstance(fine, Scores)
    assert toxic.values["toxicity"] == 0.95 and toxic.values["threat"] == 0.01
    assert isinstance(foreign, Unscored) and foreign.reason == "language"
    assert scorer.status().state == "ok"
