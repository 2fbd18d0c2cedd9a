"""Signing in from a frame: one code, once, for one page; then tokens of one site that end together."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts import frames, joining, proofs
from commentsvc.core import clock

if TYPE_CHECKING:
    from tests.people import Cast

VERIFIER = "5a" * 32
NONCE = frames.nonce_of(VERIFIER)
PAGE = "https://news.example.org"


def leave(cast: Cast, verifier: str = VERIFIER) -> None:
    nonce = frames.nonce_of(verifier)
    frames.begin(cast.rita, site_id=cast.site.id, nonce=nonce, origin=PAGE)


def test_it_works(cast: Cast) -> None:
    assert frames.exchange(VERIFIER, site_id=cast.site.id) is None  # nobody has signed in yet
    leave(cast)
    tokens = frames.exchange(VERIFIER, site_id=cast.site.id)
    assert tokens is not None
    assert tokens.user is cast.rita and tokens.seconds == frames.ACCESS_SECONDS
    access, refresh = (
        proofs.find("access", tokens.access),
        proofs.find("refresh", tokens.refresh or ""),
    )
    assert access is not None and refresh is not None and access.label == refresh.label
    for each in (access, refresh):
        assert (each.user_id, each.site_id, each.origin) == (cast.rita.id, cast.site.id, PAGE)


@pytest.mark.parametrize(
    "wrong", ["", "ab", NONCE, VERIFIER.upper(), VERIFIER + "a", "\ud800", "é"]
)
def test_nobody_else_fetches_it(cast: Cast, wrong: str) -> None:
    """Not even who has read the window's address: of the hash itself nothing can be fetched."""
    leave(cast)
    assert frames.exchange(wrong, site_id=cast.site.id) is None
    assert frames.exchange(VERIFIER, site_id=cast.site.id) is not None


def test_it_is_of_one_site_once_and_soon(cast: Cast) -> None:
    leave(cast)
    for site in (cast.other, cast.site):  # tried for another site, it is spent
        with pytest.raises(frames.EndedSignIn):
            frames.exchange(VERIFIER, site_id=site.id)
    leave(cast, "once" * 8)
    assert frames.exchange("once" * 8, site_id=cast.site.id) is not None
    with pytest.raises(frames.EndedSignIn):
        frames.exchange("once" * 8, site_id=cast.site.id)
    with pytest.raises(frames.EndedSignIn):
        leave(cast, "once" * 8)  # nor is it left twice
    with clock.frozen(clock.now()):
        leave(cast, "late" * 8)
        clock.move(timedelta(seconds=frames.ASK_SECONDS))
        with pytest.raises(frames.EndedSignIn):
            frames.exchange("late" * 8, site_id=cast.site.id)


def test_what_nobody_fetches_is_forgotten(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        leave(cast)
        joining.forget_mailed()
        assert proofs.was_issued("code", NONCE)
        frames.exchange(VERIFIER, site_id=cast.site.id)
        joining.forget_mailed()
        assert proofs.was_issued("code", NONCE)  # it still says that it is spent
        clock.move(timedelta(seconds=frames.ASK_SECONDS))
        joining.forget_mailed()
        assert not proofs.was_issued("code", NONCE)


def test_a_sign_in_is_renewed_until_it_is_too_old(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        tokens = frames.grant(cast.rita, site_id=cast.site.id)
        assert tokens.refresh is not None
        clock.move(timedelta(seconds=frames.ACCESS_SECONDS))
        assert proofs.find("access", tokens.access) is None
        renewed = frames.renew(tokens.refresh)
        assert renewed.refresh is None  # two frames of a page hold the same one
        found = proofs.find("access", renewed.access)
        assert found is not None and found.site_id == cast.site.id
        clock.move(timedelta(days=frames.REFRESH_DAYS))
        with pytest.raises(frames.EndedSignIn):
            frames.renew(tokens.refresh)
    with pytest.raises(frames.EndedSignIn):
        frames.renew(tokens.access)  # of another kind


def test_signing_out_ends_one_sign_in_and_no_other(cast: Cast) -> None:
    here = frames.grant(cast.rita, site_id=cast.site.id)
    there = frames.grant(cast.rita, site_id=cast.site.id)
    again = frames.renew(here.refresh or "")
    found = proofs.find("access", here.access)
    assert found is not None
    frames.end(found)
    for dead in (here.access, again.access):
        assert proofs.find("access", dead) is None
    with pytest.raises(frames.EndedSignIn):
        frames.renew(here.refresh or "")
    assert proofs.find("access", there.access) is not None and frames.renew(there.refresh or "")
