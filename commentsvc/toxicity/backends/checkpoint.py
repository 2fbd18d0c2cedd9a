"""Load a checkpoint in detoxify's format without trusting it, and run its network.

Runs in the scorer's own process (`child.py`). Needs torch and transformers, not detoxify itself,
which unpickles whatever the file holds and asks the hub for the configuration even if it has it.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .child import NotThere, Unusable
from .variants import VARIANTS, Variant, absent, missing_files

MOST_TOKENS = 512
_AT_ONCE = 16

#: Network -> its tokenizer, as detoxify's checkpoints name them; no other class is ever created.
CLASSES = {
    "BertForSequenceClassification": "BertTokenizer",
    "AlbertForSequenceClassification": "AlbertTokenizer",
    "RobertaForSequenceClassification": "RobertaTokenizer",
    "XLMRobertaForSequenceClassification": "XLMRobertaTokenizer",
    "DistilBertForSequenceClassification": "DistilBertTokenizer",
}
RENAMED = {
    "toxic": "toxicity",
    "severe_toxic": "severe_toxicity",
    "identity_hate": "identity_attack",
    "sexually_explicit": "sexual_explicit",
}


@dataclass(frozen=True)
class Found:
    """The files of a model; `folder` holds configuration and vocabulary; None: the hub's cache."""

    checkpoint: Path
    folder: Path | None


@dataclass(frozen=True)
class Checkpoint:
    """A loaded network with its tokenizer and the names of its outputs."""

    model: Any
    tokenizer: Any
    labels: tuple[str, ...]
    version: str

    def score(self, texts: list[str]) -> list[list[float]]:
        """Probabilities, in chunks that fit into memory; NaN for outputs that are not finite."""
        import torch

        rows: list[list[float]] = []
        with torch.inference_mode():
            for at in range(0, len(texts), _AT_ONCE):
                inputs = self.tokens(texts[at : at + _AT_ONCE])
                outputs = torch.sigmoid(self.model(**inputs)[0].float())
                rows.extend(outputs[:, : len(self.labels)].tolist())
        return [[x if math.isfinite(x) else math.nan for x in row] for row in rows]

    def tokens(self, texts: list[str]) -> Any:
        """The network's input, padded to the longest of these texts."""
        return self.tokenizer(
            texts, return_tensors="pt", truncation=True, max_length=MOST_TOKENS, padding=True
        )


def load(argument: str) -> Checkpoint:
    """The model in `PATH` or `PATH?config=FOLDER`. Raises `NotThere` or `Unusable`."""
    found = find(argument)
    try:
        import torch
        import transformers
    except ModuleNotFoundError as error:
        raise NotThere(
            f"the Python package {error.name} is not installed: run pip install "
            '"commentsvc[detoxify]", or create a separate environment for it (docs/scorers.md)'
        ) from error
    transformers.logging.set_verbosity_error()
    held = _held(torch, found.checkpoint)
    arguments, labels = _described(held, found.checkpoint)
    folder = found.folder or _local(arguments["model_type"])
    source = str(folder or arguments["model_type"])
    try:
        network = _network(transformers, arguments, source)
        tokenizer = _tokenizer(transformers, arguments, source)
    except (OSError, ValueError) as error:
        raise NotThere(
            f"the configuration and tokenizer of {arguments['model_type']} are not on this machine: put "
            f"config.json and the tokenizer's files next to {found.checkpoint.name}"
        ) from error
    _fill(network, held["state_dict"], found.checkpoint)
    network.eval()
    return Checkpoint(network, tokenizer, labels, _version(found.checkpoint))


def find(argument: str) -> Found:
    """The checkpoint and its configuration, in one folder or two. Raises `NotThere`, `Unusable`."""
    name, _, config = argument.partition("?config=")
    path, folder = Path(name), Path(config) if config else None
    if path.is_dir():
        files = sorted(path.glob("*.ckpt"))
        if len(files) > 1:
            raise Unusable(f"{path} contains several checkpoints: name one of them")
        checkpoint = files[0] if files else None
    else:
        checkpoint = path if path.is_file() else None
    if checkpoint is None:
        return _in_cache(path)
    if folder is not None and not (folder / "config.json").is_file():
        raise NotThere(f"there is no config.json in {folder}")
    if folder is None and (checkpoint.parent / "config.json").is_file():
        folder = checkpoint.parent
    return Found(checkpoint, folder)


def _in_cache(path: Path) -> Found:
    """A published model where detoxify itself stores it (torch's hub folder)."""
    variant = VARIANTS.get(path.name)
    if variant is None:
        raise NotThere(f"there is no checkpoint at {path}")
    checkpoint = _hub_file(variant)
    if checkpoint is None:
        raise NotThere(absent(path, variant))
    return Found(checkpoint, path if not missing_files(path, variant)[1:] else None)


def _hub_file(variant: Variant) -> Path | None:
    try:
        from torch.hub import get_dir
    except ModuleNotFoundError:
        return None
    file = Path(get_dir()) / "checkpoints" / variant.file_name
    return file if file.is_file() else None


def _held(torch: Any, path: Path) -> dict[str, Any]:
    """The file's content, if that is tensors and plain values: nothing in it is ever run."""
    try:
        held = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch has no single exception for a bad file
        refused = "Unsupported" in str(error) or "weights_only" in str(error).lower()
        why = (
            "it holds more than weights and settings, so reading it would run code"
            if refused
            else "it is truncated or not a checkpoint"
        )
        raise Unusable(f"{path} cannot be used: {why}") from error
    if not isinstance(held, dict) or not {"config", "state_dict"} <= set(held):
        raise Unusable(f"{path} is not a detoxify checkpoint: it has no config and state_dict")
    return held


def _described(held: dict[str, Any], path: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    try:
        arguments = dict(held["config"]["arch"]["args"])
        classes = [str(name) for name in held["config"]["dataset"]["args"]["classes"]]
        arguments["num_classes"] = int(arguments["num_classes"])
        arguments["model_type"] = str(arguments["model_type"])
    except (KeyError, TypeError, ValueError) as error:
        raise Unusable(f"{path} does not say what model it is ({error})") from error
    if arguments.get("model_name") not in CLASSES:
        raise Unusable(f"{path} is of an unsupported kind: {arguments.get('model_name')}")
    labels = tuple(RENAMED.get(name, name) for name in classes)
    if "toxicity" not in labels or not len(labels) <= arguments["num_classes"] <= 1000:
        raise Unusable(f"{path} names its outputs in an unsupported way: {labels}")
    return arguments, labels


def _local(name: str) -> Path | None:
    """The folder of configuration that the checkpoint names, if it exists here."""
    folder = Path(name)
    return folder if (folder / "config.json").is_file() else None


def _network(transformers: Any, arguments: dict[str, Any], source: str) -> Any:
    made = getattr(transformers, arguments["model_name"])
    config = made.config_class.from_pretrained(
        source, num_labels=arguments["num_classes"], local_files_only=True
    )
    return made(config)


def _tokenizer(transformers: Any, arguments: dict[str, Any], source: str) -> Any:
    name = CLASSES[arguments["model_name"]]
    made = getattr(transformers, f"{name}Fast", None) or getattr(transformers, name)
    return made.from_pretrained(source, local_files_only=True)


def _fill(network: Any, state: dict[str, Any], path: Path) -> None:
    """Load the weights; old checkpoints carry position ids that newer networks create."""
    try:
        left = network.load_state_dict(state, strict=False)
    except RuntimeError as error:
        raise Unusable(f"the weights in {path} do not fit its configuration") from error
    wrong = [
        name
        for name in (*left.missing_keys, *left.unexpected_keys)
        if not name.endswith("position_ids")
    ]
    if wrong:
        raise Unusable(f"the weights in {path} do not fit its configuration: {wrong[0]}")


def _version(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return f"{path.stem.removesuffix('-' + digest[:8])[:30]}-{digest[:8]}"
