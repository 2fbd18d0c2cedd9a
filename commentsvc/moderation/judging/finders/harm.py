"""Self-harm: the writer's own, disclosed; and somebody else's, called for. The kind is the language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .stream import find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spans import Span
    from .stream import Stream


def disclosed(stream: Stream) -> Iterator[tuple[str, Span]]:
    """Where the writer says that they want to die or to hurt themselves."""
    for hit in find(stream, "self_harm"):
        yield hit.kind, hit.place


def urged(stream: Stream) -> Iterator[tuple[str, Span]]:
    """Where somebody is told to kill or to hurt themselves."""
    for hit in find(stream, "self_harm_urged"):
        yield hit.kind, hit.place
