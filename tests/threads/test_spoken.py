"""The `lang` and `dir` of a text: only what differs from its page, and only what is known."""

from __future__ import annotations

import pytest

from commentsvc.threads.text.spoken import NO_PAGE, dir_of, directed, lang_of
from commentsvc.threads.views import detected
from commentsvc.toxicity.backends.embedded import EmbeddedScorer
from tests.tables import every_row

LONG = "Words enough to tell which language this is"
RUSSIAN, UKRAINIAN = "Это был очень длинный день", "Їхній потяг знову запізнився"
ARABIC, PERSIAN, URDU = "هذه مقالة جيدة", "این مقاله خیلی خوب بود", "یہ بہت اچھا ہے"

BETWEEN = f"English first, then a sentence.\n\n{ARABIC}\n\nAnd English again."
QUOTES = 'הוא אמר לי "this is the best harbour in the world" ואני מסכים איתו לגמרי.'


@every_row(
    "language, text, page, lang",
    [
        ("de", LONG, "en", "de"),
        ("de", LONG, "de", None),
        ("de", LONG, "de_x_du", None),
        ("pt", LONG, "pt_BR", None),
        (None, LONG, "en", None),  # nobody looked: it may well be the page's
        ("", LONG, "en", ""),
        # too short, addresses and numbers aside
        ("en", "Nice!", "de", None),
        ("", "Tja", "de", None),
        ("en", "12 34 56 Nice! https://example.org/a/b @me 7", "de", None),
        ("en", "See this one: https://example.org/a", "de", None),
        ("en", "See this one here: https://example.org/a", "de", "en"),
        ("en", LONG, NO_PAGE, "en"),
        # told by their script, however short
        ("el", "Ναι", "en", "el"),
        ("zh", "很好", "en", "zh"),
        ("zh", "很好", "zh_TW", None),
        ("zh", "了解", "ja", None),  # or Japanese without kana
        ("ja", "ありがとう", "zh_CN", "ja"),
        # one script, several languages
        ("ru", RUSSIAN, "en", "ru"),
        ("ru", RUSSIAN, "ru", None),
        ("ru", RUSSIAN, "uk", "ru"),
        ("ru", UKRAINIAN, "uk", None),
        ("ru", UKRAINIAN, "ru", "uk"),
        ("ru", UKRAINIAN, "de", "uk"),
        ("ru", "Хвала вам на објашњењу", "de", "sr"),
        ("ru", "Так", "de", ""),  # Russian, Ukrainian or another
        ("ru", "Так", "uk", None),
        ("ru", "Так", "ru", None),
        ("ar", ARABIC, "en", "ar"),
        ("ar", ARABIC, "fa", "ar"),
        ("ar", PERSIAN, "fa", None),
        ("ar", PERSIAN, "ar", "fa"),
        ("ar", URDU, "ar", "ur"),
        ("ar", "سلام", "fa", None),
        # Hindi in Latin letters is read by the rules of neither
        ("hi", "यह बहुत अच्छा लेख है", "en", "hi"),
        ("hi", "yeh bahut accha lekh hai", "en", "hi-Latn"),
        # most letters outside quotations tell, whatever the detector heard in them
        ("en", QUOTES, "de", "he"),
        ("", QUOTES, "ar", "he"),
        ("en", QUOTES, "he", None),
        # mostly Latin letters
        ("ru", "The word спасибо means thank you in Russian", "en", None),
    ],
)
def test_it_works(language: str | None, text: str, page: str, lang: str | None) -> None:
    assert lang_of(language, text, page) == lang


@every_row(
    "text, direction",
    [
        ("iPhone أفضل من غيره في كل شيء", "rtl"),
        (PERSIAN, "rtl"),
        ("WhatsApp שוב לא עובד", "rtl"),
        ("WhatsApp שוב לא עובד\n\n2026\n\nhttps://example.org/a", "rtl"),
        (QUOTES, "rtl"),
        ('"בוקר טוב לכולם" was all she said.', "auto"),
        ("שלום means peace, and much more than that", "auto"),
        ("The word سلام means peace, and much more", "auto"),
        (BETWEEN, "auto"),
        (LONG, "auto"),
    ],
)
def test_the_direction_of_most_letters(text: str, direction: str) -> None:
    """Not that of the first letter, where all lines agree."""
    assert dir_of(text) == direction


@every_row(
    "html, expected",
    [
        (f"<p>{LONG}</p>", f"<p>{LONG}</p>"),
        ("<p>iPhone <b>أفضل من غيره</b></p>", '<p dir="rtl">iPhone <b>أفضل من غيره</b></p>'),
        (
            f"<p>First.</p>\n<ul>\n<li>iPhone {ARABIC}</li>\n<li>12</li>\n</ul>",
            f'<p lang="">First.</p>\n<ul>\n<li dir="rtl">iPhone {ARABIC}</li>\n<li>12</li>\n</ul>',
        ),
        (
            f"<ol>\n<li>\n<p>iPhone {ARABIC}</p>\n<p>Then.</p>\n</li>\n</ol>",
            f'<ol>\n<li>\n<p dir="rtl">iPhone {ARABIC}</p>\n<p lang="">Then.</p>\n</li>\n</ol>',
        ),
        (f"<p>{LONG}</p><p>سلام</p>", f"<p>{LONG}</p><p>سلام</p>"),
        (
            f"<p>{ARABIC}</p><p>سلام is peace</p>",
            f'<p>{ARABIC}</p><p dir="ltr" lang="">سلام is peace</p>',
        ),
    ],
)
def test_the_direction_of_each_paragraph(html: str, expected: str) -> None:
    assert directed(html) == expected


def test_what_was_looked_for_and_not_found() -> None:
    assert detected("de", "language") == "de"
    assert detected(None, "language") == ""
    assert detected(None, "slow") is None and detected(None, None) is None


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Ich finde den Artikel wirklich gut geschrieben", "de"),
        ("Je trouve que cet article est très bien écrit", "fr"),
        ("Minusta tämä artikkeli on todella hyvin kirjoitettu", "fi"),
        ("This article is really well written", None),
        (UKRAINIAN, "uk"),
        (PERSIAN, "fa"),
    ],
)
def test_as_the_shipped_scorer_tells_it(text: str, lang: str | None) -> None:
    (said,) = EmbeddedScorer().score([text], likely=frozenset(("en",)))
    assert lang_of(said.language, text, "en") == lang
