"""The five kinds of errors that rooms may raise; `web/problems.py` turns them into responses.

A room names an error by a key and passes values: `Invalid("too_long.name", field="name", n=80)`.
The text is in the catalogs under `errors.<key>`, so everyone reads it in their own language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .clock import duration
from .locale import say

if TYPE_CHECKING:
    from collections.abc import Mapping


class DomainError(Exception):
    """Something the caller requested cannot be done.

    `key` finds the text: `errors.<key>` in the catalogs, filled with `values` (numbers, dates,
    lists and `Named` codes are formatted for the language). Its part before the first dot is
    `code`, the stable identifier for programs, documented in docs/api.md. `field` names the invalid
    input, as a JSON pointer's last part; `retry_after` is in seconds. The response includes `more`.
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
        """The stable identifier for programs: `too_long` of `too_long.name`."""
        return self.key.partition(".")[0]

    @property
    def detail(self) -> str:
        """The text in English, for logs and shells."""
        return self.say(None)

    def say(self, locale: str | None) -> str:
        """The text in this language, or in the nearest one that has it."""
        return say(f"errors.{self.key}", locale, **self.values)

    def __str__(self) -> str:
        return self.detail


class NotFound(DomainError):
    """It does not exist, or the caller may not know that it does."""


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
