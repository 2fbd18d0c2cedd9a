"""The log of what staff do with their own accounts and with cases, and who sees it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts.factors import totp
from commentsvc.core import clock
from commentsvc.moderation import audit
from commentsvc.moderation.cases import appeals, notices
from commentsvc.moderation.commands import decide
from commentsvc.posting import comparing, rescoring
from tests.dashboard.test_log_acts import _rows_of
from tests.dashboard.test_second_step import code_of
from tests.factories import post
from tests.people import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

SIGN_INS = "/dashboard/log?action=sign_ins"


def rows(staff: Staff, query: str = "action=sign_ins") -> list[dict[str, str]]:
    text = staff.get(f"/dashboard/log.csv?{query}").text
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


def test_it_works(cast: Cast, mona: Staff, olga: Staff) -> None:
    page = _rows_of(olga.page(SIGN_INS))
    assert page.count("signed in") == 2 and "Mona" in page and "Olga" in page
    found = rows(olga)
    assert [(each["by"], each["what"]) for each in found] == [
        ("Olga", "signed_in"),
        ("Mona", "signed_in"),
    ]
    assert found[0]["details"] and found[0]["site"] == ""
    assert audit.verify_staff()[1] is None


def test_only_owners_see_when_others_sign_in(
    cast: Cast, mona: Staff, olga: Staff, sign_in: Callable[[str | None], Staff]
) -> None:
    assert {each["by"] for each in rows(mona)} == {"Mona"}
    assert {each["by"] for each in rows(olga)} == {"Mona", "Olga"}
    stranger = sign_in("max")
    assert {each["by"] for each in rows(stranger)} == {"Max"}
    runs_it = sign_in("ada")
    assert {each["by"] for each in rows(runs_it)} == {"Mona", "Olga", "Max", "Ada"}
    assert {each["by"] for each in rows(runs_it, "action=did.admin_added")} == {""}
    assert rows(olga, "action=did.admin_added") == []


def test_readers_are_not_in_it(
    cast: Cast, sign_in: Callable[[str | None], Staff], olga: Staff
) -> None:
    sign_in("rita")
    runs_it = sign_in("ada")
    assert "Rita" not in {each["by"] for each in rows(runs_it)}


def test_a_second_step_and_a_password_are_in_it(cast: Cast, mona: Staff, olga: Staff) -> None:
    secret, sealed = totp.offer(cast.mona)
    wrong = mona.post("/account/security/app", offer=sealed, code="000000")
    assert wrong.status_code == 422 or wrong.status_code == 403
    assert "totp_added" not in {each["what"] for each in rows(olga)}
    mona.post("/account/security/app", offer=sealed, code=code_of(secret))
    mona.post("/account/security/codes")
    mona.post("/account/security/app/remove")
    mona.post("/account/security/app/remove")  # there is none any more
    mona.post("/account/password", old=PASSWORD, new="another horse battery")
    kinds = [each["what"] for each in rows(olga, f"by={cast.mona.public_id}&action=sign_ins")]
    wanted = ["password_changed", "totp_removed", "codes_renewed", "totp_added", "signed_in"]
    assert [each for each in kinds if each != "signed_in"] == wanted[:-1]
    assert kinds[-1] == "signed_in"


def _notice(cast: Cast) -> None:
    made = notices.give_notice(
        post(cast.site, "Hello.").comment.public_id,
        law="A law",
        explanation="This sentence insults me, and it is about me by name.",
        good_faith=True,
    )
    notices.take_up(made.receipt, by=cast.mona)
    notices.decide_notice(made.receipt, outcome="void", ground="Not a notice.", by=cast.mona)


def _appeal(cast: Cast) -> None:
    held = post(cast.site, "You idiot, once more.", user=cast.rita).comment
    decide(held.public_id, action="reject", reason="abusive", by=cast.olga)
    with clock.frozen(clock.now()):
        clock.move(timedelta(minutes=5))
        made = appeals.appeal(held.public_id, "That was kindly meant.", by=cast.rita)
        appeals.hear(made.public_id, outcome="upheld", by=cast.mona)


def _scoring(cast: Cast) -> None:
    comparing.begin(site_id=cast.site.id, by=cast.olga)
    rescoring.begin(site_id=cast.site.id, days=30, by=cast.olga)
    rescoring.stop(site_id=cast.site.id, by=cast.olga)


@pytest.mark.parametrize(
    ("act", "group", "kinds", "words"),
    [
        (
            _notice,
            "cases",
            ["notice_decided", "notice_reviewed"],
            ("decided on a notice", "Not a valid notice"),
        ),
        (_appeal, "cases", ["appeal_decided"], ("decided an appeal", "decision upheld", "Rita")),
        (
            _scoring,
            "settings",
            ["rescoring_stopped", "rescoring_started", "comparison_started"],
            ("started rescoring comments", "compared the scorers"),
        ),
    ],
)
def test_cases_and_scoring_are_in_it(
    cast: Cast,
    olga: Staff,
    act: Callable[[Cast], None],
    group: str,
    kinds: list[str],
    words: tuple[str, ...],
) -> None:
    act(cast)
    found = rows(olga, f"action={group}")
    assert [each["what"] for each in found][: len(kinds)] == kinds
    page = _rows_of(olga.page(f"/dashboard/log?action={group}"))
    assert all(each in page for each in words)
    one = rows(olga, f"action=did.{kinds[0]}")
    assert {each["what"] for each in one} == {kinds[0]}


def test_an_unknown_kind_finds_nothing(cast: Cast, olga: Staff) -> None:
    assert rows(olga, "action=did.nothing") == []
