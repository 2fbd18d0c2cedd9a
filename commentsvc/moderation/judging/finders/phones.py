"""Telephone numbers as people write them: with a country code, or in one country's format."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .behind import TIE, TIE_OF, behind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spans import Span

_GAP = r"[ \u00a0\u202f.\-\u2010-\u2013/]"
_BEFORE = r"(?<![\w+@#=&?%€$£¥])(?<!\d[.,:/\-])"
_AFTER = r"(?![\w@%€$£])(?![.,:/\-]\d)"

#: Each of these is a phone number by its format alone; `_is_none` filters out exceptions.
_FORMS = re.compile(
    _BEFORE
    + r"(?:"
    + "|".join(
        (
            # +49 30 1234567, +44 (0)7700 900123, 0049 …
            rf"(?:\+|\(\+|00(?=[1-9](?:{_GAP}?[()]?\d){{8}}))\s?[1-9](?:[()]?{_GAP}{{0,2}}[()]?\d){{7,13}}",
            # Leading zero: UK, DE, AT, CH, FR, NL, BE, TR, RO, SE, FI, AU, JP, KR, AR …
            rf"\(?0[1-9]\d{{0,4}}\)?(?:{_GAP}{{1,3}}\d{{2,9}}){{1,4}}",
            r"0[1-9]\d{7,10}",
            r"0(?: \d){8,11}",
            # US and Canada
            r"(?:1[ .\-])?(?:\([2-9]\d\d\)\s?|[2-9]\d\d[ .\-])[2-9]\d\d[ .\-]\d{4}",
            # Italy, mobile; then China
            r"3[2-9]\d[ .\-/](?:\d{3}[ .\-]\d{4}|\d{6,7})",
            r"1[3-9]\d[ \-]\d{4}[ \-]\d{4}",
            # Spain, France without its zero; Poland; Turkey without its zero; Russia; India
            r"[6-9]\d\d(?:[ .\-]\d\d){3}",
            r"[4-8]\d\d-\d{3}-\d{3}",
            r"\(?[1-9]\d\)?[ \-]\d{3}[ \-]\d\d[ \-]\d\d",
            r"5\d\d[ \-]\d{3}[ \-]\d\d[ \-]\d\d",
            r"8[ \-]?\(?\d{3}\)?[ \-]\d{3}[ \-]\d\d[ \-]\d\d",
            r"[6-9]\d{4}[ \-]\d{5}",
            # Brazil
            r"\(\d\d\)\s?9?[ .]?\d{4}[ \-.]?\d{4}",
            r"(?:\d\d )?9\d{4}-\d{4}",
        )
    )
    + r")"
    + _AFTER
)

#: Words after which seven or more digits are a telephone number in any format.
_CALLED = re.compile(
    r"\b(?:call|ring|phone|telephone|tel|mobile|cell|whatsapp|signal|text|sms|fax|dial|handy|telefon|"
    r"telefonnummer|handynummer|anrufen|telefono|t[eé]l[eé]fono|m[oó]vil|celular|ll[aá]ma\w*|ligue|ligar|zap|"
    r"t[eé]l[eé]phone|portable|appel\w*|cellulare|chiam\w*|telefoon\w*|bel|kom[oó]rk\w*|zadzwo\w*|"
    r"telefonu|numaras[ıi]|ara(?:y[ıi]n)?|ring|mobil|telefonnr|nummer|numer|n[uú]mero|num[eé]ro|"
    r"reach(?:ed)? (?:me |us |him |her |them )?(?:at|on)|(?:my|his|her|their|your|private) number|هاتف\w*|"
    r"رقم\w*|جوال\w*|اتصل\w*|телефон\w*|номер\w*|звони\w*)\b"
    rf"\W{{1,4}}(?:[^\W\d]+\W{{1,3}}){{0,4}}?(?P<number>\+?\(?\d(?:[ \u00a0.\-()]{{0,2}}\d){{6,12}}){_AFTER}",
    re.IGNORECASE,
)
#: Such words after seven or more digits; some need a possessive.
_LINE = re.compile(
    r"\b(?:(?:tele|mobile |cell |home |private )?phone(?: number)?|mobile(?: number)?|cell(?: number)?|"
    r"whatsapp|handy(?:nummer)?|telefon(?:nummer)?|telefono|tel[eé]fono|m[oó]vil|celular|t[eé]l[eé]phone|portable|"
    r"cellulare|telefoon(?:nummer)?|kom[oó]rk[ai]|telefonu?|telefone|mobilnummer|телефона?|هاتفه|هاتفها|جواله|"
    r"number|nummer|nr|numer|n[uú]mero|num[eé]ro|numarası|номер)\b",
    re.IGNORECASE,
)
_LINE_OF = re.compile(
    r"\b(?:(?:tele)?phone |mobile )?(?:number|handynummer|telefonnummer|nummer|numer|n[uú]mero|num[eé]ro) "
    r"(?:of (?:my|his|her|th(?:is|at))|von (?:mein|sein|ihr|diese|de[mr])|de (?:ma|mon|sa|son|cet|mi|su|"
    r"est|ella|él)|d(?:el|i|ella) (?:mi|su|quest|lui|lei)|"
    r"van (?:mijn|zijn|haar|hem|die)|d[ao] (?:minha|meu)|del[ea])",
    re.IGNORECASE,
)
_BEFORE_LINE_OF = re.compile(
    rf"{_BEFORE}(?P<number>\+?\(?\d(?:[ \u00a0.\-()]{{0,2}}\d){{6,12}})(?!\w){TIE}", re.IGNORECASE
)
_BEFORE_LINE = re.compile(
    rf"{_BEFORE}(?P<number>\+?\(?\d(?:[ \u00a0.\-()]{{0,2}}\d){{6,12}})(?!\w){TIE_OF}",
    re.IGNORECASE,
)
# Lines that belong to no person: freephone and shared cost.
_OFFICE = re.compile(
    r"\(?(?:\+?1[ .\-])?\(?8(?:00|33|44|55|66|77|88)\)?[ .\-]?\d{3}[ .\-]?\d{4}$"
    r"|\(?0(?:800|808|180|84\d|850|87\d|900)"
)
_COMPUTER = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}$")
_DATE = re.compile(
    r"\(?(?:[0-3]?\d[./\- ][01]?\d[./\- ](?:19|20)\d\d|(?:19|20)\d\d[./\-][01]?\d[./\-][0-3]?\d"
    r"|(?:19|20)\d\d ?[/\u2013\-] ?(?:19|20)\d\d)"
)
# Numbers of things, not phones.
_BOOK = re.compile(
    r"\b(?:isbn(?:-1[03])?|issn|doi|asin|ean|upc|gtin|sku|ref(?:erence)?|order|article|invoice|case|file|"
    r"ticket|docket|"
    r"tracking|serial|model|part|product|item|version|az|aktenzeichen|bestellung|rechnung|expediente|dossier|"
    r"procedimento|sygn|artikel|pedido|factura|commande|facture|ordine|fattura|no\.|#)"
    r"(?:[ \-]?(?:number|no|nummer|nr|n[º°o]|num[eé]ro|n[uú]mero|is))?[\s:.#]*$",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"\s?(?:euros?|eur|dollars?|usd|pounds?|gbp|people|votes?|million|billion|km|kg|tons?|tonnes|"
    r"einwohner|stimmen|habitants|personas|personnes|zł|tl|lira|reais|up-?votes?|down-?votes?|likes?|views?|"
    r"followers?|subscribers?|points?|karma|downloads?|copies|units?|signatures|visitors?|clicks?|times|"
    r"years|"
    r"aufrufe|unterschriften|mal|vues|abonn[eé]s|visitas|seguidores|votos|voix|voti|persone|osób|głosów|kişi|"
    r"pessoas|голосов|человек|руб\w*)\b",
    re.IGNORECASE,
)
# Lottery numbers: "Lottery: 05 12 19 33 41 47".
_DRAWN = re.compile(
    r"\b(?:lott?[eo]\w*|loter\w+|lottery|bingo|keno|jackpot|winning numbers|draw)\b", re.IGNORECASE
)
# Helplines and customer service.
_HOTLINE = re.compile(
    r"\b(?:hot ?line|help ?line|crisis line|samaritans|childline|lifeline|switchboard|customer (?:service|"
    r"care)|"
    r"telefonseelsorge|notruf|sorgentelefon|b[uü]rgertelefon|sos \w+|ligne d'[eé]coute|num[eé]ro vert|"
    r"tel[eé]fono de la esperanza|l[ií]nea de ayuda|telefono amico|numero verde|telefon zaufania|infolinia|"
    r"linha de apoio|hulplijn|телефон доверия|горяч\w+ лини\w+|الخط الساخن)\b[^.!?\n]{0,25}$",
    re.IGNORECASE,
)
_NEAR = 60
_SPOKEN = "|".join(
    """
    zero oh one two three four five six seven eight nine double triple
    null eins zwei zwo drei vier fünf sechs sieben acht neun
    zéro un deux trois quatre cinq sept huit neuf
    cero uno dos tres cuatro cinco seis siete ocho nueve
    due tre quattro cinque sei sette otto nove
    """.split()  # noqa: SIM905
)
_NUMBERS = frozenset(_SPOKEN.split("|"))
_WORD = re.compile(r"[a-z]+")
_LEAST_SAID = 8
_SAID = re.compile(rf"\b(?:(?:{_SPOKEN})[\s,.\-]{{1,3}}){{7,14}}(?:{_SPOKEN})\b", re.IGNORECASE)
_COUNTED = re.compile(
    r"(?:one\W+two\W+three|eins\W+zwei\W+drei|un\W+deux\W+trois|uno\W+dos\W+tres|uno\W+due\W+tre|"
    r"nine\W+eight\W+seven)"
    r"\W+(?:four|vier|quatre|cuatro|quattro|six)",
    re.IGNORECASE,
)


def phones(text: str) -> Iterator[Span]:
    """Spans of telephone numbers. `text` has ASCII digits."""
    for found in _FORMS.finditer(text):
        if not _is_none(text, found.start(), found.end()):
            yield found.span()
    for found in _CALLED.finditer(text):
        if not _is_none(text, *found.span("number")):
            yield found.span("number")
    named = (*behind(text, _LINE, _BEFORE_LINE), *behind(text, _LINE_OF, _BEFORE_LINE_OF))
    for start, end in named:
        if not _is_none(text, start, end):
            yield start, end


def spoken(text: str) -> Iterator[Span]:
    """Spans of telephone numbers in words, except counting."""
    if (
        text.isascii()
        and sum(map(_NUMBERS.__contains__, _WORD.findall(text.lower()))) < _LEAST_SAID
    ):
        return
    for found in _SAID.finditer(text):
        if not _COUNTED.match(found[0]):
            yield found.span()


def _is_none(text: str, start: int, end: int) -> bool:
    written = text[start:end]
    digits = re.sub(r"\D", "", written)
    if not 7 <= len(digits) <= 15 or len(set(digits)) < 3:
        return True
    near = text[max(0, start - _NEAR) : start]
    return bool(
        (digits[0] == "0" and len(digits) < (8 if written[0] == "(" else 9))
        or (
            re.match(r"\+[17](?!\d0)", written) and len(digits) != 11
        )  # +1 and +7: ten digits follow
        or re.fullmatch(r"\d{1,2}[.,]\d+", written)  # 3.14159265
        or _OFFICE.match(written)
        or _COMPUTER.match(written)
        or _DATE.match(written)
        or _BOOK.search(near)
        or _AMOUNT.match(text, end)
        or _DRAWN.search(near)
        or _HOTLINE.search(near)
    )
