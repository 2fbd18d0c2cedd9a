"""A stretch of a text, as finders give it."""

from __future__ import annotations

Span = tuple[int, int]
