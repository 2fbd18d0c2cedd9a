"""A process that scores by the letters of a text: what the tests of `process.py` start in place of a
heavy model. Commands inside texts make it misbehave; the first argument says how it starts."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path


def say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


def one(text: str) -> list[float]:
    if "CRASH" in text:
        print("out of memory, say", file=sys.stderr, flush=True)
        os._exit(9)
    if "KILL" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "HANG" in text:
        time.sleep(600)
    if "SLOW" in text:
        time.sleep(0.3)
    if "NAN" in text:
        return [float("nan")] * 6
    if "BIG" in text:
        return [7.0] * 6
    return [0.9 if "idiot" in text else 0.1] * 6


def main() -> None:
    how, log = sys.argv[1], Path(sys.argv[2])
    with log.open("a") as file:
        file.write(f"start {os.getpid()}\n")
    if how == "missing":
        say(failed={"kind": "missing", "message": "there is no checkpoint at /nowhere"})
        return
    if how == "broken":
        say(failed={"kind": "broken", "message": "it is truncated"})
        return
    if how == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    labels = ["toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack"]
    say(ready={"labels": labels, "version": "fake-1", "load_ms": 1.0})
    if how == "deaf":
        time.sleep(600)
    for line in sys.stdin:
        request = json.loads(line)
        with log.open("a") as file:
            file.write(f"batch {len(request['texts'])}\n")
        if any("GARBAGE" in text for text in request["texts"]):
            print("not json at all", flush=True)
            continue
        say(id=request["id"], scores=[one(text) for text in request["texts"]])


main()
