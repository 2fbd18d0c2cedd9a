"""The child process of `process.py`: it loads one heavy model and scores the texts it is sent.

It may run under another Python than the server, so it and its modules import nothing of ours but
their siblings, and at the top only the standard library.

The protocol is lines of JSON: first {"ready": {...}} or {"failed": {"kind", "message"}} out, then
for each {"id", "texts"} in, one {"id", "scores"} out.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from importlib import import_module
from typing import Any, Protocol

_MODULES = {"detoxify": "checkpoint", "onnx": "onnx_model"}


class NotThere(Exception):
    """A file or a library is missing; the message says which, and what to do."""


class Unusable(Exception):
    """The files exist but cannot be used; the message says why."""


class Model(Protocol):
    """The result of a module's `load(argument)`."""

    labels: tuple[str, ...]
    version: str

    def score(self, texts: list[str]) -> list[list[float]]:
        """Probabilities, a row per text in the order of `labels`."""
        ...


def main(arguments: list[str]) -> int:
    """`KIND ARGUMENT`: load, report, then answer requests until stdin closes."""
    kind, argument = arguments
    # What libraries print must not mix with the answers.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    begun = time.perf_counter()
    try:
        model: Model = import_module(f"commentsvc.toxicity.backends.{_MODULES[kind]}").load(
            argument
        )
        model.score(["This is a first sentence, to have everything in place."])
    except Exception as error:
        failed = "missing" if isinstance(error, NotThere) else "broken"
        _say(out, failed={"kind": failed, "message": _in_words(error)})
        return 1
    ready = {
        "labels": list(model.labels),
        "version": model.version,
        "load_ms": (time.perf_counter() - begun) * 1000,
    }
    _say(out, ready=ready)
    for request in _requests():
        _say(out, id=request["id"], scores=model.score(request["texts"]))
    return 0


def _requests() -> Any:
    """The requests, until stdin closes: then this process exits at once, even in the middle of a
    batch, so that a dead server leaves nothing behind."""
    asked: queue.Queue[Any] = queue.Queue()

    def read() -> None:
        for line in sys.stdin.buffer:
            asked.put(json.loads(line))
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield asked.get()


def _say(out: Any, **facts: Any) -> None:
    out.write(json.dumps(facts) + "\n")
    out.flush()


def _in_words(error: Exception) -> str:
    if isinstance(error, NotThere | Unusable):
        return str(error)
    if isinstance(error, ModuleNotFoundError):
        return f"the Python package {error.name} is not installed"
    return f"{type(error).__name__}: {error}"[:500]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
