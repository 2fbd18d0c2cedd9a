"""Keys of programs: what each may, for whom, how long; shown once and worthless when revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts import commands as accounts
from commentsvc.accounts.keys import SCOPES, add_key, find_key, keys, revoke_key
from commentsvc.core import clock
from commentsvc.core.errors import Invalid, NotFound

if TYPE_CHECKING:
    from tests.people import Cast


def test_it_works(cast: Cast) -> None:
    secret = add_key(
        label=" The archive ",
        scopes=["read", "moderate", "read"],
        site_id=cast.site.id,
        user=cast.mona,
        quota="5/second",
        origins=["https://example.org"],
        keeps_text=True,
    )
    key = find_key(secret)
    assert key is not None and secret.startswith("cs_") and secret not in str(key)
    assert (key.label, key.scopes) == ("The archive", ("moderate", "read"))
    assert (key.site_id, key.user_id, key.quota) == (cast.site.id, cast.mona.id, "5/second")
    assert key.origins == ("https://example.org",) and key.keeps_text and key.expires_at is None
    assert keys(cast.site.id) == [key] and keys(cast.other.id) == []


@pytest.mark.parametrize(
    ("scopes", "person", "field"),
    [
        ([], True, "scopes"),
        (["fly"], True, "scopes"),
        (["read", ""], True, "scopes"),
        (["Read"], True, "scopes"),
        (["read"], False, "user"),
        (["analyze", "write"], False, "user"),
    ],
)
def test_what_is_no_key(cast: Cast, scopes: list[str], person: bool, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        add_key(label="x", scopes=scopes, user=cast.mona if person else None)
    assert refused.value.field == field and keys() == []


def test_scoring_texts_is_nobody_s_act(cast: Cast) -> None:
    key = find_key(add_key(label="Scores", scopes=["analyze"]))
    assert key is not None and (key.user_id, key.site_id) == (None, None)
    everything = find_key(add_key(label="All", scopes=SCOPES, user=cast.ada))
    assert everything is not None and set(everything.scopes) == set(SCOPES)


def test_what_is_not_a_key_is_nobody_s(cast: Cast) -> None:
    secret = add_key(label="x", scopes=["read"], user=cast.mona)
    for wrong in ("", "cs_", secret[:-1], secret.removeprefix("cs_"), secret + " "):
        assert find_key(wrong) is None


def test_a_revoked_key_is_worthless_at_once(cast: Cast) -> None:
    secret = add_key(label="x", scopes=["read"], user=cast.mona)
    other = add_key(label="y", scopes=["read"], user=cast.mona)
    key = find_key(secret)
    assert key is not None and revoke_key(key.id).id == key.id
    assert find_key(secret) is None and find_key(other) is not None
    assert [each.label for each in keys()] == ["y"]
    for gone in (key.id, "nothing"):
        with pytest.raises(NotFound):
            revoke_key(gone)


def test_a_key_that_was_found_before_ends_in_time(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        secret = add_key(label="x", scopes=["analyze"], ttl=timedelta(hours=1))
        assert find_key(secret) is not None
        clock.move(timedelta(hours=1))
        assert find_key(secret) is None


def test_a_key_goes_with_its_person(cast: Cast) -> None:
    secret = add_key(label="x", scopes=["read"], user=cast.mona)
    accounts.erase(cast.mona)
    assert find_key(secret) is None and keys() == []
