"""Numbers that belong to one person: bank accounts, cards, identity numbers, number plates, IP
addresses. Check digits are verified; a number without one needs a word that names it."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from .behind import NAMED, OF_THEM, OWNED, TIE, behind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spans import Span

_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}\d\d(?:[ \-]?[A-Z0-9]){11,30}(?![A-Za-z0-9])", re.IGNORECASE
)
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "CH": 21,
    "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27,
    "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23,
    "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
    "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29,
    "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24,
    "TR": 26, "UA": 29, "XK": 20,
}  # fmt: skip
_CARD = re.compile(r"(?<![\w.,\-])[1-6]\d{3}(?:[ \-]?\d){8,15}(?![\w\-])(?![.,]\d)")
_IP4 = re.compile(r"(?<![\w.\-/])(?:\d{1,3}\.){3}\d{1,3}(?![\w\-])(?!\.\d)")
_IP6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{1,4}(?![\w:])", re.IGNORECASE)
_VERSION = re.compile(
    r"(?:\bversions?|\bv|\brelease|\bbuild|\bkernel|\bfirmware|§|\bsection|\bart\.?)\s*$", re.I
)
# Many people mention IP addresses; these words say that one is a person's.
_OWNER = re.compile(
    r"\b(?:"
    r"(?:his|her|their|my|(?:poster|commenter|author|troll|neighbou?r)'?s?)\b.{0,12}\bip|traced|lives|"
    r"(?:of|for) th(?:is|e|at) (?:poster|commenter|user|troll|guy|man|woman|author|person|idiot)|"
    r"(?:seine|ihre|deine|zijn|haar|jego|jej|su|son|sa) ip|(?:son|sa|ton) adresse ip|"
    r"su direcci[oó]n ip|il suo (?:indirizzo )?ip)\b",
    re.I,
)
_IP_WORD = re.compile(r"\b(?:(?:dire[cç][cç]i[oó]n|indirizzo|adresse?|endereço|adres) )?ip\b", re.I)
_BELONGS = re.compile(
    r"[\s,:\-\u2013\u2014]{1,3}(?:belongs to|gehört|appartient à|pertenece a|appartiene a|hoort bij|"
    r"należy do|pertence a|принадлежит|is where|é o ip del[ea])\b",
    re.I,
)
#: Public DNS servers.
_EVERYBODYS = frozenset(("8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9"))
_NEAR = 60

# Identity numbers with a unique format.
_FORMED = re.compile(
    r"(?<![\w\-])(?:"
    r"(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}"  # US
    r"|(?![DFIQUV])[A-Z](?![DFIQUVO])[A-Z] ?\d\d ?\d\d ?\d\d ?[A-D]"  # UK
    r"|[A-Z]{6}\d\d[ABCDEHLMPRST]\d\d[A-Z]\d{3}[A-Z]"  # IT
    r"|\d{3}\.\d{3}\.\d{3}-\d\d"  # BR
    r"|756\.\d{4}\.\d{4}\.\d\d"  # CH
    r"|\d{6}[+\-]\d{4}"  # SE, DK
    r"|[12] \d\d (?:0[1-9]|1[0-2]) \d[\dAB] \d{3} \d{3}(?: \d\d)?"  # FR
    r")(?![\w\-])"
)
_NO = r"(?: number| no\.?)?"
_ID_CUE = (
    rf"\b(?:ssn|social security{_NO}|national insurance{_NO}|nino|passport{_NO}|"
    rf"driver'?s licen[cs]e{_NO}|id (?:card|number)|"
    r"steuer-?id\w*|steuernummer|sozialversicherungsnummer|sv-?nummer|reisepass\w*|"
    r"personalausweis\w*|ausweisnummer|num[eé]ro de s[eé]curit[eé] sociale|nir|passeport|"
    r"carte d'identit[eé]|dni|nie|pasaporte|seguridad social|codice fiscale|passaporto|"
    r"carta d'identit[aà]|bsn|burgerservicenummer|paspoort\w*|pesel|dow[oó]d(?: osobisty)?|"
    r"paszport\w*|cpf|rg|passaporte|nif|tc ?(?:kimlik)?(?: no)?|kimlik (?:no|numaras[ıi])|pasaport|"
    r"personnummer|henkil[oö]tunnus|cpr|cnp|снилс|инн|паспорт\w*|الهوية|جواز)\b"
)
_ID_NUMBER = r"(?P<number>[A-Z]{0,3}(?:[ .\-/]?\d){6,15}[ \-]?[A-Z]?)"
_ID_WORDS = re.compile(rf"{_ID_CUE}\W{{1,4}}(?:[^\W\d]+\W{{1,3}}){{0,3}}?{_ID_NUMBER}(?!\w)", re.I)
_ID_ALONE = re.compile(_ID_CUE, re.I)
_ID_BEFORE = re.compile(
    r"(?<!\w)(?P<number>[A-Z]{0,3}(?:[ .\-/]?\d){6,15}[ \-]?[A-Z]?|(?=[A-Z]*\d[A-Z]*\d)[A-Z\d]{8,12})(?!\w)"
    + TIE,
    re.I,
)
_PLATE_CUE = (
    r"\b(?i:(?:number|licen[cs]e|registration|car|his|her|their|your) ?plates?(?: number)?|plate (?:number|"
    r"no\.?)|licen[cs]e tag|"
    r"reg(?:istration)? (?:number|no\.?|is)|(?:auto)?kennzeichen|nummernschild|"
    r"plaques?(?: d'immatriculation)?|immatricul\w+|matr[ií]cula|targa(?:t[oa])?|kenteken|"
    r"tablic[aey]\w*|rejestracj\w+|plaka(?:s[ıi]|l[ıi])?|placa(?: do carro)?|номера? машины|"
    r"госномер\w*|registreringsnummer|nummerplade)\b"
)
_PLATE = (
    r"(?P<number>(?=[A-ZÄÖÜА-Я \-]{0,9}\d)(?=[\d \-]{0,5}[A-ZÄÖÜА-Я])"
    r"[A-ZÄÖÜА-Я\d]{1,4}(?:[ \-·]?[A-ZÄÖÜА-Я\d]{1,4}){1,3})"
)
_PLATE_WORDS = re.compile(rf"{_PLATE_CUE}\W{{1,4}}(?:[^\W\d]+\W{{1,3}}){{0,4}}?{_PLATE}(?!\w)")
_PLATE_ALONE = re.compile(_PLATE_CUE)
_PLATE_BEFORE = re.compile(rf"(?<![\w\-]){_PLATE}(?!\w)(?i:{TIE})")


def ibans(text: str) -> Iterator[Span]:
    """Spans of IBANs whose length and check digits are right."""
    for found in _IBAN.finditer(text):
        solid = re.sub(r"[ \-]", "", found[0]).upper()
        length = _IBAN_LENGTHS.get(solid[:2], 0)
        if length and len(solid) >= length and _is_iban(solid[:length]):
            yield found.start(), _end_of(found[0], length) + found.start()


def _end_of(written: str, length: int) -> int:
    """The end of the first `length` letters and digits; a word may follow."""
    places = [at for at, each in enumerate(written) if each.isalnum()]
    return places[length - 1] + 1


def _is_iban(solid: str) -> bool:
    digits = "".join(str(int(each, 36)) for each in solid[4:] + solid[:4])
    return int(digits) % 97 == 1


#: Test card numbers that payment companies publish.
_TRIED = frozenset(
    """
    4111111111111111 4242424242424242 4012888888881881 4000056655665556 4222222222222 4917610000000000
    5555555555554444 5105105105105100 5200828282828210 5454545454545454 2223003122003222 2223000048400011
    378282246310005 371449635398431 378734493671000 6011111111111117 6011000990139424 30569309025904
    38520000023237 3530111333300000 3566002020360505
    """.split()  # noqa: SIM905
)


def cards(text: str) -> Iterator[Span]:
    """Spans of payment card numbers, by prefix, length and Luhn check."""
    for found in _CARD.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if digits in _TRIED or len(set(digits)) < 2:
            continue
        if len(digits) in _lengths(digits) and luhn(digits):
            yield found.span()


def _lengths(digits: str) -> range | tuple[int, ...]:
    if digits.startswith(("34", "37", "1800", "2131")):
        return (15,)
    if digits[0] == "4":
        return (13, 16, 19)
    if digits[0] in "56":
        return range(12, 20) if digits[:2] != "62" else range(16, 20)
    if digits[0] == "3":
        return range(14, 20)
    return (16,) if digits[0] == "2" else ()


def luhn(digits: str) -> bool:
    """Whether the Luhn check digit is right."""
    doubled = (int(each) * (1 + at % 2) for at, each in enumerate(reversed(digits)))
    return sum(each // 10 + each % 10 for each in doubled) % 10 == 0


def computers(text: str) -> Iterator[Span]:
    """Spans of public IP addresses that belong to somebody; private ones do not count."""
    for pattern in (_IP4, _IP6) if ":" in text else (_IP4,):
        for found in pattern.finditer(text):
            before = text[max(0, found.start() - _NEAR) : found.start()]
            if not _is_public(found[0]) or _VERSION.search(before):
                continue
            if _OWNER.search(before) or _is_owned(text, found.end()):
                yield found.span()


def _is_owned(text: str, end: int) -> bool:
    """Whether words after an IP address say whose it is."""
    after = text[end : end + _NEAR]
    if _BELONGS.match(after):
        return True
    if not (word := _IP_WORD.search(after)):
        return False
    between = after[: word.start()]
    of_them = NAMED.match(between) and OF_THEM.match(after, word.end())
    return bool(OWNED.match(between) or of_them)


def _is_public(written: str) -> bool:
    try:
        return written not in _EVERYBODYS and ipaddress.ip_address(written).is_global
    except ValueError:
        return False


def identities(text: str) -> Iterator[Span]:
    """Spans of passport, insurance and tax numbers, by a unique format or a word beside them."""
    for found in _FORMED.finditer(text):
        yield found.span()
    if not _ID_ALONE.search(text):
        return
    for found in _ID_WORDS.finditer(text):
        yield found.span("number")
    yield from behind(text, _ID_ALONE, _ID_BEFORE)


def plates(text: str) -> Iterator[Span]:
    """Spans of number plates that a word names as such."""
    if not _PLATE_ALONE.search(text):
        return
    for found in _PLATE_WORDS.finditer(text):
        yield found.span("number")
    yield from behind(text, _PLATE_ALONE, _PLATE_BEFORE)
