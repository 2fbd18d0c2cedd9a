"""A real OpenID provider for tests: Authlib's server, as oidc-provider-mock starts it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

CLAIMS = {"name": "Nele Niemand", "email": "nele@example.org", "email_verified": True}


@contextmanager
def serving() -> Iterator[str]:
    """Its issuer's address. Skips the test if the package is not installed."""
    mock = pytest.importorskip(
        "oidc_provider_mock", reason="needs oidc-provider-mock (extra `test`)"
    )
    nele = mock.User(sub="nele", claims=CLAIMS)
    with mock.run_server_in_thread(user_claims=[nele], require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"
