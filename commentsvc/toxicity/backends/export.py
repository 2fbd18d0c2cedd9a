"""Export a detoxify checkpoint to ONNX, in full and with 8-bit weights, and compare the results.

Runs in the scorer's kind of process: `python -m commentsvc.toxicity.backends.export ARGUMENT
FOLDER`.
"""

from __future__ import annotations

import json
import sys
import warnings
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from . import checkpoint, onnx_model
from .child import NotThere, Unusable
from .variants import VARIANTS

#: Invented sentences on which both must agree: short and long, odd signs, other scripts, no words.
SAMPLE = (
    "Thank you, this was a pleasure to read.",
    "You are an idiot and nobody likes you.",
    "I disagree with the author on nearly everything, but the numbers are right.",
    "Shut up!!!",
    "Que tengas un buen día, amigo.",
    "ok",
    "😀 👍",
    "123 456",
    "What a load of rubbish. " * 20,
    "The harbour was quiet, and the ferry came in late as it always does in winter. " * 12,
)
AGREES = 1e-3
NEEDED = ("torch", "transformers", "onnx", "onnxruntime", "tokenizers")


def export(argument: str, folder: Path, *, small: bool = True) -> dict[str, Any]:
    """Write the model's folder and return its card. Raises `NotThere`, `Unusable`.

    `Unusable` also if the export's scores differ from the original's: it is then removed.
    """
    loaded = checkpoint.load(argument)
    folder.mkdir(parents=True, exist_ok=True)
    _write_words(loaded, folder)
    card = _card(argument, loaded)
    (folder / onnx_model.CARD).write_text(json.dumps(card, indent=2) + "\n", "utf-8")
    full = folder / onnx_model.FULL
    _write_network(loaded, full)
    card["difference_fp32"] = _difference(loaded, full)
    if card["difference_fp32"] > AGREES:
        full.unlink()
        raise Unusable(
            f"the export's scores differ by up to {card['difference_fp32']:.4f}, so it was removed"
        )
    if small:
        _write_small(full, folder / onnx_model.SMALL)
        card["difference_int8"] = _difference(loaded, folder / onnx_model.SMALL)
    (folder / onnx_model.CARD).write_text(json.dumps(card, indent=2) + "\n", "utf-8")
    return card


def _card(argument: str, loaded: checkpoint.Checkpoint) -> dict[str, Any]:
    import torch
    import transformers

    path = Path(argument.partition("?")[0])
    variant = VARIANTS.get(path.name) or VARIANTS.get(path.parent.name)
    return {
        "version": loaded.version,
        "labels": list(loaded.labels),
        "languages": list(variant.languages if variant else ("en",)),
        "max_tokens": checkpoint.MOST_TOKENS,
        "pad_id": loaded.tokenizer.pad_token_id,
        "pad_token": loaded.tokenizer.pad_token,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "made_with": f"torch {torch.__version__}, transformers {transformers.__version__}",
    }


def _write_words(loaded: checkpoint.Checkpoint, folder: Path) -> None:
    words = getattr(loaded.tokenizer, "backend_tokenizer", None)
    if words is None:
        raise Unusable(
            "this model's tokenizer has no fast version: update transformers and tokenizers"
        )
    words.no_padding()
    words.no_truncation()
    words.save(str(folder / "tokenizer.json"))


def _write_network(loaded: checkpoint.Checkpoint, path: Path) -> None:
    import torch

    inputs = dict(loaded.tokens(["One sentence here.", "Another one, a little longer than it."]))

    class Logits(torch.nn.Module):
        """The network with its inputs in a fixed order and one output."""

        def __init__(self) -> None:
            super().__init__()
            self.network = loaded.model

        def forward(self, *given: Any) -> Any:
            return self.network(**dict(zip(inputs, given, strict=True)), return_dict=False)[0]

    axes = {name: {0: "batch", 1: "tokens"} for name in inputs}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Logits().eval(),  # else the exporter leaves the network in training mode
            tuple(inputs.values()),
            str(path),
            input_names=list(inputs),
            output_names=["logits"],
            dynamic_axes={**axes, "logits": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )


def _write_small(full: Path, small: Path) -> None:
    import logging

    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.getLogger().setLevel(logging.ERROR)
    quantize_dynamic(full, small, weight_type=QuantType.QInt8, per_channel=True)


def _difference(loaded: checkpoint.Checkpoint, path: Path) -> float:
    """The largest difference in a probability on the sample."""
    ours, theirs = loaded.score(list(SAMPLE)), onnx_model.load(str(path)).score(list(SAMPLE))
    return max(
        abs(a - b) for x, y in zip(ours, theirs, strict=True) for a, b in zip(x, y, strict=True)
    )


def is_whole(folder: Path) -> bool:
    """Whether a model was exported there completely: its card records that last."""
    try:
        card = json.loads((folder / onnx_model.CARD).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return "difference_int8" in card and (folder / onnx_model.SMALL).is_file()


def lacking() -> list[str]:
    """The packages that an export needs and this Python lacks."""
    return [name for name in NEEDED if find_spec(name) is None]


def main(arguments: list[str]) -> int:
    """`ARGUMENT FOLDER [full]`: export, print the card. `lacking`: print the missing packages."""
    if arguments == ["lacking"]:
        print(json.dumps(lacking()))
        return 0
    argument, folder, *rest = arguments
    try:
        card = export(argument, Path(folder), small="full" not in rest)
    except ModuleNotFoundError as error:
        print(f"the Python package {error.name} is not installed", file=sys.stderr)
        return 1
    except (NotThere, Unusable) as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(card))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
