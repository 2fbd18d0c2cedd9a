"""Perspective's protocol as used by Coral: eight concurrent clients, typical comments."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from commentsvc.accounts import keys
from commentsvc.app import create_app
from commentsvc.server import upgrade

from . import ours, toxicity
from .tools import ROUNDS, Figures, best_of, load

CLIENTS = 8
_SCRIPT = """
local bodies, at = {}, 0
for line in io.lines("%s") do bodies[#bodies + 1] = line end
request = function()
  at = at %% #bodies + 1
  return wrk.format("POST", nil, {["Content-Type"] = "application/json"}, bodies[at])
end
"""


def coral(text: str) -> str:
    """The request that Coral sends about a comment."""
    asked = {
        "comment": {"text": text},
        "doNotStore": True,
        "requestedAttributes": {"TOXICITY": {}},
        "languages": ["en"],
    }
    return json.dumps(asked)


def run(figures: Figures) -> None:
    """Rate and latency of `comments:analyze` with the embedded model."""
    with ours.data("perspective") as folder, tempfile.TemporaryDirectory() as place:
        key = _key(folder)
        bodies = Path(place) / "bodies"
        bodies.write_text("".join(f"{coral(text)}\n" for text in toxicity.texts()))
        script = _SCRIPT % bodies
        with ours.server(folder) as (port, _):
            url = f"http://127.0.0.1:{port}/v1alpha1/comments:analyze?key={key}"
            load(url, connections=CLIENTS, seconds=2, script=script)
            (seen,) = best_of(ROUNDS, lambda: load(url, connections=CLIENTS, script=script))
    figures.add("analyze", f"requests a second, {CLIENTS} clients", seen.rate, "1/s")
    figures.add("analyze", "waiting time, median", seen.p50_ms, "ms")
    figures.add(
        "analyze", "waiting time, p99", seen.p99_ms, "ms", wanted="<= 50 ms", ok=seen.p99_ms <= 50
    )
    figures.add("analyze", "failed requests", seen.errors, wanted="0", ok=seen.errors == 0)


def _key(folder: Path) -> str:
    given = ours.settings(folder)
    app = create_app(given)
    upgrade(app, given)
    with app.app_context():
        return keys.add_key(label="bench", scopes=["analyze"], quota="1000000/minute")
