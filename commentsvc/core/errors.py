"""The five kinds of error a room may raise; `web/problems.py` turns them into answers."""

from __future__ import annotations


class DomainError(Exception):
    """Something the caller asked for cannot be done; `detail` says so in the user's words.

    `code` is a stable word for programs; `field` names the input at fault, as a JSON pointer's last
    part; `retry_after` is in seconds.
    """

    code = "error"

    def __init__(
        self,
        detail: str = "",
        *,
        field: str | None = None,
        code: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.code = code or type(self).code
        self.retry_after = retry_after


class NotFound(DomainError):
    """There is no such thing, or the caller may not know that there is."""

    code = "not_found"


class NotAllowed(DomainError):
    """The caller is known and may not do this."""

    code = "not_allowed"


class Conflict(DomainError):
    """The thing has changed, or its state does not allow this now."""

    code = "conflict"


class Invalid(DomainError):
    """The input cannot be accepted as it is."""

    code = "invalid"


class Unavailable(DomainError):
    """The service cannot do this now; trying again later may work."""

    code = "unavailable"
