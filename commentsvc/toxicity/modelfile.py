"""The file of a trained model: arrays and a card in one `.npz`, validated when it is read."""

from __future__ import annotations

import json
import math
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .heads import Head
from .labels import LABELS
from .tokens import PIECE_ROWS, WORD_ROWS

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = 2
KIND = "commentsvc toxicity model"
SHIPPED = Path(__file__).with_name("model") / "toxicity.npz"

Floats = NDArray[np.float32]


class ModelMissing(Exception):
    """There is no file at the path."""


class ModelBroken(Exception):
    """There is a file, but it cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Model:
    """Everything that scoring needs, as arrays; `card` says where it comes from."""

    card: Mapping[str, Any]
    table: NDArray[np.int8]
    """[rows, width]: words first, then pieces."""
    scale: Floats
    """[rows]: what a table entry of 1 is worth."""
    conv: Floats
    conv_bias: Floats
    look: Floats
    mix: Floats
    mix_bias: Floats
    out: Floats
    out_bias: Floats
    curve: Floats
    """[labels, 2]: slope and offset that turn logits into calibrated logits."""
    languages: tuple[str, ...]
    language_table: NDArray[np.int8]
    """[rows, languages]: evidence of a hashed word or piece, in steps of `language_step`."""
    language_bias: Floats
    language_step: float
    heads: Mapping[str, Head] = field(default_factory=dict)
    """Languages that are scored for toxicity alone, beside those the network knows."""

    @cached_property
    def curve_pairs(self) -> tuple[tuple[float, float], ...]:
        """The curves as plain floats: for six labels, that is faster than arrays."""
        return tuple((float(slope), float(offset)) for slope, offset in self.curve)

    @cached_property
    def conv_by_place(self) -> Floats:
        """[width, 3 * filters]: the filters for the token before, the token itself and the one after."""
        return np.ascontiguousarray(np.concatenate(np.split(self.conv, 3), 1))

    @property
    def version(self) -> str:
        return str(self.card["version"])

    @cached_property
    def network_languages(self) -> tuple[str, ...]:
        """The languages scored for all labels."""
        return tuple(self.card["scores"])


_HEAD = "head_"
_FLOATS = ("conv", "conv_bias", "look", "mix", "mix_bias", "out", "out_bias", "curve")


def write(path: Path, model: Model) -> None:
    """Store a model, small arrays as half floats. Replaces the file atomically."""
    card = {**model.card, "kind": KIND, "format": FORMAT, "languages": list(model.languages)}
    card["language_step"] = model.language_step
    card["heads"] = {
        code: {"step": head.step, "slope": head.slope, "offset": head.offset}
        for code, head in model.heads.items()
    }
    arrays: dict[str, NDArray[Any]] = {n: getattr(model, n).astype(np.float16) for n in _FLOATS}
    arrays["curve"] = model.curve.astype(np.float32)
    arrays |= {
        "card": np.frombuffer(json.dumps(card).encode(), np.uint8),
        "table": model.table,
        "scale": model.scale.astype(np.float16),
        "language_table": model.language_table,
        "language_bias": model.language_bias.astype(np.float32),
        **{_HEAD + code: head.table for code, head in model.heads.items()},
    }
    partial = path.with_name(path.name + ".part")
    with zipfile.ZipFile(partial, "w") as file:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(name + ".npy")  # a fixed date: same model, same file
            if name == "language_table" or name.startswith(_HEAD):  # mostly zeros
                entry.compress_type = zipfile.ZIP_DEFLATED
            with file.open(entry, "w") as out:  # dense arrays stay uncompressed, to load fast
                np.lib.format.write_array(out, np.ascontiguousarray(array), allow_pickle=False)
    partial.replace(path)


def read(path: Path) -> Model:
    """The model in a file. Raises ModelMissing or ModelBroken, each with a sentence for people."""
    if not path.is_file():
        raise ModelMissing(
            f"there is no model file at {path}: reinstall commentsvc, or train a model with "
            f"`commentsvc toxicity train`"
        )
    try:
        with np.load(path, allow_pickle=False) as file:
            if "card" not in file.files:
                raise ModelBroken(f"{path} is not a commentsvc model")
            card = json.loads(file["card"].tobytes())
            _check_card(path, card)
            arrays = {name: file[name] for name in file.files if name != "card"}
    except ModelBroken:
        raise
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelBroken(
            f"{path} is truncated or not a model ({error}): put the original file back"
        ) from error
    try:
        return _checked(path, card, arrays)
    except (KeyError, TypeError, AttributeError) as error:
        raise ModelBroken(f"{path} lacks a part ({error}): put the original file back") from error


def _check_card(path: Path, card: Any) -> None:
    if not isinstance(card, dict) or card.get("kind") != KIND:
        raise ModelBroken(f"{path} is not a commentsvc model")
    if card.get("format") != FORMAT:
        raise ModelBroken(
            f"{path} has format {card.get('format')}, but this version reads {FORMAT}: "
            f"upgrade commentsvc, or train the model again"
        )
    if tuple(card.get("labels", ())) != LABELS:
        raise ModelBroken(f"{path} scores labels other than {', '.join(LABELS)}")


def _checked(path: Path, card: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Model:
    table, language_table = arrays["table"], arrays["language_table"]
    width, filters = table.shape[1], arrays["conv"].shape[1]
    languages = tuple(card["languages"])
    shapes = {
        "table": (WORD_ROWS + PIECE_ROWS, width),
        "scale": (WORD_ROWS + PIECE_ROWS,),
        "conv": (3 * width, filters),
        "conv_bias": (filters,),
        "look": (filters, arrays["look"].shape[1]),
        "mix": (filters * (2 + arrays["look"].shape[1]) + 3 * width + 3, len(arrays["mix_bias"])),
        "out": (len(arrays["mix_bias"]), len(LABELS)),
        "out_bias": (len(LABELS),),
        "curve": (len(LABELS), 2),
        "language_table": (len(language_table), len(languages)),
        "language_bias": (len(languages),),
    }
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise ModelBroken(f"{path}: {name} has the shape {arrays[name].shape}, not {shape}")
    for name in (*_FLOATS, "scale", "language_bias"):
        if not np.isfinite(arrays[name]).all():
            raise ModelBroken(
                f"{path}: {name} contains values that are not numbers: train it again"
            )
    return Model(
        heads={code: _head(path, code, said, arrays) for code, said in card["heads"].items()}
        if "heads" in card
        else {},
        card=card,
        table=np.ascontiguousarray(table, np.int8),
        scale=arrays["scale"].astype(np.float32),
        languages=languages,
        language_table=np.ascontiguousarray(language_table, np.int8),
        language_bias=arrays["language_bias"].astype(np.float32),
        language_step=float(card["language_step"]),
        **{name: np.ascontiguousarray(arrays[name], np.float32) for name in _FLOATS},
    )


def _head(
    path: Path, code: str, said: Mapping[str, float], arrays: Mapping[str, NDArray[Any]]
) -> Head:
    table = arrays[_HEAD + code]
    if table.shape != (WORD_ROWS + PIECE_ROWS,):
        raise ModelBroken(f"{path}: {_HEAD}{code} has the shape {table.shape}")
    values = {name: float(said[name]) for name in ("step", "slope", "offset")}
    if not all(map(math.isfinite, values.values())):
        raise ModelBroken(f"{path}: the head of {code} contains values that are not numbers")
    return Head(np.ascontiguousarray(table, np.int8), **values)
