"""Private data: found in the usual forms of many countries, and nothing else is taken for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.moderation.judging.facts import contacts
from commentsvc.moderation.judging.finders.contacts import Contacts
from commentsvc.moderation.judging.finders.documents import _IBAN_LENGTHS, luhn
from commentsvc.moderation.judging.finders.private import private_data
from commentsvc.moderation.judging.reasons import author_sentences, sentence
from commentsvc.moderation.judging.rules import RULES, judge
from commentsvc.moderation.judging.verdict import Spot, Submission, submission_from
from commentsvc.moderation.judging.weighing import marks_of
from commentsvc.posting import before
from commentsvc.sites.queries import policy_of
from commentsvc.threads.commands import revision_of
from tests.factories import post
from tests.tables import every_row

if TYPE_CHECKING:
    from tests.people import Cast


def kinds(text: str) -> list[str]:
    return [kind for kind, _, _ in private_data(text)]


def test_it_works(cast: Cast) -> None:
    text = "Call the referee at home: 07700 900461, he never sleeps."
    posted = post(cast.site, text)
    assert posted.comment.status == "pending"
    [found] = revision_of(posted.comment).verdict["findings"]
    assert (found["rule"], found["action"]) == ("private_data", "HOLD")
    assert found["evidence"] == {"kinds": ["phone"], "spans": [[26, 38]]}
    assert sentence(found) == "contains a phone number"
    assert author_sentences([found])[0].startswith("Your comment seems to contain a phone number.")
    [mark] = marks_of(text, [found], {}, until=0.0)
    assert (text[mark.start : mark.end], mark.label) == ("07700 900461", "spot")


def test_the_author_is_asked_before_posting(cast: Cast) -> None:
    told = before.nudge(
        cast.site, "Write to her: jo.marsh [at] mailhost [dot] net", user=None, locale="de"
    )
    assert told.ask and told.would_hold
    assert "eine E-Mail-Adresse" in told.sentences[0]


@pytest.mark.parametrize(
    ("action", "wanted"), [("hold", "HOLD"), ("flag", "REVIEW"), ("off", "PASS")]
)
def test_the_policy_says_what_follows(action: str, wanted: str) -> None:
    facts = Submission(
        text="x",
        plain="x",
        scores={"toxicity": 0.0},
        spotted=(Spot("private_data", "phone", 0, 1),),
        limits={"private_data": action},
    )
    assert judge(RULES, facts).action.name == wanted
    again = submission_from(json.loads(json.dumps(facts.as_dict())), text="x", plain="x")
    assert again == facts


# --- in -------------------------------------------------------------------------------------------

PHONES = [
    "(415) 555-2671", "415-555-2671", "+1 415 555 2671", "1-415-555-2671", "415.555.2671",  # US, CA
    "07700 900461", "020 7946 0321", "+44 (0)7700 900461", "0161-496-0123",  # UK
    "030 / 9876543", "0171 2345678", "+49 171 2345678", "0049 30 9876543", "(0221) 98765-12",  # DE
    "06 39 98 41 27", "01.84.17.61.18", "+33 6 39 98 41 27",  # FR
    "612 34 56 78", "+34 612 345 678",  # ES
    "347 1234567", "+39 06 4567 8901", "06 45678901",  # IT
    "06-18273645", "020-7654321",  # NL
    "+48 512 345 678", "22 765 43 21", "512-345-678",  # PL
    "0532 765 43 21", "+90 532 765 43 21",  # TR
    "(11) 98765-4321", "11 98765-4321", "+55 11 98765 4321",  # BR
    "0664 7654321", "01 / 7654321 08", "+43 664 7654321",  # AT
    "079 765 43 21", "+41 79 765 43 21",  # CH
    "8 (912) 765-43-21", "070-765 43 21", "138 1234 5679", "٠١٢ ٣٤٥٦ ٧٨٩١",
]  # fmt: skip


@every_row("number", PHONES)
def test_telephone_numbers(number: str) -> None:
    text = f"Somebody wrote {number} under the photo."
    assert [(kind, text[a:b].strip()) for kind, a, b in private_data(text)] == [("phone", number)]


@every_row(
    "text",
    [
        "call me on 9472 7916", "Ruf mich an, Telefon 9876543", "Mein Handy ist 17612345678",
        "llámame al 612345678", "appelle-moi au 639984127", "mój numer to 512 345 678",
        "ara beni: 5327654321", "meu zap 11987654321", "اتصل على 55123456",
    ],
)  # fmt: skip
def test_less_is_enough_beside_a_word_for_calling(text: str) -> None:
    assert kinds(text) == ["phone"]


@every_row(
    "text",
    [
        "jo.marsh@mailhost.net", "Jo.Marsh+news@Sub.Mailhost.co.uk", 
        "jo_marsh at mailhost dot org", "jo (at) mailhost (dot) de", "jo[at]mailhost.fr", "jo @ gmail.com",
        "jo arroba gmail punto com", "jo at gmail dot com", "jo{at}mailhost{dot}nl",
    ],
)  # fmt: skip
def test_email_addresses(text: str) -> None:
    assert kinds(text) == ["email"]


STREETS = [
    "14 Mill Lane", "221 N Oak Street", "7a Kings Crescent", "1250 Harbour View Blvd", "88 Long Row Apt 4",
    "Lindenstraße 5", "Lange Gasse 12a", "Hauptstr. 7", "Am Alten Weg 3", "Rosenallee 44",
    "12 rue des Lilas", "5 bis, avenue Victor Hugo", "Rue de la Poste 16", "Calle Mayor 12",
    "C/ del Pez, 8", "Avda. de la Paz nº 30", "Via Garibaldi 9", "via Roma, 21", "Piazza San Marco 4",
    "Kerkstraat 18", "Prinsengracht 250", "ul. Długa 7/3", "al. Jerozolimskie 44", "Gül Sokak No: 5",
    "Atatürk Caddesi No 12", "Rua das Flores, 120", "Av. Paulista, 900", "ул. Ленина, д. 5",
    "Storgatan 12", "Vestergade 3", "Kauppakatu 9",
    "شارع الملك فيصل رقم 12",
]  # fmt: skip


@every_row("street", STREETS)
def test_street_addresses(street: str) -> None:
    assert kinds(f"You find him here: {street}.") == ["street"]


@pytest.mark.parametrize(
    "text",
    [
        "She lives at 14 oak hill", "Er wohnt in der Gartenzeile 5", "Elle habite au 3 Les Mimosas",
        "Vive en Los Olivos 15", "Abita in Borgo Antico 7",
    ],
)  # fmt: skip
def test_where_somebody_lives(text: str) -> None:
    assert kinds(text) == ["street"]


@every_row(
    ("text", "kind"),
    [
        ("My SSN is 219-09-9999", "identity"),
        ("NI number AB 12 34 56 C", "identity"),
        ("his passport number is 533380006", "identity"),
        ("Personalausweis: L01X00T47", None),
        ("CPF 529.982.247-25", "identity"),
        ("her codice fiscale RSSMRA85T10A562S", "identity"),
        ("PESEL 44051401359", "identity"),
        ("AHV 756.9217.0769.85", "identity"),
        ("number plate AB12 CDE, red Golf", "plate"),
        ("Kennzeichen B-XY 1234", "plate"),
        ("sa plaque est AB-123-CD", "plate"),
        ("la matrícula 1234 BCD", "plate"),
        ("kenteken 12-ABC-3", "plate"),
        ("his IP is 81.2.69.160", "ip"),
        ("the IP of this poster: 81.2.69.160", "ip"),
        ("traced to 2a02:c7f:5e2b:4f00:1c2d:3e4f:5a6b:7c8d", "ip"),
        ("pay with 4929 1242 3456 7897", "card"),
        ("3412-345678-90127", "card"),
    ],
)
def test_numbers_of_persons(text: str, kind: str | None) -> None:
    assert kinds(text) == ([kind] if kind else [])


def _iban(country: str, account: str) -> str:
    rest = "".join(str(int(each, 36)) for each in account + country + "00")
    return f"{country}{98 - int(rest) % 97:02d}{account}"


_ibans = st.sampled_from(sorted(_IBAN_LENGTHS)).flatmap(
    lambda country: st.text(
        "0123456789", min_size=(n := _IBAN_LENGTHS[country] - 4), max_size=n
    ).map(lambda account: _iban(country, account))
)


@given(_ibans, st.booleans())
def test_every_iban_is_found(iban: str, grouped: bool) -> None:
    written = " ".join(iban[at : at + 4] for at in range(0, len(iban), 4)) if grouped else iban
    text = f"Send it to {written} today"
    assert ("iban", 11, 11 + len(written)) in private_data(text)


@given(_ibans, st.integers(2, 14), st.integers(1, 9))
def test_a_wrong_digit_makes_it_none(iban: str, at: int, more: int) -> None:
    wrong = iban[:at] + str((int(iban[at]) + more) % 10) + iban[at + 1 :]
    assert "iban" not in kinds(f"Send it to {wrong} today")


@given(st.text("0123456789", min_size=14, max_size=14))
def test_cards_have_a_right_check_digit(digits: str) -> None:
    full = [f"4{digits}{each}" for each in range(10)]
    assert [luhn(each) for each in full].count(True) == 1
    for each in full:
        found = kinds(f"card {each[:4]} {each[4:8]} {each[8:12]} {each[12:]} expires soon")
        assert ("card" in found) == (luhn(each) and len(set(each)) > 1)


_digits = st.integers(0, 9).map(str)
_FORMS = [
    "07### ######",
    "+49 17# #######",
    "06 ## ## ## ##",
    "(2##) 5##-####",
    "+48 5## ### ###",
    "05## ### ## ##",
]


@given(st.sampled_from(_FORMS), st.lists(_digits, min_size=12, max_size=12), st.text(max_size=20))
def test_a_number_is_found_whatever_stands_around_it(
    form: str, digits: list[str], text: str
) -> None:
    left = iter(digits)
    number = "".join(next(left) if each == "#" else each for each in form)
    if len(set(number)) > 6:
        found = kinds(f"{text}\nat {number} now\n{text}")
        assert {"phone", "identity"} & set(
            found
        )  # a text such as “TC” names another kind of number


# --- out ------------------------------------------------------------------------------------------


@every_row(
    "text",
    [
        "It cost €1,250,000 in 2019 and £2 345 678.90 today.",
        "12.03.2024, 2024-03-12, 03/12/2024 10:30 and 01.02.2023 09:15",
        "the 2019-2020 season, 1914–1918, 2024/2025",
        "ISBN 978-3-16-148410-0 or ISBN 0306406152, doi:10.1000/182",
        "We won 6-4 3-6 7-6, then 21-18, 2:1 and 3-0 in 90 minutes.",
        "§ 130 StGB, Article 10(2), Regulation (EU) 2016/679, Law 12.345/2010, H.R. 1319",
        "Version 10.15.7.1, Python 3.11.4, kernel 6.1.0.18",
        "Dial 112 or 999, the helpline 116 123 or 988; freephone 0800 111 0 111 and 1-800-273-8255",
        "123 456 789 people, 512 345 678 euros, 100 000 000 votes",
        "0.123456789 and 3.14159265358979",
        "In 2019 Wall Street fell; the 5 High Court judges disagreed; 10 Downing Street said no.",
        "24 Hour Drive Through and a 2 Way Street", "Auf Platz 3, Tabellenplatz 5, Startplatz 12",
        "look at example.com, shop at example dot com", "@jo thanks, see you at 7", "5 @ 3 euros",
        "https://news.example/2024/03/07700900461?id=4111111111111111",
        "Write to letters@paper.example or info@council.example", "192.168.0.1 and 127.0.0.1",
        "The address is wrong in 3 places", "He lived in Berlin 20 years", "I live on 900 euros a month",
        "via Skype 2 weeks ago", "page 100-120, lines 12345-12399", "order no. 0312345678",
        "+123456789012 upvotes", "phone: 3.14159265", "Lotto: 05 12 19 33 41 47", "UPC 036000291452",
        "git clone git@code.example:team/project.git", "ssh root@mail.example.org",
        "scp file jo@box.example.org:/tmp",
        "The test card 4111 1111 1111 1111 or 5555-5555-5555-4444", "He lives at 5 different places",
        "She lives at 3 minutes from here", "The library at 12 Market Square opens at 9",
        "In der Hauptstraße 12 Bäume gefällt", "one two three four five six seven eight nine",
        "Ring the hotline 020 7946 0321 at any time", "We met at Google dot org chart in hand",
        "1000000000", "11111111111", "plates and number 5", "At that point. At this point in time.",
    ],
)  # fmt: skip
def test_what_is_none(text: str) -> None:
    assert private_data(text) == []


@given(st.text(max_size=300))
def test_places_are_in_the_text_in_order_and_apart(text: str) -> None:
    end = 0
    for _, start, stop in private_data(text):
        assert end <= start < stop <= len(text)
        end = stop


# --- the site's own -------------------------------------------------------------------------------


def test_the_sites_own_contacts_may_be_published(cast: Cast) -> None:
    host = cast.site.listed.split()[0].partition("//")[2]
    own = contacts(cast.site, policy_of(cast.site))
    assert own.allow("email", f"Anna.Lee@{host}") and own.allow("email", f"anna@mail.{host}")
    assert not own.allow("email", f"anna@not{host}")


@every_row(
    ("line", "kind", "written", "wanted"),
    [
        ("+44 7700 900461", "phone", "07700 900461", True),
        ("07700 900461", "phone", "+44 (0)7700-900461", True),
        ("07700 900461", "phone", "07700 900462", False),
        ("town.example", "email", "mayor@town.example", True),
        ("@town.example", "email", "mayor@office.town.example", True),
        ("mayor@town.example", "email", "Mayor@town.example", True),
        ("mayor@town.example", "email", "clerk@town.example", False),
        ("", "phone", "07700 900461", False),
    ],
)
def test_and_those_its_owner_lists(line: str, kind: str, written: str, wanted: bool) -> None:
    assert Contacts.of([line]).allow(kind, written) is wanted
