"""The one path from what was typed to what is shown: checked, plain, in links, as safe HTML."""

from ...core.shown import neutral
from ...core.typed import clean, clean_name, is_visible
from .markup import cut, disguised, excerpt, html, links, plain, unescaped, unlinked
from .placed import Placed

__all__ = [
    "Placed",
    "clean",
    "clean_name",
    "cut",
    "disguised",
    "excerpt",
    "html",
    "is_visible",
    "links",
    "neutral",
    "plain",
    "unescaped",
    "unlinked",
]
