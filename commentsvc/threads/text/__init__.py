"""The one path from what was typed to what is shown: checked, plain, in links, as safe HTML."""

from .markup import excerpt, html, links, plain
from .shown import neutral
from .typed import clean, clean_name, is_visible

__all__ = ["clean", "clean_name", "excerpt", "html", "is_visible", "links", "neutral", "plain"]
