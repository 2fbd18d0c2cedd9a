"""The `onnx` backend: an exported model, run by ONNX Runtime in its own process, without torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..labels import LABELS
from .onnx_model import CARD
from .process import ProcessScorer
from .spawn import command
from .variants import VARIANTS, exported


def make(argument: str) -> ProcessScorer:
    """`onnx:FOLDER` as `toxicity export` writes it (the small model first), or a file in it."""
    if not argument:
        raise ValueError("onnx: needs the folder that commentsvc toxicity export wrote")
    path = Path(argument)
    folder = path.parent if path.suffix == ".onnx" else path
    card = _card(folder)
    return ProcessScorer(
        "onnx",
        command("child", "onnx", argument, beside=folder),
        labels=tuple(card.get("labels", LABELS)),
        languages=tuple(card.get("languages", ("en",))),
        missing=lambda: None if path.exists() else _absent(path),
    )


def _absent(path: Path) -> str:
    """The message that there is no export, and how to create one."""
    name = path.name.removesuffix("-onnx")
    if name in VARIANTS and path.name == exported(name):
        return f"there is no {path}: run commentsvc toxicity add detoxify:{name}"
    return f"there is no {path}: create it with commentsvc toxicity export"


def _card(folder: Path) -> dict[str, Any]:
    """The export's card; empty if it is unreadable, which the process reports."""
    try:
        card = json.loads((folder / CARD).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return card if isinstance(card, dict) else {}
