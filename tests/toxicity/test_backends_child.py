"""The process's own side: what it says first, that prints do not disturb it, that it never stays."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from commentsvc.toxicity.backends.spawn import command

ROOT = Path(__file__).resolve().parents[2]

#: A module in place of `checkpoint.py`, so that no torch is needed.
FAKE = """
import sys, types, time
from commentsvc.toxicity.backends import child
class Model:
    labels, version = ("toxicity",), "v"
    def score(self, texts):
        print("a library says something")
        if "HANG" in texts: time.sleep(60)
        return [[0.5] for _ in texts]
def load(argument):
    if argument == "missing": raise child.NotThere("bring it")
    if argument == "broken": raise child.Unusable("truncated")
    if argument == "package": import a_package_that_is_nowhere
    if argument == "odd": raise RuntimeError("boom")
    return Model()
module = types.ModuleType("commentsvc.toxicity.backends.checkpoint")
module.load = load
sys.modules[module.__name__] = module
sys.exit(child.main(["detoxify", sys.argv[1]]))
"""


def start(argument: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", FAKE, argument],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT,
    )  # fmt: skip


def line(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def ask(process: subprocess.Popen[bytes], *texts: str) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps({"id": 7, "texts": texts}).encode() + b"\n")
    process.stdin.flush()


def test_it_works_and_prints_do_not_get_between() -> None:
    with start("fine") as process:
        assert line(process)["ready"]["labels"] == ["toxicity"]
        ask(process, "a", "b")
        assert line(process) == {"id": 7, "scores": [[0.5], [0.5]]}
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(60) == 0


@pytest.mark.parametrize(
    ("argument", "kind", "message"),
    [
        ("missing", "missing", "bring it"),
        ("broken", "broken", "truncated"),
        ("package", "broken", "a_package_that_is_nowhere is not installed"),
        ("odd", "broken", "RuntimeError: boom"),
    ],
)
def test_what_cannot_be_loaded_is_said(argument: str, kind: str, message: str) -> None:
    with start(argument) as process:
        failed = line(process)["failed"]
        assert failed["kind"] == kind and message in failed["message"]
        assert process.wait(60) == 1


def test_it_ends_with_its_server_even_in_the_middle_of_a_text() -> None:
    with start("fine") as process:
        line(process)
        ask(process, "HANG")
        time.sleep(0.2)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(60) == 0


def test_another_python_loads_our_package_from_here_and_nothing_else(tmp_path: Path) -> None:
    """The command runs from any folder, and without what the server has installed."""
    parts = command("child", "onnx", str(tmp_path / "nothing"))
    bare = [parts[0], "-S", *parts[1:]]  # no site-packages at all
    done = subprocess.run(bare, capture_output=True, cwd=tmp_path, timeout=30, check=False)
    failed = json.loads(done.stdout)["failed"]
    assert failed["kind"] == "missing" and "commentsvc toxicity export" in failed["message"]


def test_a_python_made_for_models_is_used(tmp_path: Path) -> None:
    assert command("child", beside=tmp_path / "original")[0] == sys.executable
    own = tmp_path / "venv" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.touch()
    assert command("child", beside=tmp_path / "original")[0] == str(own)
