"""Which form of a finished body a client takes."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

Encoding = Literal["br", "gzip", "identity"]


@lru_cache(maxsize=512)
def best_encoding(accepted: str) -> Encoding:
    """The smallest form that an Accept-Encoding header takes (RFC 9110, 12.5.3)."""
    weights: dict[str, float] = {}
    for entry in accepted.lower()[:300].split(","):
        name, _, parameter = entry.strip().partition(";")
        key, _, value = parameter.strip().partition("=")
        try:
            weights[name.strip()] = float(value) if key.strip() == "q" else 1.0
        except ValueError:
            weights[name.strip()] = 0.0
    anything = weights.get("*", 0.0)
    if weights.get("br", anything) > 0:
        return "br"
    if weights.get("gzip", anything) > 0:
        return "gzip"
    return "identity"
