"""`toxicity fetch`, `export` and `rescore` as a shell runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

Call = Callable[..., Any]
INIT = (
    "init", "--yes", "--email", "ada@example.org", "--name", "Ada", "--site", "The Post",
    "--origin", "https://post.example.org", "--key", "post",
)  # fmt: skip


def test_it_works(call: Call) -> None:
    call(*INIT)
    begun = call("toxicity", "rescore", "--days", "30", "--json")
    assert begun.code == 0, begun.err
    assert json.loads(begun.out) == {"comments": 0}
    assert "0 done, 0 left" in call("toxicity", "rescore", "--state").out
    again = call("toxicity", "rescore")
    assert again.code == 1 and "already" in again.err
    assert call("toxicity", "rescore", "--stop").out == "Stopped.\n"
    assert json.loads(call("toxicity", "rescore", "--state", "--json").out)["state"] == "done"


def test_what_another_scorer_would_change(call: Call) -> None:
    call(*INIT)
    said = call("toxicity", "rescore", "--compare", "embedded", "--site", "post", "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["compared"] == 0
    assert call("toxicity", "rescore", "--compare", "embedded").code == 2
    assert call("toxicity", "rescore", "--compare", "nonsense", "--site", "post").code == 2
    assert call("toxicity", "rescore", "--site", "nowhere").code == 1


def test_without_internet_fetch_says_what_to_bring(call: Call, tmp_path: Path) -> None:
    said = call(
        "toxicity", "fetch", "detoxify:original-small", "--to", str(tmp_path),
        "--mirror", "http://127.0.0.1:9",
    )  # fmt: skip
    assert said.code == 1 and said.out == ""
    assert "original-albert-0e1d6498.ckpt" in said.err and str(tmp_path) in said.err


@pytest.mark.parametrize("spec", ["detoxify:huge", "embedded", "nonsense"])
def test_what_cannot_be_fetched(call: Call, spec: str) -> None:
    said = call("toxicity", "fetch", spec)
    assert said.code == 2 and "detoxify:original-small" in said.err


def test_what_cannot_be_exported(call: Call, tmp_path: Path) -> None:
    assert call("toxicity", "export", "embedded", "-o", str(tmp_path)).code == 2
    said = call("toxicity", "export", f"detoxify:{tmp_path}/no.ckpt", "-o", str(tmp_path / "out"))
    assert said.code == 1 and said.err
