"""One process that holds a heavy model (`child.py`): start it, ask it, end it. Without a queue."""

from __future__ import annotations

import itertools
import json
import queue
import subprocess
import sys
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..scorer import Reason

START_SECONDS = 180.0  # torch loads slowly on a small machine

Rows = list[list[float]]

_LAST_WORDS = 1.0
"""Seconds in which what an ended process wrote last is read to its end."""

#: Loads our package from its folder and nothing else of ours, under any Python.
_BOOT = (
    "import importlib.util as u, sys\n"
    "s = u.spec_from_file_location('commentsvc', sys.argv[1] + '/__init__.py',"
    " submodule_search_locations=[sys.argv[1]])\n"
    "m = u.module_from_spec(s); sys.modules['commentsvc'] = m; s.loader.exec_module(m)\n"
    "from importlib import import_module\n"
    "sys.exit(import_module('commentsvc.toxicity.backends.' + sys.argv[2]).main(sys.argv[3:]))\n"
)


def command(module: str, *arguments: str, beside: Path | None = None) -> list[str]:
    """The command that runs `commentsvc.toxicity.backends.MODULE` in a process of its own. It uses
    a dedicated Python if there is one: a virtual environment `venv` in the folder `beside`, or in
    the one above."""
    python = sys.executable
    for folder in (beside, beside.parent) if beside else ():
        if (own := folder / "venv" / "bin" / "python").exists():
            python = str(own)
            break
    return [python, "-P", "-c", _BOOT, str(Path(__file__).parents[2]), module, *arguments]


class Gone(Exception):
    """The process ended or did not answer; `reason` is what its texts are unscored for."""

    def __init__(self, why: str, reason: Reason) -> None:
        super().__init__(why)
        self.reason: Reason = reason


@dataclass(frozen=True)
class Ready:
    """What a process reports about its loaded model."""

    labels: tuple[str, ...]
    version: str
    load_ms: float


class Child:
    """One running process. Not thread-safe."""

    def __init__(self, command: Sequence[str], *, start_seconds: float = START_SECONDS) -> None:
        """Start the process and wait until the model is loaded. Raises `Gone`."""
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._said: deque[str] = deque(maxlen=5)
        self._numbers = itertools.count()
        try:
            self._process = subprocess.Popen(
                list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
        except OSError as error:
            raise Gone(f"it cannot be started: {error.strerror}", "model_missing") from error
        self.pid = self._process.pid
        threading.Thread(target=self._read, name="scorer-out", daemon=True).start()
        self._errors = threading.Thread(target=self._read_errors, name="scorer-err", daemon=True)
        self._errors.start()
        first = self._next(start_seconds)
        if failed := first.get("failed"):
            self.kill()
            missing = failed.get("kind") == "missing"
            raise Gone(str(failed.get("message")), "model_missing" if missing else "model_broken")
        said = first.get("ready") or {}
        self.ready = Ready(
            tuple(said.get("labels", ())),
            str(said.get("version", "")),
            float(said.get("load_ms", 0)),
        )

    def score(self, texts: Sequence[str], *, seconds: float) -> Rows:
        """Rows of probabilities. Raises `Gone`, after which the process has ended."""
        number = next(self._numbers)
        line = json.dumps({"id": number, "texts": list(texts)}).encode() + b"\n"
        # a process that does not even read would block us here forever
        watch = threading.Timer(seconds, self._process.kill)
        watch.start()
        try:
            self._stdin.write(line)
            self._stdin.flush()
        except (OSError, ValueError) as error:
            self.kill()
            raise Gone(self._last_words(), "failed") from error
        finally:
            watch.cancel()
        answer = self._next(seconds)
        rows = answer.get("scores")
        if answer.get("id") != number or not isinstance(rows, list) or len(rows) != len(texts):
            self.kill()
            raise Gone("its answer does not match the request", "failed")
        return rows

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process at once, and wait until it has exited."""
        self._process.kill()
        with suppress(OSError):
            self._stdin.close()
        self._process.wait()

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    def _next(self, seconds: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            self.kill()
            raise Gone(
                f"it did not answer for {seconds:.0f} seconds and was stopped", "slow"
            ) from None
        if line is None:
            self.kill()
            raise Gone(self._last_words(), "failed")
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        return value if isinstance(value, dict) else {}

    def _last_words(self) -> str:
        code = self._process.poll()
        self._errors.join(_LAST_WORDS)
        last = f": {self._said[-1]}" if self._said else ""
        return f"it ended (status {code}){last}"

    def _read(self) -> None:
        assert self._process.stdout is not None
        with suppress(ValueError):
            for line in self._process.stdout:
                self._lines.put(line)
        self._lines.put(None)

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        with suppress(ValueError):
            for line in self._process.stderr:
                if text := line.decode("utf-8", "replace").strip():
                    self._said.append(text[:300])
