"""Caches of functions whose arguments come from requests, bounded in bytes and not only in number."""

from __future__ import annotations

from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Result = TypeVar("Result")


def remembered(
    most: int, *, longest: int, few: int = 0
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """`lru_cache` for `most` calls whose texts have at most `longest` characters together: whoever
    sends longer ones cannot fill the memory. Of longer calls, the last `few` are kept."""

    def wrap(function: Callable[..., Result]) -> Callable[..., Result]:
        kept = lru_cache(maxsize=most)(function)
        rare = lru_cache(maxsize=few)(function) if few else function

        @wraps(function)
        def ask(*args: Hashable) -> Result:
            size = 0
            for each in args:
                size += len(each) if isinstance(each, str) else length_of(each)
            return kept(*args) if size <= longest else rare(*args)

        ask.__dict__["kept"] = kept
        return ask

    return wrap


def length_of(value: Any) -> int:
    """Characters and bytes of the texts in a value and in the tuples in it."""
    if isinstance(value, (str, bytes)):
        return len(value)
    return sum(map(length_of, value)) if type(value) is tuple else 0
