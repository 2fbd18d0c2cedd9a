"""The OpenAPI document tells the truth: about every answer, every address, every shape."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from commentsvc.api.document import path_of
from commentsvc.api.operation import OPERATIONS, PREFIX, json_bytes
from commentsvc.api.schemas import cards as card_schemas
from commentsvc.api.schemas import responses
from commentsvc.api.shapes import comment
from commentsvc.moderation.desk import queue
from commentsvc.settings import LIMITS
from commentsvc.sites.queries import policy_of
from commentsvc.threads import pages
from commentsvc.threads.commands import find_thread
from commentsvc.web.problems import STATUS_CODES
from tests.factories import HREF, post
from tests.web.asking import api_key, browser

if TYPE_CHECKING:
    import marshmallow
    from flask import Flask

    from tests.people import Cast

load_all_checks()


# --- what the document says -----------------------------------------------------------------------


def test_it_works(app: Flask) -> None:
    answer = browser(app).get("/api/v1/openapi.json")
    found = answer.get_json()
    assert found["openapi"].startswith("3.1") and found["servers"][0]["url"]
    assert found["paths"]["/api/v1/comments"]["post"]["responses"]["201"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_every_address_of_the_api_is_in_it(app: Flask) -> None:
    paths = browser(app).get("/api/v1/openapi.json").get_json()["paths"]
    told = {(method.upper(), path) for path, each in paths.items() for method in each}
    there = {
        (method, rule.rule.replace("<id:", "{").replace("<key:", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX) and rule.endpoint != "api_docs.openapi"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert told == there


def test_every_operation_says_what_it_does() -> None:
    names = [each.name for each in OPERATIONS]
    assert len(names) == len(set(names))
    for each in OPERATIONS:
        assert each.summary and len(each.summary) < 70, each.name


def test_the_page_shows_all_of_it(app: Flask) -> None:
    page = browser(app).get("/api/docs")
    assert page.status_code == 200 and "<script" not in page.text
    for each in OPERATIONS:
        assert f'id="{each.name}"' in page.text
    for name in ("post", "sign_in", "too_many_requests"):
        assert name in page.text


def test_the_manual_names_every_address_limit_and_problem() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
    paths = {path_of(each).removeprefix(PREFIX) for each in OPERATIONS}
    missing = [path for path in paths if path not in manual]
    missing += [name for name in LIMITS if f"`{name}`" not in manual]
    missing += [code for code in STATUS_CODES.values() if f"`{code}`" not in manual]
    assert missing == []


def test_no_answer_has_a_place_for_secrets(app: Flask) -> None:
    """ASVS 15.3.1: shapes are lists of what may be told; these words are in none."""
    found = browser(app).get("/api/v1/openapi.json").get_json()["components"]["schemas"]
    sent = {"NewComment"}
    told = {
        field
        for name, each in found.items()
        if name not in sent and not name.endswith("In")
        for field in each["properties"]
    }
    assert not told & {"email", "network", "password", "hash", "secret", "secrets", "ip", "row_id"}


# --- quick and slow say the same ------------------------------------------------------------------


def slowly(schema: type[marshmallow.Schema], value: Any) -> Any:
    """What marshmallow makes of a value."""
    return json.loads(json.dumps(schema().dump(value)))


def test_quick_answers_equal_their_schemas(app: Flask, cast: Cast) -> None:
    above = post(cast.site, "First.", user=cast.rita).comment
    for n in range(5):
        post(cast.site, f"Answer {n}.", parent=above.public_id)
    held = post(cast.site, "You idiot.", user=cast.rita).comment
    thread = find_thread(cast.site, HREF)
    assert thread is not None
    policy = policy_of(cast.site)
    page = pages.first_page(thread.id, policy)
    items = [comment(each, html=True, locale="en", policy=policy) for each in page.items]
    cards = queue.page([cast.site], "pending").items
    assert cards[0].id == held.public_id
    for schema, value in (
        (responses.CommentPage, {"items": items, "next": None}),
        (card_schemas.CardPage, {"items": cards, "next": "x"}),
        (responses.Thread, pages.view_of(thread, cast.site)),
        (responses.Counts, {"counts": {HREF: 1}}),
        (responses.PolicyShape, {"policy": asdict(policy)}),
    ):
        assert orjson.loads(json_bytes(schema, value)) == slowly(schema, value)


def test_nothing_undeclared_slips_out() -> None:
    value = {
        "id": "a",
        "href": "h",
        "title": None,
        "tags": (),
        "closed": False,
        "comment_count": 0,
        "opens_at": None,
        "slow_seconds": 0,
        "reactions": None,
        "ip": "x",
    }
    assert "ip" not in orjson.loads(json_bytes(responses.Thread, value))


# --- and all that a machine can think of ----------------------------------------------------------

#: Requests an operation, an asker and a kind (fitting or not); MANY makes more than 5,000 in all.
SOME, MANY = 2, 60
#: What a text says, and whether it is one, is a room's question; a schema cannot tell.
MEANING = {"positive_data_acceptance"}
#: Not asked of cases whose ids and headers were replaced by real ones.
REPLACED = {"negative_data_rejection", "ignored_auth"}


@pytest.fixture(params=[SOME, pytest.param(MANY, marks=pytest.mark.drill)], ids=["some", "many"])
def rigour(request: pytest.FixtureRequest) -> settings:
    """How much is tried."""
    return settings(
        max_examples=request.param,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=request.param == SOME,
        database=None,
    )


def checks(*, without: set[str]) -> list[Any]:
    """All of schemathesis' checks but some."""
    return [each for each in CHECKS.get_all() if each.__name__ not in without]


#: What an asker makes of a case, and the checks that do not hold for it then.
Asker = tuple[Callable[[Any], None], set[str]]


def tried(app: Flask, rigour: settings, *askers: Asker) -> int:
    """Ask every operation with data that fits its schema, and with data that does not; returns how many cases
    there were. The askers ask with the same case in turn, as to make one takes longer than to ask. Where some
    are enough, operations get one of the two in turn: what takes longest is to think of the first case."""
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    made, by = 0, [(change, checks(without=without)) for change, without in askers]
    for number, found in enumerate(document.get_all_operations()):
        operation, before = found.ok(), made
        for mode in [*GenerationMode][:: -1 if number % 2 else 1]:
            if made > before and rigour.max_examples == SOME:
                break
            strategy = operation.as_strategy(generation_mode=mode)

            @rigour
            @given(case=strategy)
            def ask(case: Any) -> None:
                nonlocal made
                made += 1
                for change, wanted in by:
                    change(case)
                    # its client unpacks no brotli
                    case.headers = {**(case.headers or {}), "Accept-Encoding": "identity"}
                    case.call_and_validate(checks=wanted)

            # some operations have nothing that could be wrong
            with suppress(Unsatisfiable):
                ask()
    return made


def test_neither_strangers_nor_an_owner_find_anything_wrong(
    app: Flask, cast: Cast, rigour: settings
) -> None:
    """The owner has real ids where ids belong, so that requests get behind the door."""
    made = [post(cast.site).comment for _ in range(3)]
    thread = find_thread(cast.site, HREF)
    assert thread is not None
    key = api_key(cast.olga, "read", "write", "moderate", "manage")
    real = {"site": "harbour", "site_key": "harbour", "href": HREF}
    real |= {"comment_id": made[0].public_id, "thread_id": thread.public_id}

    def as_owner(case: Any) -> None:
        case.headers = {**(case.headers or {}), **key}
        for holder in (case.path_parameters, case.query, case.body):
            if isinstance(holder, dict):
                holder.update({name: real[name] for name in real if name in holder})

    stranger: Asker = (lambda case: None, set())
    count = tried(app, rigour, stranger, (as_owner, MEANING | REPLACED))
    assert count >= len(OPERATIONS) * rigour.max_examples
