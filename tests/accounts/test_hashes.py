"""Passwords are kept as argon2id hashes of at least OWASP's strength (ASVS 5.0 V11.4.2)."""

from __future__ import annotations

import pytest
from argon2.exceptions import VerifyMismatchError

from commentsvc.accounts import proofs
from tests.conftest import REAL_HASHER, REAL_NOBODY


def test_they_cost_enough() -> None:
    stored = REAL_HASHER.hash("correct horse battery")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert len(REAL_HASHER.hash("x").split("$")[4]) >= 22  # a salt of 16 bytes, in base64


def test_a_cheaper_old_hash_still_fits() -> None:
    assert proofs.password_fits(REAL_HASHER.hash("correct horse battery"), "correct horse battery")
    assert not proofs.password_fits(None, "nobody has this password")


def test_what_nobody_has_takes_as_long_as_a_password() -> None:
    assert not REAL_HASHER.check_needs_rehash(REAL_NOBODY)
    with pytest.raises(VerifyMismatchError):  # a whole hash, and not refused at once
        REAL_HASHER.verify(REAL_NOBODY, "nobody has this password")
