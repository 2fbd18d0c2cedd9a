"""Makes tiny checkpoints in detoxify's real format; runs under a Python that has torch.

python checkpoints.py FOLDER [KIND]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import torch
import transformers

ORIGINAL = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"]
UNBIASED = [
    "toxicity", "severe_toxicity", "obscene", "identity_attack", "insult", "threat", "sexual_explicit",
]  # fmt: skip
SMALL: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
}


def words(folder: Path) -> int:
    letters = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *".,!?"]
    vocabulary += [*(f"##{letter}" for letter in letters), "you", "idiot", "hello"]
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    # no model_max_length: a bare vocabulary has none, and ours is to cut at 512 all the same
    settings = {"do_lower_case": True, "tokenizer_class": "BertTokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return len(vocabulary)


def bert(folder: Path, classes: list[str], outputs: int) -> torch.nn.Module:
    config = transformers.BertConfig(vocab_size=words(folder), num_labels=outputs, **SMALL)
    config.save_pretrained(folder)
    torch.manual_seed(1)
    network = transformers.BertForSequenceClassification(config).eval()
    with torch.no_grad():
        for each in network.parameters():  # random weights alone say .5 to everything
            each.mul_(3)
    return network


def save(folder: Path, network: torch.nn.Module, classes: list[str], **more: Any) -> Path:
    arguments = {
        "num_classes": network.config.num_labels,
        "model_type": "bert-base-uncased",
        "model_name": "BertForSequenceClassification",
        "tokenizer_name": "BertTokenizer",
        **more.pop("arguments", {}),
    }
    held = {
        "config": {
            "arch": {"type": "BERT", "args": arguments},
            "dataset": {"type": "JigsawDataOriginal", "args": {"classes": classes}},
        },
        # old checkpoints carry what newer networks make themselves
        "state_dict": {
            **network.state_dict(),
            "bert.embeddings.position_ids": torch.arange(512)[None],
        },
        **more,
    }
    path = folder / "tiny.ckpt"
    torch.save(held, path)
    return path


class Evil:
    """What runs when it is unpickled."""

    def __reduce__(self) -> Any:
        return (open, (str(Path(sys.argv[1]) / "I_WAS_RUN"), "w"))


def main() -> None:
    folder, kind = Path(sys.argv[1]), (sys.argv[2:] or ["original"])[0]
    folder.mkdir(parents=True, exist_ok=True)
    classes, outputs = (UNBIASED, 16) if kind == "unbiased" else (ORIGINAL, 6)
    network = bert(folder, classes, outputs)
    more: dict[str, Any] = {"extra": Evil()} if kind == "evil" else {}
    if kind == "foreign":
        more = {"arguments": {"model_name": "GPT2LMHeadModel"}}
    path = save(folder, network, classes, **more)
    if kind == "nan":
        with torch.no_grad():
            network.classifier.bias[0] = float("nan")
        save(folder, network, classes)
    if kind == "misfit":
        network.classifier = torch.nn.Linear(32, 5)
        save(folder, network, classes)
    if kind == "truncated":
        path.write_bytes(path.read_bytes()[:5000])
    if kind == "bare":
        torch.save({"weights": torch.zeros(3)}, path)
    if kind == "no_config":
        (folder / "config.json").unlink()


main()
