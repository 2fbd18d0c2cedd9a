"""The heavy scorers compared with ours: a network of BERT's size in torch, in ONNX, and with
8-bit weights.

Random weights, because they do not affect the time. CPU time on one thread, for a comment
of typical length. Needs `.venv-detoxify` (created by `make test-detoxify`); without it,
nothing is measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from commentsvc.toxicity.backends.spawn import command

from . import toxicity
from .tools import ROOT, Figures

PYTHON = ROOT / ".venv-detoxify" / "bin" / "python"
COUNT = 24

#: A checkpoint in detoxify's format: BERT-base, with a vocabulary of the measured words.
_MAKE = """
import json, sys, torch, transformers
folder, words = sys.argv[1], json.load(sys.stdin)
words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]
words += [f"[unused{n}]" for n in range(30522 - len(words))]
open(folder + "/vocab.txt", "w").write("\\n".join(words))
config = transformers.BertConfig(num_labels=6)
config.save_pretrained(folder)
network = transformers.BertForSequenceClassification(config)
names = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"]
arguments = {"num_classes": 6, "model_type": "bert-base-uncased",
             "model_name": "BertForSequenceClassification", "tokenizer_name": "BertTokenizer"}
torch.save({"config": {"arch": {"args": arguments}, "dataset": {"args": {"classes": names}}},
            "state_dict": network.state_dict()}, folder + "/base.ckpt")
"""
#: Times one kind of model in a separate process, as the server runs it but on one thread.
_TIME = """
import json, sys, time
from importlib import import_module
root, module, argument = sys.argv[1:]
import importlib.util as u
s = u.spec_from_file_location("commentsvc", root + "/__init__.py", submodule_search_locations=[root])
m = u.module_from_spec(s); sys.modules["commentsvc"] = m; s.loader.exec_module(m)
if module == "checkpoint":
    import torch
    torch.set_num_threads(1)
else:
    import os
    os.cpu_count = lambda: 1
model = import_module("commentsvc.toxicity.backends." + module).load(argument)
texts = json.load(sys.stdin)
model.score(texts[:1])
taken = []
for text in texts:
    begun = time.process_time()
    model.score([text])
    taken.append((time.process_time() - begun) * 1000)
print(json.dumps(sorted(taken)))
"""


def run(figures: Figures) -> None:
    """Median CPU time of each, and how many times faster ours is in the same run."""
    if not PYTHON.exists():
        print("Without .venv-detoxify (make test-detoxify) this is left out.", file=sys.stderr)
        return
    sample = toxicity.texts()
    ours = toxicity.measure("embedded", sample)["p50_ms"]
    texts = sorted(sample, key=len)
    texts = texts[len(texts) // 2 - COUNT // 2 :][:COUNT]  # around the median length
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        words = sorted({word.lower() for text in texts for word in text.split()})
        _call([str(PYTHON), "-c", _MAKE, name], words)
        exported = folder / "onnx"
        export = command("export", name, str(exported))
        _call([str(PYTHON), *export[1:]], None)
        found = {
            "torch": _times("checkpoint", name, texts),
            "onnx": _times("onnx_model", str(exported / "model.onnx"), texts),
            "int8": _times("onnx_model", str(exported), texts),
        }
    figures.add("heavy", "embedded, a comment of median length", ours, "ms")
    for kind, title in (("torch", "torch"), ("onnx", "ONNX"), ("int8", "ONNX, 8-bit weights")):
        figures.add("heavy", f"BERT-size network, {title}", found[kind], "ms")
    times = found["torch"] / ours
    figures.add("heavy", "embedded faster than torch", times, "x", wanted=">= 300", ok=times >= 300)
    times = found["torch"] / found["int8"]
    figures.add("heavy", "8-bit export faster than torch", times, "x", wanted=">= 3", ok=times >= 3)


def _times(module: str, argument: str, texts: list[str]) -> float:
    package = str(ROOT / "commentsvc")
    taken = json.loads(_call([str(PYTHON), "-c", _TIME, package, module, argument], texts))
    return float(taken[len(taken) // 2])


def _call(parts: list[str], given: Any) -> str:
    done = subprocess.run(
        parts, input=json.dumps(given), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""
