"""A span of a text, (start, end), as finders yield it."""

from __future__ import annotations

Span = tuple[int, int]
