"""`commentsvc user reset-second-step`, for when nobody in the dashboard can help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commentsvc.accounts.commands import by_email
from commentsvc.accounts.factors import factors_of, totp
from commentsvc.app import create_app
from tests.dashboard.test_second_step import code_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Said

EMAIL = "mona@example.org"


def test_it_works(call: Callable[..., Said]) -> None:
    assert call("user", "add", EMAIL, "--name", "Mona").code == 0
    app = create_app()
    with app.app_context():
        mona = by_email(EMAIL)
        assert mona is not None
        secret, sealed = totp.offer(mona)
        totp.confirm(mona, sealed, code_of(secret))
    assert call("user", "reset-second-step", EMAIL).code == 0
    with app.app_context():
        mona = by_email(EMAIL)
        assert mona is not None and not factors_of(mona)


def test_nobody_of_that_name(call: Callable[..., Said]) -> None:
    call("user", "add", EMAIL, "--name", "Mona")
    said = call("user", "reset-second-step", "nobody@example.org")
    assert said.code == 1 and "nobody@example.org" in said.err


def test_a_password_is_set_on_the_server(call: Callable[..., Said]) -> None:
    call("user", "add", EMAIL, "--name", "Mona")
    said = call("user", "password", EMAIL)
    assert said.code == 0 and len(said.out.removeprefix("Password: ").strip()) >= 12
    said = call("user", "password", EMAIL, "--password", "short")
    assert said.code == 1 and "8" in said.err
    assert call("user", "password", "nobody@example.org").code == 1
