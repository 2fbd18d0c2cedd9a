"""An exported model and its tokenizer, run by ONNX Runtime in the scorer's process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .child import NotThere, Unusable

CARD = "card.json"
FULL, SMALL = "model.onnx", "model.int8.onnx"
_AT_ONCE = 16
_MOST_THREADS = 4


@dataclass(frozen=True)
class Onnx:
    """A session with its tokenizer and the names of its outputs."""

    session: Any
    tokenizer: Any
    inputs: tuple[str, ...]
    labels: tuple[str, ...]
    version: str

    def score(self, texts: list[str]) -> list[list[float]]:
        """Probabilities, in chunks that fit into memory."""
        import numpy as np

        rows: list[list[float]] = []
        for at in range(0, len(texts), _AT_ONCE):
            read = self.tokenizer.encode_batch(texts[at : at + _AT_ONCE])
            given = {
                "input_ids": [each.ids for each in read],
                "attention_mask": [each.attention_mask for each in read],
                "token_type_ids": [each.type_ids for each in read],
            }
            feed = {name: np.array(given[name], dtype=np.int64) for name in self.inputs}
            (logits,) = self.session.run(["logits"], feed)
            values = 1 / (1 + np.exp(-logits[:, : len(self.labels)].astype(np.float64)))
            rows.extend(values.tolist())
        return rows


def load(argument: str) -> Onnx:
    """The model in a folder (the small one first), or in a file. Raises `NotThere`, `Unusable`."""
    path = Path(argument)
    if path.is_dir():
        path = path / SMALL if (path / SMALL).is_file() else path / FULL
    folder = path.parent
    for file in (path, folder / CARD, folder / "tokenizer.json"):
        if not file.is_file():
            raise NotThere(
                f"there is no {file}: create the folder with commentsvc toxicity export "
                f"detoxify:original -o {folder}"
            )
    try:
        import onnxruntime
        from tokenizers import Tokenizer
    except ModuleNotFoundError as error:
        raise NotThere(
            f'the Python package {error.name} is not installed: run pip install "commentsvc[onnx]"'
        ) from error
    card = _card(folder / CARD)
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        session = _session(onnxruntime, path)
    except Exception as error:  # each library raises its own exceptions, without a common base
        raise Unusable(f"{path} cannot be used: {str(error)[:200]}") from error
    tokenizer.enable_truncation(int(card["max_tokens"]))
    tokenizer.enable_padding(pad_id=int(card["pad_id"]), pad_token=str(card["pad_token"]))
    inputs = tuple(each.name for each in session.get_inputs())
    kind = "int8" if path.name == SMALL else "fp32"
    return Onnx(session, tokenizer, inputs, tuple(card["labels"]), f"{card['version']}-{kind}")


def _card(path: Path) -> dict[str, Any]:
    try:
        card: dict[str, Any] = json.loads(path.read_text("utf-8"))
        for name in ("labels", "version", "max_tokens", "pad_id", "pad_token", "languages"):
            card[name]
    except (ValueError, KeyError, TypeError) as error:
        raise Unusable(f"{path} is not the card of an export: {error}") from error
    return card


def _session(onnxruntime: Any, path: Path) -> Any:
    import os

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(_MOST_THREADS, os.cpu_count() or 1)
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
