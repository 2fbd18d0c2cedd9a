"""The only path from typed text to what is shown: cleaned text, plain text, links and safe HTML."""

from ...core.shown import neutral
from ...core.typed import clean, clean_name, is_visible
from .markup import cut, disguised, excerpt, html, links, plain, unescaped, unlinked
from .mentions import Mention, mentions_in, standing
from .placed import Placed

__all__ = [
    "Mention",
    "Placed",
    "clean",
    "clean_name",
    "cut",
    "disguised",
    "excerpt",
    "html",
    "is_visible",
    "links",
    "mentions_in",
    "neutral",
    "plain",
    "standing",
    "unescaped",
    "unlinked",
]
