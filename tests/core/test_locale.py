"""Catalogues: which language is taken, how values and plurals are filled in, and that they fit."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.core import locale
from scripts import words
from tests.laws import ROOT, agree, keep
from tests.tables import every_row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Three small languages of our own."""
    texts = {
        "en": {
            "count": "{n|=0=nothing|one=# thing|other=# things}",
            "hello": "Hello {name}!",
            "only": "Only here",
        },
        "de": {"count": "{n|one=# Ding|other=# Dinge}", "hello": "Hallo {name}!"},
        "de_x_du": {"hello": "Na {name}!"},
        "pt_BR": {"hello": "Oi {name}!"},
        "pt_x_tu": {"hello": "Oi, tu!"},
        "ar": {"count": "{n|zero=صفر|one=واحد|two=اثنان|few=#ق|many=#ك|other=#}"},
    }
    for name, said in texts.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "shop.json").write_text(json.dumps(said), "utf-8")
    monkeypatch.setattr(locale, "FOLDER", tmp_path)
    caches = (
        locale.available,
        locale.speaking,
        locale._chain,
        locale._texts,
        locale._phrases,
    )
    for each in caches:
        each.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    for each in caches:
        each.cache_clear()


def test_it_works(catalogues: Path) -> None:
    assert locale.say("shop.hello", "de", name="Åsa") == "Hallo Åsa!"
    assert locale.say("shop.hello", name="Åsa") == "Hello Åsa!"


@pytest.mark.parametrize(
    ("name", "n", "said"),
    [
        ("en", 0, "nothing"),
        ("en", 1, "1 thing"),
        ("en", 1234, "1,234 things"),
        ("de", 0, "0 Dinge"),
        ("de_AT", 1234, "1.234 Dinge"),
        ("ar", 0, "صفر"),
        ("ar", 2, "اثنان"),
        ("ar", 3, "3ق"),
        ("ar", 11, "11ك"),
        ("pt_BR", 1, "1 thing"),  # this catalogue lacks it; English fills in, with its own rules
    ],
)
def test_plurals_follow_the_language(catalogues: Path, name: str, n: int, said: str) -> None:
    assert locale.say("shop.count", name, n=n) == said


def test_a_missing_phrase_or_value_is_loud(catalogues: Path) -> None:
    with pytest.raises(KeyError):
        locale.say("shop.unheard_of")
    with pytest.raises(KeyError):
        locale.say("shop.hello", "de")


def test_values_are_not_read_as_phrases(catalogues: Path) -> None:
    assert locale.say("shop.hello", name="{name|one=x}") == "Hello {name|one=x}!"


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        ("de_DE", "de"),
        ("de-AT", "de"),
        ("pt_PT", "pt_BR"),  # another country's is better than another language's
        ("PT-br", "pt_BR"),
        ("fr_FR", "en"),
        (None, "en"),
        ("", "en"),
        ("fr-CH, ar;q=0.4, de;q=0.9", "de"),
        ("de;q=0, ar", "ar"),
        (["xx_XX", None, "ar_AR"], "ar"),
        ("../../etc", "en"),
        ("de;q=many", "en"),
    ],
)
def test_the_nearest_language_is_taken(catalogues: Path, wanted: str, taken: str) -> None:
    assert locale.pick_locale(wanted) == taken


@every_row(
    ("wanted", "taken"),
    [
        ("nb_NO", "no"),
        ("nn-NO", "no"),
        ("iw", "he"),
        ("zh", "zh_CN"),
        ("zh-Hans-CN", "zh_CN"),
        ("zh_HANT", "zh_TW"),
        ("zh-Hant-HK", "zh_TW"),
        ("zh_HK", "zh_TW"),
        ("zh-SG", "zh_CN"),
        ("pt_EU", "pt"),
        ("pt-BR", "pt_BR"),
        ("de_inf", "de_x_du"),
        ("de_formal", "de"),
        ("es_LA", "es"),
        ("fa-AF", "fa"),
        ("nothing", "en"),
    ],
)
def test_other_names_of_a_language_are_known(wanted: str, taken: str) -> None:
    """Those of browsers, of Facebook's sdk.js and of Disqus."""
    among = ("de", "de_x_du", "en", "es", "fa", "he", "no", "pt", "pt_BR", "zh_CN", "zh_TW")
    assert locale.pick_locale(wanted, among) == taken


@pytest.mark.parametrize("header", ["de", "de-DE, de;q=0.9", "de-Latn-x-sie", "pt", "pt-PT"])
def test_no_browser_picks_a_site_s_way_of_speaking(catalogues: Path, header: str) -> None:
    assert locale.pick_locale(header) in ("de", "pt_BR")
    assert locale.pick_locale(header, ["de_x_du", "en", "pt_x_tu"]) == "en"


def test_a_site_chooses_how_its_readers_are_addressed(catalogues: Path) -> None:
    policy, accepted = "de_x_du", "fr, en;q=0.5"
    chosen = locale.pick_locale([None, policy, accepted])
    assert chosen == "de_x_du"
    assert locale.pick_locale("de-x-du") == chosen  # as `lang=` and the frame's script write it
    assert locale.say("shop.hello", chosen, name="Åsa") == "Na Åsa!"
    assert locale.say("shop.count", chosen, n=1234) == "1.234 Dinge"  # else as the language does
    assert locale.words("shop", chosen)["only"] == "Only here"
    assert locale.language_name(chosen) == "Deutsch (du)"


@given(st.text(max_size=60))
def test_any_header_picks_some_language(header: str) -> None:
    assert locale.pick_locale(header) in locale.available()
    assert locale.direction(header) in ("ltr", "rtl")


def test_words_for_a_script_are_unfilled_and_complete(catalogues: Path) -> None:
    words = locale.words("shop", "de_DE")
    assert words["hello"] == "Hallo {name}!"
    assert words["only"] == "Only here"


def test_directions_numbers_and_dates() -> None:
    assert locale.direction("ar_AR") == "rtl"
    assert locale.direction("de") == "ltr"
    assert {locale.direction(each) for each in ("fa_IR", "he_IL")} == {"rtl"}
    assert locale.number(1234, "fa") == "۱٬۲۳۴" and locale.number(1234, "ar") == "1,234"
    assert (locale.number(1234, "it"), locale.number(12345, "it")) == ("1234", "12.345")
    assert locale.number(1234.5, "de") == "1.234,5"
    assert locale.number(0.9, "en", digits=2) == "0.90"
    shares = [locale.percent(0.951, each, digits=1) for each in ("en", "de", "fa")]
    assert shares == ["95.1%", "95,1\u00a0%", "۹۵٫۱%"] and locale.percent(0, "en") == "0%"
    at = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
    assert locale.day(at, "de") == "22. November 2026"
    assert not re.search(r"\d\d:\d\d:\d\d", locale.moment(at, "en"))
    assert "2026" in locale.moment(at, "en") and locale.moment(at, "en").endswith("UTC")
    assert locale.language_name("de") == "Deutsch"


# --- the catalogues we ship -------------------------------------------------------------------------

SHIPPED = [
    (name, surface, key, text)
    for name in locale.available()
    for surface, texts in locale._texts(name).items()
    for key, text in texts.items()
]


#: Where nothing may be missing: these have the dashboard too.
WHOLE = [name for name in locale.available() if (locale.FOLDER / name / "dashboard.json").exists()]
BOX = 0.8  # of the words of the box that a language needs; fewer would read as a mixture


def test_boxes_speak_what_old_pages_ask_for() -> None:
    among = ("ko", "vi", "tr", "zh_CN", "zh_TW", "ja", "ru", "he", "fa")
    assert {name: locale.pick_locale(name.replace("_", "-")) for name in among} == dict(
        zip(among, among, strict=True)
    )


def test_the_dashboard_is_in_some_languages_and_these_are_whole() -> None:
    assert {"en", "de", "fr", "es", "ar", "it", "pt_BR", "nl"} <= set(WHOLE)
    lacking = [f"locales/{name}: {key}" for name in WHOLE for key in words.lacking(name)]
    keep("A language with a dashboard.json says all that English does. Translate:", lacking)


@every_row("name", locale.available())
def test_nothing_is_wrong_in_a_language(name: str) -> None:
    keep("`python scripts/words.py` says of this language:", words.faults(name))


@every_row("name", locale.available())
def test_a_language_says_most_of_the_box(name: str) -> None:
    assert words.shares(name)["box"] >= BOX, "`python scripts/words.py` lists what it lacks"


@every_row("name", locale.available())
def test_keys_are_in_the_order_of_the_english(name: str) -> None:
    place = {key: n for n, key in enumerate(words.catalogue("en"))}
    own = [place[key] for key in words.catalogue(name) if key in place]
    assert own == sorted(own), "`python scripts/words.py --fix` does that"


@every_row(
    ("name", "text", "what"),
    [
        ("fr", "Répondre à", "values differ"),
        ("fr", "Répondre à {name", "braces"),
        ("fr", " {name}", "ends with a space"),
        ("fr", "", "values differ"),
        ("fr", "Reply to {name}", "still in English"),
        ("fr", "Répondre à “{name}”", "quotations"),
        ("fr", "Répondre à « {name}", "quotations"),
        ("fr", "L'auteur : {name}", "apostrophe"),
        ("fr", "L’auteur : {name}", "narrow no-break space"),
        ("fr", "{name|one=#|other=#}", "plural forms ['many', 'one', 'other']"),
        ("pl", "{name|one=#|few=#|other=#}", "plural forms ['few', 'many', 'one', 'other']"),
        ("ru", "{name|one=раз|few=#|many=#|other=#}", "“one” also stands for 21"),
        ("ja", "{name|one=#|other=#}", "plural forms ['other']"),
    ],
)
def test_what_is_wrong_is_found(name: str, text: str, what: str) -> None:
    english = {"frame.reply_to": "Reply to {name}"}
    assert what in " / ".join(words._wrong(name, "frame.reply_to", text, english))


def test_words_too_long_for_a_button_and_unknown_keys_are_found() -> None:
    english = {"frame.writing.save": "Save"}
    assert not [*words._wrong("fr", "frame.writing.save", "Enregistrer", english)]
    assert [*words._wrong("fr", "frame.writing.save", "Enregistrer les modifications", english)]
    assert [*words._wrong("fr", "frame.writing.safe", "Enregistrer", english)]


def test_the_docs_name_every_language() -> None:
    page = (ROOT / "docs" / "languages.md").read_text("utf-8")
    named = set(re.findall(r"^\|[^|]*\| `(\w+)` \|", page, re.MULTILINE))
    agree(
        "docs/languages.md has a row for each language (`python scripts/words.py --docs` writes it):",
        found=locale.available(),
        listed=named,
    )


def test_what_is_lacking_is_listed(catalogues: Path) -> None:
    assert words.lacking("pt_BR").keys() == {"shop.count", "shop.only"}
    assert words.lacking("de_x_du") == {"shop.only": "Only here"}  # the rest is said in German
    assert locale.speaking("shop") == locale.available()
    assert locale.speaking("till") == ()


def test_files_are_put_in_order(catalogues: Path) -> None:
    path = catalogues / "de_x_du" / "shop.json"
    path.write_text('{"hello": "Na {name}!", "count": "{n|one=# Ding|other=# Dinge}"}', "utf-8")
    words.fix("de_x_du")
    assert json.loads(path.read_text("utf-8")) == {"hello": "Na {name}!"}  # German says the other


def test_a_way_of_speaking_only_says_what_differs() -> None:
    plain = {(name, surface, key): text for name, surface, key, text in SHIPPED}
    for name, surface, key, text in SHIPPED:
        base = locale.plain(name)
        if base != name:
            said = plain.get((base, surface, key), "")
            assert said != text and _holes(said) == _holes(text), (name, surface, key)


def test_the_german_du_never_slips_into_sie() -> None:
    formal = re.compile(r"\b(Sie|Ihnen|Ihr(e[mnrs]?)?)\b")
    surfaces = {surface for name, surface, _, _ in SHIPPED if name == "de_x_du"}
    assert {"widget", "frame", "errors", "account", "emails"} <= surfaces
    said = {f"{each}.{key}": text for each in surfaces for key, text in _german(each).items()}
    formally = [key for key, text in said.items() if formal.search(text)]
    keep("The German says Sie here: say du in locales/de_x_du, under the same key:", formally)


def test_the_plain_german_never_says_du() -> None:
    informal = re.compile(r"\b(du|dich|dir|deine?[mnrs]?)\b", re.IGNORECASE)
    said = [(f"{where}.{key}", text) for name, where, key, text in SHIPPED if name == "de"]
    informally = [key for key, text in said if informal.search(text)]
    keep("The German says du here: say Sie in locales/de:", informally)


def _german(surface: str) -> dict[str, str]:
    return locale.words(surface, "de_x_du")


def _holes(text: str) -> set[str]:
    return {match[1] for match in locale._HOLE.finditer(text)}
