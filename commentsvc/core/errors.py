"""The five kinds of error a room may raise; `web/problems.py` turns them into answers.

A room names a mistake by a key and hands over values: `Invalid("too_long.name", field="name", n=80)`.
The words stand in the catalogues under `errors.<key>`, so each asker reads them in their own language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .clock import duration
from .locale import say

if TYPE_CHECKING:
    from collections.abc import Mapping


class DomainError(Exception):
    """Something the caller asked for cannot be done.

    `key` finds the words: `errors.<key>` in the catalogues, filled with `values` (numbers, dates,
    lists and `Named` codes are written the language's way). Its part before the first dot is `code`,
    the stable word for programs, documented in docs/api.md. `field` names the input at fault, as a
    JSON pointer's last part; `retry_after` is in seconds. `more` goes into the answer as it is.
    """

    more: Mapping[str, Any] | None = None

    def __init__(
        self,
        key: str,
        /,
        *,
        field: str | None = None,
        retry_after: int | None = None,
        **values: Any,
    ) -> None:
        super().__init__(key)
        self.key = key
        self.values: Mapping[str, Any] = values
        self.field = field
        self.retry_after = retry_after

    @property
    def code(self) -> str:
        """The stable word for programs: `too_long` of `too_long.name`."""
        return self.key.partition(".")[0]

    @property
    def detail(self) -> str:
        """The words in English, for logs and shells."""
        return self.say(None)

    def say(self, locale: str | None) -> str:
        """The words in this language, or in the nearest one that has them."""
        return say(f"errors.{self.key}", locale, **self.values)

    def __str__(self) -> str:
        return self.detail


class NotFound(DomainError):
    """There is no such thing, or the caller may not know that there is."""


class NotAllowed(DomainError):
    """The caller is known and may not do this."""


class Conflict(DomainError):
    """The thing has changed, or its state does not allow this now."""


class Invalid(DomainError):
    """The input cannot be accepted as it is."""


class Unavailable(DomainError):
    """The service cannot do this now; trying again later may work."""


def again_in(seconds: int, locale: str | None) -> str:
    """When to try again, as a sentence."""
    return say("problems.retry", locale, when=duration(seconds, locale, ahead=True))
