"""Detoxify's published models: names, files, languages, and their places on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_RELEASES = "https://github.com/unitaryai/detoxify/releases/download"
_HUB = "https://huggingface.co"

SEXUAL = "sexual_explicit"
SIX = ("toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack")
SEVEN = (*SIX, SEXUAL)
#: The languages that the multilingual model was tested on (detoxify's README); no other is claimed.
SEVEN_LANGUAGES = ("en", "es", "fr", "it", "pt", "ru", "tr")
#: The command that adds the multilingual model for languages the embedded one does not read.
ADD = "commentsvc toxicity add detoxify:multilingual"

_BERT = ("config.json", "tokenizer_config.json", "vocab.txt")
_ALBERT = ("config.json", "spiece.model", "tokenizer.json")
_ROBERTA = ("config.json", "tokenizer_config.json", "vocab.json", "merges.txt")
_XLM = ("config.json", "tokenizer_config.json", "sentencepiece.bpe.model", "tokenizer.json")


@dataclass(frozen=True)
class Variant:
    """One published model. The checkpoint's name ends in the first digits of its SHA-256."""

    name: str
    checkpoint: str
    base: str
    files: tuple[str, ...]
    labels: tuple[str, ...]
    languages: tuple[str, ...]
    size: str

    @property
    def file_name(self) -> str:
        return self.checkpoint.rpartition("/")[2]

    @property
    def hash_begins(self) -> str:
        return self.file_name.rpartition("-")[2].partition(".")[0]

    @property
    def urls(self) -> dict[str, str]:
        """File -> where it is published: weights by detoxify, configuration and vocabulary by the
        author of the base model."""
        found = {self.file_name: f"{_RELEASES}/{self.checkpoint}"}
        return found | {name: f"{_HUB}/{self.base}/resolve/main/{name}" for name in self.files}


def _made(*variants: Variant) -> Mapping[str, Variant]:
    return {variant.name: variant for variant in variants}


VARIANTS: Mapping[str, Variant] = _made(
    Variant(
        "original",
        "v0.1-alpha/toxic_original-c1212f89.ckpt",
        "google-bert/bert-base-uncased",
        _BERT,
        SIX,
        ("en",),
        "418 MB",
    ),
    Variant(
        "unbiased",
        "v0.3-alpha/toxic_debiased-c7548aa0.ckpt",
        "FacebookAI/roberta-base",
        _ROBERTA,
        SEVEN,
        ("en",),
        "476 MB",
    ),
    Variant(
        "multilingual",
        "v0.4-alpha/multilingual_debiased-0b549669.ckpt",
        "FacebookAI/xlm-roberta-base",
        _XLM,
        SEVEN,
        SEVEN_LANGUAGES,
        "1.04 GB",
    ),
    Variant(
        "original-small",
        "v0.1.2/original-albert-0e1d6498.ckpt",
        "albert/albert-base-v2",
        _ALBERT,
        SIX,
        ("en",),
        "45 MB",
    ),
    Variant(
        "unbiased-small",
        "v0.1.2/unbiased-albert-c8519128.ckpt",
        "albert/albert-base-v2",
        _ALBERT,
        SEVEN,
        ("en",),
        "45 MB",
    ),
)


def located(spec: str, data_dir: Path) -> str:
    """A setting with published names replaced by the folders of their files: `detoxify:original` is
    `detoxify:DATA_DIR/models/original`, and `onnx:original` its export. Anything else stays as it
    is."""
    return ",".join(_located(each, data_dir / "models") for each in spec.split(","))


def _located(spec: str, models: Path) -> str:
    kind, _, argument = (each.strip() for each in spec.partition(":"))
    if kind == "detoxify" and argument in (*VARIANTS, ""):
        return f"detoxify:{models / (argument or 'original')}"
    if kind == "onnx" and argument in VARIANTS:
        return f"onnx:{models / exported(argument)}"
    return spec


def exported(name: str) -> str:
    """The name of the folder of a published model's export."""
    return f"{name}-onnx"


def missing_files(folder: Path, variant: Variant) -> list[str]:
    """The files of a published model that its folder lacks."""
    return [name for name in variant.urls if not (folder / name).is_file()]


def absent(folder: Path, variant: Variant) -> str:
    """One sentence that a published model is not here, and what to do."""
    return (
        f"the model {variant.name} is not on this machine ({folder} lacks "
        f"{', '.join(missing_files(folder, variant))}): "
        f"run commentsvc toxicity fetch detoxify:{variant.name}"
    )


def bring(folder: Path, variant: Variant) -> str:
    """Instructions for a machine without internet: which files, from where, to where."""
    lines = [
        f"Copy these files of {variant.name} (about {variant.size} in all) to {folder}:",
        *(f"  {name}  from {url}" for name, url in variant.urls.items()),
        "On a machine with internet access: "
        f"commentsvc toxicity fetch detoxify:{variant.name} --to FOLDER, then copy the folder.",
    ]
    return "\n".join(lines)
