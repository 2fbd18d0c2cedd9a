"""Perspective's protocol over HTTP: keys, quotas, errors in Google's shape, CORS, feedback."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.accounts import keys
from commentsvc.core import clock
from commentsvc.sites.models import Site
from commentsvc.toxicity.scorer import Scores, Unscored, scorer
from commentsvc.tuning import feedback
from commentsvc.tuning.models import Feedback
from tests.web.asking import HOST, browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.people import Cast

ANALYZE, SUGGEST = "/v1alpha1/comments:analyze", "/v1alpha1/comments:suggestscore"
#: What Coral sends (coralproject/talk, services/perspective/perspective.ts), and what it reads.
CORAL = {
    "comment": {"text": "What an idiot"},
    "doNotStore": True,
    "requestedAttributes": {"TOXICITY": {}},
    "languages": ["en"],
}
CORAL_SUGGESTS = {
    "comment": {"text": "What an idiot"},
    "context": {"entries": [{"text": '{"url":"https://news.example.org/x"}'}]},
    "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
    "languages": ["en"],
    "communityId": "Coral:https://coral.example.org",
    "clientToken": "comment:0b7f",
}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return browser(app)


@pytest.fixture
def make_key(app: Flask) -> Callable[..., str]:
    def make(**more: Any) -> str:
        return keys.add_key(**{"label": "test", "scopes": ["analyze"], **more})

    return make


@pytest.fixture
def key(make_key: Callable[..., str]) -> str:
    return make_key()


def error_of(answer: Any, code: int, status: str) -> dict[str, Any]:
    """The error, checked to be in Google's shape."""
    assert answer.status_code == code, answer.text
    assert answer.mimetype == "application/json"
    error: dict[str, Any] = answer.json["error"]
    assert error["code"] == code and error["status"] == status
    assert isinstance(error["message"], str) and error["message"]
    assert set(answer.json) == {"error"}
    return error


def test_it_works(client: FlaskClient, key: str) -> None:
    answer = client.post(f"{ANALYZE}?key={key}", json=CORAL)
    assert answer.status_code == 200
    assert answer.json["attributeScores"]["TOXICITY"]["summaryScore"]["value"] == 0.95
    assert answer.json["languages"] == ["en"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_key_may_come_in_googles_header(client: FlaskClient, key: str) -> None:
    answer = client.post(ANALYZE, json=CORAL, headers={"x-goog-api-key": key})
    assert answer.status_code == 200


def test_the_sample_that_is_not_json_is_taken(client: FlaskClient, key: str) -> None:
    body = (
        '{comment: {text: "what kind of idiot name is foo?"}, '
        'languages: ["en"], requestedAttributes: {TOXICITY:{}} }'
    )
    answer = client.post(f"{ANALYZE}?key={key}", data=body, content_type="text/plain")
    assert answer.json["attributeScores"]["TOXICITY"]["summaryScore"]["value"] == 0.95


# --- who may ask ----------------------------------------------------------------------------------


def test_nothing_is_answered_without_a_key(client: FlaskClient) -> None:
    error = error_of(client.post(ANALYZE, json=CORAL), 403, "PERMISSION_DENIED")
    assert "unregistered callers" in error["message"]
    error_of(client.post(SUGGEST, json=CORAL_SUGGESTS), 403, "PERMISSION_DENIED")


def test_a_wrong_key_is_refused(client: FlaskClient) -> None:
    answer = client.post(f"{ANALYZE}?key=AIzaNobody", json=CORAL)
    error = error_of(answer, 400, "INVALID_ARGUMENT")
    assert error["message"] == "API key not valid. Please pass a valid API key."
    assert error["details"][0]["reason"] == "API_KEY_INVALID"


def test_wrong_keys_are_counted(app: Flask, make_app: Callable[..., Flask]) -> None:
    client = browser(make_app())  # under the usual limits
    answers = [client.post(f"{ANALYZE}?key=guess{i}", json=CORAL) for i in range(62)]
    assert answers[0].status_code == 400
    error_of(answers[-1], 429, "RESOURCE_EXHAUSTED")
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_revoked_and_ended_keys_are_refused(
    client: FlaskClient, make_key: Callable[..., str]
) -> None:
    gone, short = make_key(), make_key(ttl=timedelta(days=1))
    keys.revoke_key(keys.keys()[0].id)
    assert client.post(f"{ANALYZE}?key={gone}", json=CORAL).status_code == 400
    assert client.post(f"{ANALYZE}?key={short}", json=CORAL).status_code == 200
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert client.post(f"{ANALYZE}?key={short}", json=CORAL).status_code == 400


def test_a_key_for_other_things_is_refused(
    client: FlaskClient, cast: Cast, make_key: Callable[..., str]
) -> None:
    key = make_key(scopes=["read", "moderate"], user=cast.mona)
    error = error_of(client.post(f"{ANALYZE}?key={key}", json=CORAL), 403, "PERMISSION_DENIED")
    assert error["details"][0]["reason"] == "API_KEY_SERVICE_BLOCKED"


def test_a_key_for_scores_opens_nothing_else(
    client: FlaskClient, cast: Cast, make_key: Callable[..., str]
) -> None:
    header = {"X-Api-Key": make_key(site_id=cast.site.id)}
    answer = client.get("/api/v1/queue?site=harbour&queue=pending", headers=header)
    assert answer.status_code in (401, 403)


def test_each_key_has_a_quota_of_its_own(client: FlaskClient, make_key: Callable[..., str]) -> None:
    small, other = make_key(quota="2/minute"), make_key(quota="2/minute")
    codes = [client.post(f"{ANALYZE}?key={small}", json=CORAL).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    refused = client.post(f"{ANALYZE}?key={small}", json=CORAL)
    error_of(refused, 429, "RESOURCE_EXHAUSTED")
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert client.post(f"{ANALYZE}?key={other}", json=CORAL).status_code == 200


def test_only_a_hash_of_a_key_is_kept(app: Flask, key: str) -> None:
    from commentsvc.accounts.models import Credential
    from commentsvc.core.db import db

    row = db.session.query(Credential).one()
    assert key not in str(vars(row)) and len(row.hash) == 64


# --- browsers -------------------------------------------------------------------------------------

PAGE = "https://tools.example.org"


def test_a_page_may_ask_with_a_key(client: FlaskClient, key: str) -> None:
    asks = client.options(
        f"{ANALYZE}?key={key}",
        headers={"Origin": PAGE, "Access-Control-Request-Method": "POST"},
    )
    assert asks.status_code == 204
    assert asks.headers["Access-Control-Allow-Origin"] == PAGE
    assert "POST" in asks.headers["Access-Control-Allow-Methods"]
    assert "content-type" in asks.headers["Access-Control-Allow-Headers"].lower()
    answer = client.post(f"{ANALYZE}?key={key}", json=CORAL, headers={"Origin": PAGE})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("origin", "code"),
    [("https://tools.example.org", 200), ("https://evil.example", 403), (None, 403),
     ("https://tools.example.org.evil.example", 403)],
)  # fmt: skip
def test_a_key_bound_to_pages_is_for_them_alone(
    client: FlaskClient, make_key: Callable[..., str], origin: str | None, code: int
) -> None:
    key = make_key(origins=["https://tools.example.org"])
    headers = {"Origin": origin} if origin else {}
    answer = client.post(f"{ANALYZE}?key={key}", json=CORAL, headers=headers)
    assert answer.status_code == code
    if code == 403:
        error = error_of(answer, 403, "PERMISSION_DENIED")
        assert error["details"][0]["reason"] == "API_KEY_HTTP_REFERRER_BLOCKED"


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "code", "status"),
    [
        ("GET", "/v1alpha1/comments:analyze", 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "/v1alpha1/comments:suggestscore", 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/v1alpha1/comments:guess", 404, "NOT_FOUND"),
        ("GET", "/v1alpha1/nothing/here", 404, "NOT_FOUND"),
    ],
)
def test_what_is_not_there_is_said_in_googles_shape(
    client: FlaskClient, method: str, path: str, code: int, status: str
) -> None:
    answer = client.open(path, method=method)
    error_of(answer, code, status)
    if code == 405:
        assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"text"', b"{}", b"[" * 3000]
)
def test_bodies_that_cannot_be_read(client: FlaskClient, key: str, body: bytes) -> None:
    error_of(client.post(f"{ANALYZE}?key={key}", data=body), 400, "INVALID_ARGUMENT")
    error_of(client.post(f"{SUGGEST}?key={key}", data=body), 400, "INVALID_ARGUMENT")


@pytest.mark.parametrize(
    "body",
    [
        '{"comment": {"text": "kind", "text": "you idiot"}, "requestedAttributes": {"TOXICITY": {}}}',
        '{"comment": {"text": "a"}, "requestedAttributes": {}, "requestedAttributes": {"TOXICITY": {}}}',
        '{"comment": {"text": "a", "te\\u0078t": "b"}, "requestedAttributes": {"TOXICITY": {}}}',
        "{comment: {text: 'a', 'text': 'b'}, requestedAttributes: {TOXICITY: {}}}",
    ],
)
def test_a_name_that_stands_twice_is_refused(client: FlaskClient, key: str, body: str) -> None:
    for address in (ANALYZE, SUGGEST):
        said = error_of(client.post(f"{address}?key={key}", data=body), 400, "INVALID_ARGUMENT")
        assert "twice in one object" in said["message"]


def test_too_large_a_body(client: FlaskClient, key: str) -> None:
    body = {**CORAL, "context": {"entries": [{"text": "x" * 1_100_000}]}}
    error_of(client.post(f"{ANALYZE}?key={key}", json=body), 413, "INVALID_ARGUMENT")


def test_a_context_of_a_long_article_is_taken(client: FlaskClient, key: str) -> None:
    body = {**CORAL, "context": {"entries": [{"text": "x" * 500_000}]}}
    assert client.post(f"{ANALYZE}?key={key}", json=body).status_code == 200


def test_a_language_that_cannot_be_scored_is_an_error(client: FlaskClient, key: str) -> None:
    body = {**CORAL, "comment": {"text": "a ?? language"}, "languages": ["pt"]}
    error = error_of(client.post(f"{ANALYZE}?key={key}", json=body), 400, "INVALID_ARGUMENT")
    assert error["message"].startswith("Attribute TOXICITY does not support request languages")
    assert error["details"][0]["errorType"] == "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"


def test_a_scorer_that_is_down_is_an_error_and_no_score(
    app: Flask, client: FlaskClient, key: str
) -> None:
    scorer.of(app).broken = "failed"  # type: ignore[attr-defined]
    answer = client.post(f"{ANALYZE}?key={key}", json=CORAL)
    error_of(answer, 503, "UNAVAILABLE")
    assert answer.headers["Retry-After"]


def test_a_scorer_that_answers_nonsense_is_an_error(
    make_app: Callable[..., Flask], app: Flask, key: str
) -> None:
    class Nonsense:
        name, version, labels, in_request = "nonsense", "1", ("toxicity",), True

        def score(self, texts: Any, *, language: str | None = None) -> list[Scores | Unscored]:
            return [Scores({"toxicity": float("nan")}, "nonsense/1", "en") for _ in texts]

    other = make_app(scorer=Nonsense())
    error_of(browser(other).post(f"{ANALYZE}?key={key}", json=CORAL), 503, "UNAVAILABLE")


def test_a_crash_is_an_error_in_googles_shape(
    make_app: Callable[..., Flask], app: Flask, key: str
) -> None:
    class Crash:
        name, version, in_request = "crash", "1", True

        @property
        def labels(self) -> tuple[str, ...]:
            raise RuntimeError("boom")

    answer = browser(make_app(scorer=Crash())).post(f"{ANALYZE}?key={key}", json=CORAL)
    error = error_of(answer, 500, "INTERNAL")
    assert "boom" not in error["message"]


# --- discovery ------------------------------------------------------------------------------------


def test_the_discovery_document_names_the_address_asked(client: FlaskClient) -> None:
    answer = client.get("/$discovery/rest?version=v1alpha1", base_url=HOST)
    assert answer.status_code == 200
    assert answer.json["rootUrl"] == answer.json["baseUrl"] == "https://comments.example.com/"
    assert set(answer.json["schemas"]) == {
        "AnalyzeCommentRequest", "AnalyzeCommentResponse", "SuggestCommentScoreRequest",
        "SuggestCommentScoreResponse", "TextEntry", "Context", "ArticleAndParentComment",
        "AttributeParameters", "AttributeScores", "SpanScore", "Score",
    }  # fmt: skip
    methods = answer.json["resources"]["comments"]["methods"]
    assert methods["analyze"]["path"] == "v1alpha1/comments:analyze"
    assert client.get("/$discovery/rest", base_url=HOST).json == answer.json
    by_number = client.get("/$discovery/rest", base_url="http://127.0.0.1:8123")
    assert by_number.json["rootUrl"] == "http://127.0.0.1:8123/"
    error_of(client.get("/$discovery/rest?version=v9"), 404, "NOT_FOUND")


# --- feedback -------------------------------------------------------------------------------------


def rows() -> list[Feedback]:
    from commentsvc.core.db import db

    return db.session.query(Feedback).order_by(Feedback.id).all()


def test_a_suggestion_is_kept_without_its_text(
    client: FlaskClient, cast: Cast, make_key: Callable[..., str]
) -> None:
    key = make_key(site_id=cast.site.id)
    answer = client.post(f"{SUGGEST}?key={key}", json=CORAL_SUGGESTS)
    assert answer.status_code == 200
    assert answer.json == {
        "clientToken": "comment:0b7f",
        "detectedLanguages": ["en"],
        "requestedLanguages": ["en"],
    }
    (row,) = rows()
    assert row.suggested == {"toxicity": 1.0}
    assert row.measured is not None and row.measured["toxicity"] == 0.95
    assert (row.text, row.community) == (None, "Coral:https://coral.example.org")
    assert "idiot" not in row.text_hash and len(row.text_hash) == 43
    assert [each.id for each in feedback.examples(cast.site.id)] == [row.id]
    assert feedback.examples(cast.other.id) == []


def test_the_text_is_kept_where_the_key_says_so(
    client: FlaskClient, make_key: Callable[..., str]
) -> None:
    key = make_key(keeps_text=True)
    client.post(f"{SUGGEST}?key={key}", json=CORAL_SUGGESTS)
    assert [row.text for row in rows()] == ["What an idiot"]


def test_the_last_suggestion_of_a_key_counts(
    client: FlaskClient, make_key: Callable[..., str]
) -> None:
    one, two = make_key(), make_key()
    scores = {"TOXICITY": {"summaryScore": {"value": 0}}}
    client.post(f"{SUGGEST}?key={one}", json=CORAL_SUGGESTS)
    client.post(f"{SUGGEST}?key={two}", json=CORAL_SUGGESTS)
    client.post(f"{SUGGEST}?key={one}", json={**CORAL_SUGGESTS, "attributeScores": scores})
    assert sorted(row.suggested["toxicity"] for row in rows()) == [0.0, 1.0]


def test_a_suggestion_for_an_unscored_text_is_kept(
    app: Flask, client: FlaskClient, key: str
) -> None:
    scorer.of(app).broken = "failed"  # type: ignore[attr-defined]
    assert client.post(f"{SUGGEST}?key={key}", json=CORAL_SUGGESTS).status_code == 200
    assert [row.measured for row in rows()] == [None]


def test_analyze_keeps_nothing(app: Flask, client: FlaskClient, key: str) -> None:
    client.post(f"{ANALYZE}?key={key}", json={**CORAL, "doNotStore": False})
    assert rows() == []
    from commentsvc.core.db import db

    assert db.session.query(Site).count() == 0
