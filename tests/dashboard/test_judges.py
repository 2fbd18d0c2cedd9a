"""The owner's page of judges: one of the site's own, and Coral's secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commentsvc.core.db import db
from commentsvc.sites.judges import coral_secrets, judge_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

HERE = "/dashboard/sites/harbour/judges"


def test_it_works(cast: Cast, sign_in: Callable[[str | None], Staff]) -> None:
    owner = sign_in("olga")
    page = owner.page(HERE)
    assert "https://comments.example.com/coral/phase?site=harbour" in page
    said = owner.post(HERE, url="https://judge.example/x", ms="250", failure="hold")
    assert said.status_code == 303
    db.session.expire_all()
    judge = judge_of(cast.site)
    assert judge is not None and (judge.ms, judge.failure) == (250, "hold")
    page = owner.page(HERE)
    assert judge.secret in page and judge.standard_secret in page and 'value="250"' in page
    owner.post(HERE, remove="yes")
    db.session.expire_all()
    assert judge_of(cast.site) is None


def test_what_is_wrong_is_said(cast: Cast, sign_in: Callable[[str | None], Staff]) -> None:
    owner = sign_in("olga")
    good = {"url": "https://judge.example/x", "ms": "250", "failure": "hold"}
    for wrong, words in (
        ({"url": "http://127.0.0.1/"}, "private address"),
        ({"ms": "many"}, "whole number"),
        ({"ms": "5000"}, "from 50 to 1,000"),
        ({"failure": "x"}, "Choose one"),
    ):
        answer = owner.post(HERE, **{**good, **wrong})
        assert words in owner.get(answer.headers.get("Location", HERE)).text, words
    assert judge_of(cast.site) is None


def test_corals_secret_is_kept_and_forgotten(
    cast: Cast, sign_in: Callable[[str | None], Staff]
) -> None:
    owner = sign_in("olga")
    owner.post(f"{HERE}/coral", coral_secret="short")
    assert "8 to 200 characters" in owner.page(HERE)
    owner.post(f"{HERE}/coral", coral_secret="  the secret of Coral ")
    db.session.expire_all()
    assert coral_secrets(cast.site) == ["the secret of Coral"]
    page = owner.page(HERE)
    assert "the secret of Coral" not in page and "Remove secrets" in page
    owner.post(f"{HERE}/coral", forget="yes")
    db.session.expire_all()
    assert coral_secrets(cast.site) == []
