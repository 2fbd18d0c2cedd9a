"""A word behind a number says what it is, as one before it does; and house numbers stand on either side."""

from __future__ import annotations

from commentsvc.moderation.judging.finders.private import private_data
from tests.tables import every_row

FOUND = [
    ("83.142.77.19 is his IP", "ip", "83.142.77.19"),
    ("83.142.77.19 - that's the troll's IP address", "ip", "83.142.77.19"),
    ("83.142.77.19 war die IP von ihm", "ip", "83.142.77.19"),
    ("2a02:c7f:5e2b:4f00:1c2d:3e4f:5a6b:7c8d, c'est son adresse IP", "ip", None),
    ("81.2.69.160 è il suo indirizzo IP", "ip", "81.2.69.160"),
    ("81.2.69.160 gehört diesem Troll", "ip", "81.2.69.160"),
    ("81.2.69.160 é o IP dele", "ip", "81.2.69.160"),
    ("123456789 is his passport number", "identity", "123456789"),
    ("C01X00T47 ist seine Ausweisnummer", "identity", "C01X00T47"),
    ("12345678Z es su DNI", "identity", "12345678Z"),
    ("AB 123 CD is my boss's number plate", "plate", "AB 123 CD"),
    ("B-MW 1234 ist sein Kennzeichen", "plate", "B-MW 1234"),
    ("34 ABC 123 onun plakası", "plate", "34 ABC 123"),
    ("5551234 is her number", "phone", "5551234"),
    ("4455667, das ist ihre Telefonnummer", "phone", "4455667"),
    ("4455667 es su teléfono", "phone", "4455667"),
    ("Elm Street 14, second floor", "street", "Elm Street 14"),
    ("Harrow Lane 27, basement flat", "street", "Harrow Lane 27"),
    ("You can meet her at Station Road 41", "street", None),
    ("12 Lindenstraße, zweiter Stock", "street", "12 Lindenstraße"),
    ("31 Calle Mayor, piso 2", "street", "31 Calle Mayor"),
    ("7 Acacia, that's where she lives", "street", "7 Acacia"),
    ("Lindenhof 3 ist seine Adresse", "street", "Lindenhof 3"),
    ("Kopernika 7 to jego adres", "street", "Kopernika 7"),
]
HARMLESS = (
    "8.8.8.8 is Google's IP",
    "192.168.1.1 is his IP",
    "81.2.69.160 is the server's IP",
    "Version 83.142.77.19 is his release",
    "123456789 people saw his passport photo",
    "1234567 is a big number",
    "My score is 1234567, what is your number?",
    "Downing Street 10, first floor",
    "Elm Street 3, second half, is boring",
    "In Main Street 14 shops closed this year.",
    "Chapter 12 is his address to the nation",
    "Room 101 is where he lives",
    "Boeing 747 is her favourite, she lives for flying",
)


@every_row(("text", "kind", "written"), FOUND)
def test_it_is_found(text: str, kind: str, written: str | None) -> None:
    [(found, start, end)] = private_data(text)
    assert found == kind and (written is None or text[start:end] == written)


@every_row("text", HARMLESS)
def test_other_numbers_are_none(text: str) -> None:
    assert private_data(text) == []
