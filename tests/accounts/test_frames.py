"""Signing in from a frame: one code, once, for one page; then tokens of one site that end together."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts import frames, proofs
from commentsvc.core import clock

if TYPE_CHECKING:
    from tests.people import Cast

NONCE = "ab" * 16
PAGE = "https://news.example.org"


def code(cast: Cast) -> str:
    return frames.begin(cast.rita, site_id=cast.site.id, nonce=NONCE, origin=PAGE)


def test_it_works(cast: Cast) -> None:
    tokens = frames.exchange(code(cast), site_id=cast.site.id, nonce=NONCE)
    assert tokens.user is cast.rita and tokens.seconds == frames.ACCESS_SECONDS
    access, refresh = (
        proofs.find("access", tokens.access),
        proofs.find("refresh", tokens.refresh or ""),
    )
    assert access is not None and refresh is not None and access.label == refresh.label
    for each in (access, refresh):
        assert (each.user_id, each.site_id, each.origin) == (cast.rita.id, cast.site.id, PAGE)


@pytest.mark.parametrize("nonce", ["", "ab", NONCE.upper(), NONCE + "a", "\ud800", "é"])
def test_a_code_tried_by_another_page_is_spent(cast: Cast, nonce: str) -> None:
    secret = code(cast)
    with pytest.raises(frames.EndedSignIn):
        frames.exchange(secret, site_id=cast.site.id, nonce=nonce)
    with pytest.raises(frames.EndedSignIn):
        frames.exchange(secret, site_id=cast.site.id, nonce=NONCE)


def test_a_code_is_of_one_site_once_and_soon(cast: Cast) -> None:
    with pytest.raises(frames.EndedSignIn):
        frames.exchange(code(cast), site_id=cast.other.id, nonce=NONCE)
    used = code(cast)
    frames.exchange(used, site_id=cast.site.id, nonce=NONCE)
    with pytest.raises(frames.EndedSignIn):
        frames.exchange(used, site_id=cast.site.id, nonce=NONCE)
    with clock.frozen(clock.now()):
        late = code(cast)
        clock.move(timedelta(seconds=frames.CODE_SECONDS))
        with pytest.raises(frames.EndedSignIn):
            frames.exchange(late, site_id=cast.site.id, nonce=NONCE)
    without = frames.begin(cast.rita, site_id=cast.site.id, nonce="")
    with pytest.raises(frames.EndedSignIn):
        frames.exchange(without, site_id=cast.site.id, nonce="")


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
