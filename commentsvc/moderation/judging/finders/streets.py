"""Street addresses with house numbers, in the usual formats of many countries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spans import Span

_NAME = r"[^\W\d_a-zß-öø-ÿ][\w'\u2019.\-]{0,30}"  # begins with a capital
_NO = r"(?<![\w.,/£$€#\-])"
_HOUSE = r"\d{1,5}[a-zA-Z]?(?:[\-\u2013/]\d{1,4}[a-zA-Z]?)?"
_END = r"(?![\w%€£])(?![.,:]\d)"
_LINK = (
    r"(?:(?:de|del|della|delle|dei|degli|di|da|do|dos|das|des|du|la|las|le|les|los|el|en|of|the|van|"
    r"der|den|l'|d')\s?){0,3}"
)
_NUMBERED = r"(?:n[ºo°.]{1,2} ?|n[úu]m(?:ero|\.)? ?|nr\.? ?)?"

# Words for a street, by their position.
_AFTER_NUMBER = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Ct|Place|Pl|Way|Crescent|Cres|Terrace|"
    "Gardens|Grove|Square|Mews|Boulevard|Blvd|Parkway|Pkwy|Highway|Hwy"
)
_ENDINGS = (
    "stra(?:ß|ss)e|str\\.|gasse|weg|allee|platz|damm|ufer|straat|laan|plein|gracht|kade|dijk|singel|"
    "steeg|gatan|gata|v[äa]gen|gade|vej|veien|katu|kuja"
)
_FRENCH = "rue|avenue|av\\.|boulevard|bd|place|impasse|all[ée]e|chemin|quai|cours|route|square"
_SPANISH = "calle|avenida|avda\\.?|plaza|paseo|carrer|camino|ronda|c/"
_ITALIAN = "Via|Viale|viale|Piazza|piazza|Corso|Vicolo|vicolo|Piazzale"
_POLISH = "ul\\.|ulic[aye]|al\\.|aleja|alei|os\\."
_TURKISH = "soka[kğ]\\w*|sok\\.|sk\\.|cadde\\w*|cad\\.|bulvar\\w*"
_PORTUGUESE = "rua|avenida|av\\.|travessa|pra[çc]a|alameda|estrada"
_RUSSIAN = "ул\\.|улиц[аеыу]|проспект\\w*|пер\\."
_LIVES = (
    "lives?|living|address|wohn\\w+|adresse|anschrift|habit\\w+|vive|vivo|direcci[oó]n|abita|indirizzo|"
    "woont?|adres\\w*|mieszka\\w*|mora|endere[çc]o"
)
_FLAT = "apt|apartment|suite|ste|unit|flat"
_TIME = (
    r"(?! ?(?:years?|months?|weeks?|days?|hours?|minutes?|mins?|times|miles|km|kilomet\w+|met(?:er|re)s?|"
    r"blocks?|"
    r"million|percent|degrees|different|other|various|separate|places?|houses|homes|addresses|locations|"
    r"people|"
    r"persons|trees|cars|shops|o'clock|am|pm|Jahre?n?|Minuten|Stunden|Grad|Euro|Prozent|verschieden\w+|Orten|"
    r"ans|minutes|degr[eé]s|euros?|años|minutos|grados|personas|casas|anni|minuti|gradi|jaar|minuten|lat|"
    r"minut|"
    r"anos|yıl|dakika)\b)"
)

# What may follow a trailing house number, and phrases for who lives there.
_FLOOR = (
    r",? ?(?i:(?:\d{1,2}(?:st|nd|rd|th)?|first|second|third|fourth|fifth|sixth|ground|top|upper|lower|"
    r"basement|left|right)[ \-](?:floor|flat|bell|door)|basement|flat|apt|apartment|unit|room|ring|bell|"
    r"(?:red|blue|green|white|black|yellow|brown) door)\b"
)
_ROADS = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Close|Court|Place|Crescent|Terrace|Gardens|Grove|Square|Mews|"
    "Boulevard|Blvd"
)
_ROAD = rf"\b(?:{_NAME} ){{1,3}}(?:{_ROADS})\.?,? (?:(?i:no\.?|number|nr\.?|#) ?)?{_HOUSE}"
_SOMEBODY = (
    r"\b(?i:find|visit|meet|get|see|knock|catch|wait for) (?:him|her|them|you)\b"
    r"(?:[^\W\d]|[ ,']){0,25}? "
)
_THERE = (
    r"[\s,:;()\-\u2013\u2014]{1,4}(?i:(?:\w{1,9}['\u2019]?s?\W){1,6}?)"
    r"(?i:address(?! to\b)|wohnt|wohnst|adresse(?! an\b)|anschrift|habite|habites|vive|vives|direcci[oó]n|"
    r"abita|abiti|indirizzo|lives?|woont|woonadres|adres|adresi|mieszka|adresem|mora|endere[çc]o)\b"
)
# Numbered things that are not streets: "Chapter 12 is his address to the nation".
_NO_PART = (
    r"\b(?!(?i:chapter|psalm|article|room|area|formula|figure|summer|part|season|episode|level|world|war|windows|section|"
    r"act|scene|page|verse|phase|tier|zone|gate|platform|channel|studio|catch|route|highway|interstate|track|song|"
    r"book|volume|stage|cell|sector|planet|district|earth|kapitel|artikel|zimmer|raum|teil|folge|staffel|platz|seite|"
    r"gleis|zelle|bezirk|chapitre|saison|salle|chambre|partie|cap[ií]tulo|temporada|sala|parte|capitolo|stanza|"
    r"hoofdstuk|kamer|rozdzia[łl]|pok[oó]j)\b)"
)
_HIS = (
    r"(?=[^.!?\n]{1,30}?\b(?i:his|her|their|your|he|she|they|seine|ihre|deine|er|sie|du|son|sa|il|elle|su|él|ella|suo|"
    r"zijn|haar|hij|ze|jego|jej|seu|dele|dela|onun|that['\u2019]?s where)\b)"
)

#: Without one of these words, no pattern is tried.
_WORDS = re.compile(
    rf"(?:\b(?:{_AFTER_NUMBER}|{_FRENCH}|{_SPANISH}|{_ITALIAN}|{_POLISH}|{_TURKISH}|{_PORTUGUESE}|"
    rf"{_RUSSIAN}|{_LIVES}|{_FLAT}|chauss[ée]e|psc|corso|str\.|strada|calea|utca|u\.|[úu]t|شارع)|"
    rf"{_ENDINGS}|\bhouse\b)(?!\w)",
    re.IGNORECASE,
)
_ENGLISH = (
    rf"(?P<number>{_NO}{_HOUSE}),?[ \n](?:[NSEW]{{1,2}}\.?[ ])?(?:{_NAME}[ ]){{1,4}}?"
    rf"(?P<kind>{_AFTER_NUMBER})\b\.?"
)
_OTHERS = (
    # With the number of a flat; military addresses abroad
    rf"{_NO}\d{{1,5}},? (?:[\w'\u2019.\-]{{1,30}}[\s,]{{1,2}}){{1,5}}(?i:{_FLAT})\.?\s?#?\d+",
    r"\b(?:PSC|Unit) \d{1,5},? Box \d+",
    # DE, AT, CH, NL, SE, DK, NO, FI: the street and its kind are one word, or two
    rf"\b[^\W\d_a-z][\w\-]{{2,40}}(?:{_ENDINGS}) ?{_HOUSE}{_END}",
    rf"\b{_NAME} (?:Stra(?:ß|ss)e|Str\.|Gasse|Allee|Weg) {_HOUSE}{_END}",
    # FR, BE
    rf"{_NO}\d{{1,4}}(?: ?(?:bis|ter|quater))?,? (?i:{_FRENCH}) {_LINK}{_NAME}",
    rf"\b(?i:rue|avenue|chauss[ée]e) {_LINK}(?:{_NAME},? ){{1,3}}{_HOUSE}{_END}",
    # ES, IT ("via" is also English: it needs a comma before the number), BR and PT
    rf"\b(?i:{_SPANISH}) ?{_LINK}(?:{_NAME},? ){{1,3}}{_NUMBERED}{_HOUSE}{_END}",
    rf"\b(?:{_ITALIAN}) {_LINK}(?:{_NAME},? ){{1,3}}(?:n\.? ?)?{_HOUSE}{_END}",
    rf"\b(?:via|corso) {_LINK}(?:{_NAME} ){{0,2}}{_NAME}, (?:n\.? ?)?{_HOUSE}{_END}",
    rf"\b(?i:{_PORTUGUESE}) {_LINK}(?:{_NAME},? ){{1,4}}{_NUMBERED}{_HOUSE}{_END}",
    # PL, TR, RO, RU, HU, Arabic
    rf"\b(?i:{_POLISH}) ?(?:{_NAME} ){{1,3}}{_HOUSE}(?: ?m\. ?\d+)?{_END}",
    rf"\b(?:{_NAME} ){{1,3}}(?i:{_TURKISH}),? ?(?:[Nn]o ?[:.]? ?){_HOUSE}",
    rf"\b(?i:str\.|strada|calea) (?:{_NAME},? ){{1,3}}(?:nr\.? ?){_HOUSE}",
    rf"\b(?i:{_RUSSIAN}) ?(?:{_NAME},? ){{1,3}}(?:д(?:ом|\.)? ?)?{_HOUSE}{_END}",
    rf"\b(?:{_NAME} ){{1,2}}(?:utca|u\.|[úu]t) {_HOUSE}\.?",
    r"شارع (?:\w{2,20} ){1,4}?(?:رقم ?)?\d{1,4}\b",
    # The number last or first, unlike the country's usual format
    rf"{_ROAD}{_END}(?={_FLOOR})",
    rf"{_SOMEBODY}(?:at|in) {_ROAD}{_END}",
    rf"{_NO}\d{{1,3}}[a-zA-Z]?,? (?:(?i:calle|avenida|avda\.?) {_LINK}|(?:Via|Viale|Piazza) {_LINK}|"
    rf"(?i:ul\.|ulica) ){_NAME}",
    rf"{_NO}\d{{1,3}}[a-zA-Z]?,? [A-ZÄÖÜ][\w\-]{{2,30}}(?:stra(?:ß|ss)e|gasse|allee|straat|gracht)\b",
    # Where somebody lives, by a word after or before the address
    rf"(?:{_NO}\d{{1,5}}[a-zA-Z]? (?:{_NAME} ){{0,3}}{_NAME}|"
    rf"{_NO_PART}(?:{_NAME},? ){{1,4}}{_HOUSE}{_END})(?={_HIS}{_THERE})",
    r"\b(?i:lives? at|living at|address(?: is|:)|house (?:is at|number is))\s{1,5}"
    rf"\d{{1,5}}[a-zA-Z]?{_TIME} [^\W\d]{{3,30}}",
    rf"\b(?i:{_LIVES})\b\W{{1,3}}(?:[a-zß-ÿ'\u2019]{{1,12}}[^\w'\u2019]{{1,2}}){{0,6}}"
    rf"(?:\d{{1,5}}[a-zA-Z]? (?:{_NAME} ){{0,3}}{_NAME}|(?:{_NAME},? ){{1,4}}{_HOUSE}{_END}{_TIME})",
)
_PATTERNS = tuple(map(re.compile, (_ENGLISH, *_OTHERS)))

_NUMBER = re.compile(r"(?<![\d.,])\d{1,5}(?![\d%])")
_NEAR = 100
_BEFORE = 60

# Not a house: "In 2019 Wall Street …", "5 High Court judges", "3 Old St Andrews players".
_YEAR = re.compile(
    r"\b(?:in|since|by|of|from|until|during|after|before|the|for|class of|summer|winter) $", re.I
)
_OTHER_COURT = re.compile(
    r"\b(?:supreme|high|crown|district|federal|circuit|appeals?|county|superior|criminal|tennis|food|"
    r"first|second|third|last|hours?|day|year|million|billion|one|two|different|test|line|man|star) "
    r"(?:court|ct|place|drive|way|close|square)|^\d way ",
    re.I,
)
_SAINT = re.compile(r" (?!Apt|Suite|Ste|Unit|Flat|North|South|East|West)[A-Z][a-z]")
_NO_STREET = re.compile(
    r"(?:tabellen|start|spiel|park|sitz|arbeits|listen|studien|ausbildungs|kita|stell|welt|schau|an|um|"
    r"aus|rück|heim|schul|fahrrad|rad)(?:platz|weg|damm)\b",
    re.I,
)
# "In der Hauptstraße 12 Bäume gefällt", "in calle Mayor, 42 grados": a count.
_IN = re.compile(r"\b(?:in|im|auf|an|en|dans|na|w) (?:der |dem |la |el |le |les )?$", re.I)
_COUNTED = re.compile(
    r" (?!und\b|y\b|et\b|da\b|de\b|mit\b|con\b|in\b|im\b|and\b|or\b|with\b|from\b|where\b|wo\b|dove\b|"
    r"donde\b|"
    r"ist\b|is\b|war\b|est\b|steht\b|wohn|avec\b|chez\b|bei\b|Apt|Flat|Suite|Unit)[^\W\d]{3,}"
)
_UNIT = re.compile(
    r" (?:grados|grad|degrees|gradi|degr[eé]s|euros?|personas|personnes|persone|people|años|jahre|years|"
    r"minut\w+|"
    r"alberi|[aá]rboles|arbres|b[aä]ume|trees|autos?|cars|coches|voitures|wohnungen|h[aä]user)\b",
    re.I,
)
_HOME = re.compile(rf"\b(?:{_LIVES}|home|house|visit|knock|ring|zuhause|daheim|chez)\b", re.I)
# Public buildings: "the library at 12 Market Square", "Rathaus, Marktplatz 1".
_OPEN_HOUSE = re.compile(
    r"\b(?:library|museum|town hall|city hall|station|school|hospital|church|cathedral|restaurant|caf[eé]|"
    r"pub|"
    r"cinema|theatre|theater|gallery|hotel|surgery|clinic|pharmacy|bakery|court|embassy|"
    r"university|college|bus(?: \d+)? stops|rathaus|bibliothek|b[uü]cherei|bahnhof|schule|kirche|"
    r"krankenhaus|museum|theater|kino|apotheke|gericht|mairie|mus[eé]e|gare|[eé]cole|h[oô]pital|[eé]glise|"
    r"biblioth[eè]que|ayuntamiento|museo|biblioteca|estaci[oó]n|escuela|colegio|hospital|iglesia|municipio|"
    r"comune|"
    r"stazione|scuola|ospedale|chiesa|ratusz|muzeum|dworzec|stadhuis|station)\b"
    r"(?: is| are|,| (?:at|in|on|an|am|auf|en|au|à|alla|al|na)| stops at){0,2}(?: der| dem| la| el)?,? ?$",
    re.I,
)
#: Well-known addresses, which are not private data.
_PUBLIC = re.compile(
    r"(?:1[0-2] downing st|downing st(?:reet)? 1[0-2]|pennsylvania ave(?:nue)? 1600|"
    r"baker st(?:reet)? 221b|1600 pennsylvania av|221b baker st|1 infinite loop|123 main st|350 fifth av|"
    r"(?<!\d)\d+ wall st|55 rue du faubourg saint-honor|rue de la loi 200|dam 1\b|"
    r"willy-brandt-stra(?:ß|ss)e 1\b)",
    re.I,
)


def streets(text: str) -> Iterator[Span]:
    """Spans of addresses with a house number."""
    for begin, end in _windows(text):
        if not _WORDS.search(text, begin, end):
            continue
        for pattern in _PATTERNS:
            for found in pattern.finditer(text, begin, end):
                if not _is_none(found, text):
                    yield found.span()


def _windows(text: str) -> Iterator[Span]:
    """Spans around possible house numbers; adjacent ones are merged."""
    begin = end = -1
    for number in _NUMBER.finditer(text):
        if number.start() - _NEAR > end:
            if end >= 0:
                yield begin, end
            begin = max(0, number.start() - _NEAR)
        end = number.end() + _NEAR
    if end >= 0:
        yield begin, min(end, len(text))


def _is_none(found: re.Match[str], text: str) -> bool:
    written = found[0]
    if _PUBLIC.search(written) or _NO_STREET.search(written):
        return True
    before = text[max(0, found.start() - _BEFORE) : found.start()]
    if not _HOME.search(before) and not _HOME.search(written):
        if _OPEN_HOUSE.search(before) or _UNIT.match(text, found.end()):
            return True
        if (
            found.re is not _PATTERNS[0]
            and _IN.search(before)
            and _COUNTED.match(text, found.end())
        ):
            return True
    if found.re is not _PATTERNS[0]:
        return False
    before = before[-12:]
    year = re.fullmatch(r"(?:19|20)\d\d", found["number"])
    saint = found["kind"] in ("St", "Dr", "Pl") and _SAINT.match(text, found.end())
    return bool((year and _YEAR.search(before)) or saint or _OTHER_COURT.search(written))
