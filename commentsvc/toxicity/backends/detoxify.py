"""The `detoxify` backend: a published model or one's own checkpoint, in a separate process."""

from __future__ import annotations

from pathlib import Path

from ..labels import LABELS
from .process import ProcessScorer
from .spawn import command
from .variants import VARIANTS, Variant, absent, located, missing_files

DEFAULT_DATA_DIR = Path("instance")


def make(argument: str) -> ProcessScorer:
    """`detoxify` (the model `original`), `detoxify:NAME`, `detoxify:PATH[?config=FOLDER]`.

    A folder with a published model's name (`…/models/original`) is also looked for where the
    package detoxify stores its files. Languages: the variant's; one's own checkpoint reads English
    unless its folder is called `multilingual`.
    """
    argument = located(f"detoxify:{argument}", DEFAULT_DATA_DIR).partition(":")[2]
    path = Path(argument.partition("?")[0])
    variant = VARIANTS.get(path.name) or VARIANTS.get(path.parent.name)
    folder = path if not path.suffix else path.parent
    return ProcessScorer(
        "detoxify",
        command("child", "detoxify", argument, beside=folder),
        labels=variant.labels if variant else LABELS,
        languages=variant.languages if variant else ("en",),
        missing=lambda: _missing(path, variant),
    )


def _missing(path: Path, variant: Variant | None) -> str | None:
    """What is missing, judged by the files; a published model may also lie in torch's own folder,
    which only the process knows."""
    if path.exists():
        return None
    if variant is None:
        return f"there is no checkpoint at {path}"
    hub = Path.home() / ".cache" / "torch" / "hub" / "checkpoints" / variant.file_name
    if hub.is_file() or not missing_files(path, variant):
        return None
    return absent(path, variant)
