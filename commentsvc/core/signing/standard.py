"""Signs calls as specified by Standard Webhooks (standardwebhooks.com)."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_PREFIX = "whsec_"


def secret_form(secret: str) -> str:
    """The secret in the libraries' form: `whsec_` and base64. One in this form stays unchanged."""
    if _decoded(secret) is not None:
        return secret
    return _PREFIX + base64.b64encode(secret.encode()).decode()


def headers(secret: str, *, name: str, at: datetime, sent: bytes) -> dict[str, str]:
    """The three headers of a call: its id, which retries keep, the time of this attempt, and the
    signature of both and the body."""
    moment = str(int(at.timestamp()))
    key = _decoded(secret) or secret.encode()
    signed = b".".join((name.encode(), moment.encode(), sent))
    mark = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    return {"webhook-id": name, "webhook-timestamp": moment, "webhook-signature": f"v1,{mark}"}


def _decoded(secret: str) -> bytes | None:
    """The key of a secret in this form; None for any other secret."""
    if not secret.startswith(_PREFIX):
        return None
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True) or None
    except ValueError:
        return None
