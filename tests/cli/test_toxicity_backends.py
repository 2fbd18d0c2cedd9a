"""`toxicity fetch`, `export` and `rescore` as a shell runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.cli import toxicity_add
from commentsvc.toxicity.backends import export

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
    for command in ("fetch", "add"):
        said = call("toxicity", command, spec)
        assert said.code == 2 and "detoxify:original-small" in said.err


def test_each_scorer_of_a_chain_has_its_status(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TOXICITY_BACKEND", f"embedded,onnx:{tmp_path},remote:http://127.0.0.1:9")
    said = call("toxicity", "status")
    assert said.code == 1
    first, second, third = (line for line in said.out.splitlines() if ": " in line)
    assert first.startswith("embedded ") and ": ok, ready, scores en" in first
    assert second.startswith("onnx none: missing, ") and third.startswith(
        "remote 127.0.0.1: broken"
    )
    state = json.loads(call("toxicity", "status", "--json").out)
    assert [each["name"] for each in state["members"]] == ["embedded", "onnx", "remote"]
    # the others are broken, and this text needs none of them
    scored = json.loads(call("toxicity", "score", "What an idiot", "--json").out)
    assert scored["values"]["toxicity"] > 0.5 and scored["model"].startswith("embedded/")


def test_texts_in_another_encoding_are_refused(call: Call) -> None:
    said = call("toxicity", "score", "x", "\udcff")
    assert said.code == 1 and "must be in UTF-8" in said.err


def test_a_wrong_chain_is_said_to_be(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        "“embedded” is named twice"
        in call("toxicity", "score", "x", "--backend", "embedded,embedded").err
    )
    monkeypatch.setenv("TOXICITY_BACKEND", "embedded,clairvoyant")
    said = call("toxicity", "status")
    assert said.code == 1 and "TOXICITY_BACKEND: “clairvoyant” is not one of" in said.err
    monkeypatch.setenv("TOXICITY_BACKEND", "embedded,onnx")
    assert "onnx: needs the folder" in call("toxicity", "status").err
    assert "TOXICITY_BACKEND: onnx: needs the folder" in call("run", "--port", "0").err


def test_add_says_what_the_export_needs_before_it_downloads(
    call: Call, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "NEEDED", ("no_such_package",))
    monkeypatch.setattr(toxicity_add, "by_export", lambda *_: json.dumps(export.lacking()))
    said = call("toxicity", "add", "--mirror", "http://127.0.0.1:9")
    assert said.code == 1 and "no_such_package must be installed" in said.err
    assert not (data_dir / "toxicity_backend").exists()
    monkeypatch.setattr(export, "NEEDED", ())
    offline = call("toxicity", "add", "--mirror", "http://127.0.0.1:9")
    assert offline.code == 1 and "multilingual_debiased-0b549669.ckpt" in offline.err


def test_what_cannot_be_exported(call: Call, tmp_path: Path) -> None:
    assert call("toxicity", "export", "embedded", "-o", str(tmp_path)).code == 2
    said = call("toxicity", "export", f"detoxify:{tmp_path}/no.ckpt", "-o", str(tmp_path / "out"))
    assert said.code == 1 and said.err
