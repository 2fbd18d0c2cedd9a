"""The words of dashboard and account pages: whole in every language, and none that nobody says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import commentsvc
from commentsvc.moderation import commands
from commentsvc.moderation.cases import appeals, notices, sanctions
from commentsvc.moderation.desk import queue
from commentsvc.notifications import choices, webhooks
from commentsvc.notifications.following import rhythm
from scripts import words
from tests.factories import post
from tests.tables import every_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

PACKAGE = Path(commentsvc.__file__).parent
LOCALES = sorted(path.parent.name for path in (PACKAGE / "locales").glob("*/dashboard.json"))
SURFACES = ("dashboard", "account", "tuning", "desk")
_HOLES = re.compile(r"\{(\w+)")


def catalogue(locale: str, surface: str) -> dict[str, str]:
    start = f"{surface}."
    said = words.said(locale).items()
    return {key.removeprefix(start): text for key, text in said if key.startswith(start)}


def sources() -> str:
    folders = ("dashboard", "templates/dashboard", "templates/account")
    files = [each for folder in folders for each in (PACKAGE / folder).rglob("*.*")]
    static = PACKAGE.parent / "static" / "dashboard"
    files += list(static.rglob("*.js"))
    return "\n".join(each.read_text("utf-8") for each in files if each.suffix != ".pyc")


def test_it_works() -> None:
    assert {"en", "de", "fr", "es", "ar", "it", "pt_BR", "nl"} <= set(LOCALES)


@every_row("surface", SURFACES)
@every_row("locale", LOCALES)
def test_every_language_is_whole(locale: str, surface: str) -> None:
    english, other = catalogue("en", surface), catalogue(locale, surface)
    assert english.keys() == other.keys()
    for key, text in english.items():
        assert set(_HOLES.findall(text)) == set(_HOLES.findall(other[key])), key


@pytest.mark.parametrize("surface", SURFACES)
def test_no_word_is_left_over(surface: str) -> None:
    said = sources()
    built = {f"{each}." for each in re.findall(r'["\'](?:\w+\.)?(\w+)\.["\'] ?~', said)}
    built |= {each + "." for each in re.findall(r'f"(?:\w+\.)?(\w+)\.\{', said)}
    built |= {"layout.theme_", "policy.limit_", "policy.unit.", "queue.empty_", "field.", "group."}
    quoted = set(re.split("[\"']", said))  # and what stands between two that are quoted
    unsaid = [
        key
        for key in catalogue("en", surface)
        if not quoted & {key, f"{surface}.{key}"}
        and not any(key.startswith(start) for start in built)
    ]
    assert unsaid == []


@every_row(
    ("family", "codes"),
    [
        ("action", commands.ACTIONS),
        ("appeal_outcome", appeals.OUTCOMES),
        ("event", webhooks.EVENTS),
        ("notice_outcome", notices.OUTCOMES),
        ("order", queue.ORDERS),
        ("queue", queue.QUEUES),
        ("rhythm", choices.RHYTHMS),
        ("follow_rhythm", rhythm.RHYTHMS),
        ("sanction", sanctions.KINDS),
    ],
)
def test_whatever_can_be_chosen_has_a_name(family: str, codes: Iterable[str]) -> None:
    """A mistake lists what there is to choose by these names, so a new code needs one."""
    named = {
        key.removeprefix(f"{family}.")
        for key in catalogue("en", "names")
        if key.startswith(f"{family}.")
    }
    assert named == set(codes)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_page_speaks_it(
    cast: Cast, sign_in: Callable[[str | None], Staff], locale: str
) -> None:
    held = post(cast.site, "You idiot!", user=cast.rita).comment
    staff = sign_in("olga")
    pages = (
        "/dashboard/",
        f"/dashboard/comments/{held.public_id}",
        "/dashboard/log",
        "/dashboard/people",
        f"/dashboard/people/{cast.rita.public_id}",
        "/dashboard/sites",
        "/dashboard/sites/harbour",
        "/dashboard/sites/harbour/policy",
        "/dashboard/sites/harbour/people",
        "/account/",
    )
    for path in pages:
        answer = staff.get(path, headers={"Accept": "text/html", "Accept-Language": locale})
        assert answer.status_code == 200, path
        direction = "rtl" if locale == "ar" else "ltr"
        assert f'<html lang="{locale.replace("_", "-")}" dir="{direction}"' in answer.text


def test_the_browser_s_language_before_anybody_is_known(
    sign_in: Callable[[str | None], Staff],
) -> None:
    nobody = sign_in(None)
    answer = nobody.get("/account/sign-in", headers={"Accept-Language": "de-AT, en;q=0.5"})
    assert "Anmelden" in answer.text


def test_a_way_of_speaking_reaches_the_account_and_its_pages(
    cast: Cast, sign_in: Callable[[str | None], Staff]
) -> None:
    post(cast.site, "You idiot!", user=cast.rita)
    staff = sign_in("olga")
    wanted = {"Accept": "text/html", "Accept-Language": "de-x-du"}
    account = staff.get("/account/", headers=wanted)
    assert '<html lang="de-x-du" dir="ltr"' in account.text and "Dein Konto" in account.text
    queue = staff.get("/dashboard/", headers=wanted)
    assert queue.status_code == 200 and "Warteschlange: Ausstehend" in queue.text


def test_the_account_is_in_more_languages_than_the_dashboard(
    cast: Cast, sign_in: Callable[[str | None], Staff]
) -> None:
    post(cast.site, "A calm word.", user=cast.olga)
    staff = sign_in("olga")
    wanted = {"Accept": "text/html", "Accept-Language": "pl, fr;q=0.5"}
    account = staff.get("/account/", headers=wanted).text
    assert '<html lang="pl" dir="ltr"' in account
    assert "Twoje konto" in account and "opublikowany" in account and "Wyloguj" in account
    assert '<html lang="fr" dir="ltr"' in staff.get("/dashboard/", headers=wanted).text
