"""What does not fit a shape is said in the asker's language, never in marshmallow's English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from marshmallow import fields

from commentsvc.api.operation import OPERATIONS
from commentsvc.api.schemas.checks import Said
from tests.web.asking import HREF, browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from tests.people import Cast

TOO_MUCH = "a" * 21_000


@pytest.mark.parametrize(
    ("sent", "pointer", "said"),
    [
        ({}, "#/site", "Diese Angabe ist erforderlich."),
        ({"site": None}, "#/site", "Das darf nicht null sein."),
        ({"site": 7}, "#/site", "Das muss ein Text sein."),
        ({"site": ""}, "#/site", "Die Länge muss zwischen 1 und 40 liegen."),
        ({"text": TOO_MUCH}, "#/text", "Die Länge darf höchstens 20.000 betragen."),
        (
            {"text": "a\0b"},
            "#/text",
            "Das enthält Zeichen, die hier nicht erlaubt sind. Entfernen Sie sie.",
        ),
        ({"nonsense": 1}, "#/nonsense", "Dieses Feld gibt es nicht."),
    ],
)
def test_it_works(app: Flask, cast: Cast, sent: dict[str, Any], pointer: str, said: str) -> None:
    whole = {"site": "harbour", "href": HREF, "text": "A thought.", **sent}
    german = {"Accept-Language": "de"}
    answer = browser(app).post("/api/v1/comments", json=whole if sent else {}, headers=german)
    found = answer.get_json()
    assert (answer.status_code, found["code"]) == (422, "invalid")
    assert {"pointer": pointer, "detail": said} in found["errors"]
    assert found["detail"] == found["errors"][0]["detail"]


def test_a_query_too(app: Flask, cast: Cast) -> None:
    address = f"/api/v1/counts?site=harbour&locale=de&href={HREF}" + "&href=x" * 200
    assert "zwischen 1 und 200" in browser(app).get(address).get_json()["detail"]


def test_programs_find_the_words_there_are(app: Flask, cast: Cast) -> None:
    sent = {"reason": "boring"}
    answer = browser(app).post("/api/v1/comments/none/flags", json=sent)
    (found,) = answer.get_json()["errors"]
    assert found["pointer"] == "#/reason" and "spam" in found["choices"]
    assert found["detail"] == "This isn’t one of the allowed values."


def test_no_field_speaks_english_of_its_own() -> None:
    asked = [each for one in OPERATIONS for each in (one.body, one.query) if each is not None]
    assert asked
    for shape in asked:
        for field in every_field(shape().load_fields.values()):
            odd = [text for text in field.error_messages.values() if not isinstance(text, Said)]
            assert odd == [], (shape, field)
            for check in field.validators:
                assert isinstance(getattr(check, "error", None), Said), (shape, field, check)


def every_field(these: Any) -> Iterator[fields.Field[Any]]:
    for field in these:
        yield field
        yield from every_field([field.inner] if isinstance(field, fields.List) else [])
