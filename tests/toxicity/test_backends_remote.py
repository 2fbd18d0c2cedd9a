"""A scorer elsewhere: what is asked, what is believed, and how long a dead one is waited for."""

from __future__ import annotations

import json
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.toxicity.backends import remote
from commentsvc.toxicity.backends.remote import RemoteScorer, address_of, make
from commentsvc.toxicity.scorer import Scores, Unscored
from tests.toxicity.serving import Answer, Asked, Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator


def says(values: dict[str, float], **more: Any) -> bytes:
    scores = {name: {"summaryScore": {"value": value}} for name, value in values.items()}
    return json.dumps({"attributeScores": scores, "languages": ["en"], **more}).encode()


def refusal(message: str, kind: str = "INVALID_REQUEST", **more: Any) -> Answer:
    details = [{"errorType": kind, **more}]
    error = {"code": 400, "message": message, "status": "INVALID_ARGUMENT", "details": details}
    return 400, {}, json.dumps({"error": error}).encode()


def good(asked: Asked) -> Answer:
    body = json.loads(asked.body)
    value = 0.9 if "idiot" in body["comment"]["text"] else 0.1
    return 200, {}, says(dict.fromkeys(body["requestedAttributes"], value))


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(good) as made:
        yield made


@pytest.fixture
def scorer(server: Server) -> RemoteScorer:
    return RemoteScorer(f"{server.url}/?key=secret", timeout=1.0)


def reason(answer: Scores | Unscored) -> str:
    return answer.reason if isinstance(answer, Unscored) else "scored"


def test_it_works(server: Server, scorer: RemoteScorer) -> None:
    toxic, fine = scorer.score(["What an idiot", "Good morning"])
    assert isinstance(toxic, Scores) and isinstance(fine, Scores)
    assert (toxic.values["toxicity"], fine.values["obscene"]) == (0.9, 0.1)
    assert set(toxic.values) == set(scorer.labels)
    assert (toxic.language, toxic.model) == ("en", "remote/127.0.0.1")
    body = json.loads(server.asked[0].body)
    assert body["doNotStore"] is True and "languages" not in body
    assert server.asked[0].path == "/v1alpha1/comments:analyze?key=secret"
    assert scorer.status().state == "ok" and scorer.status().scored == 2


def test_the_key_is_never_shown(server: Server, scorer: RemoteScorer) -> None:
    server.answer = lambda asked: (500, {}, b"")
    answers = [scorer.score(["Good morning"])[0] for _ in range(6)]
    assert "secret" not in f"{scorer.status()}{scorer.name}{scorer.version}{answers}"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("https://h.example", "/v1alpha1/comments:analyze"),
        ("h.example/?key=k", "/v1alpha1/comments:analyze?key=k"),
        ("https://h.example/v1alpha1?key=k", "/v1alpha1/comments:analyze?key=k"),
        ("https://h.example/v1alpha1/comments:analyze?key=k&x=1", "/v1alpha1/comments:analyze?key=k&x=1"),
        ("https://h.example/proxy/v1alpha1/", "/proxy/v1alpha1/comments:analyze"),
    ],
)  # fmt: skip
def test_addresses(given: str, path: str) -> None:
    assert address_of(given).path == path and address_of(given).host == "h.example"


@pytest.mark.parametrize("given", ["", "ftp://h.example", "https://", "https:///x"])
def test_what_is_no_address(given: str) -> None:
    with pytest.raises(ValueError, match="address like"):
        make(given)


def test_a_hint_is_passed_on(server: Server, scorer: RemoteScorer) -> None:
    scorer.score(["Guten Tag"], language="de")
    assert json.loads(server.asked[0].body)["languages"] == ["de"]


def test_connections_are_kept(server: Server, scorer: RemoteScorer) -> None:
    for _ in range(5):
        scorer.score(["Good morning"])
    assert len({asked.peer for asked in server.asked}) == 1


def test_an_unknown_language_is_unscored(server: Server, scorer: RemoteScorer) -> None:
    server.answer = lambda asked: refusal(
        "Attribute TOXICITY does not support request languages: sw",
        "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
        languageNotSupportedByAttributeError={"detectedLanguages": ["sw"]},
    )
    (answer,) = scorer.score(["Habari ya asubuhi"])
    assert reason(answer) == "language" and answer.language == "sw"
    assert scorer.status().state == "ok"  # the server works


def test_a_language_that_is_scored_for_toxicity_alone(server: Server, scorer: RemoteScorer) -> None:
    def german(asked: Asked) -> Answer:
        if (names := [*json.loads(asked.body)["requestedAttributes"]]) == ["TOXICITY"]:
            return 200, {}, says({"TOXICITY": 0.7}, detectedLanguages=["de"])
        return refusal(
            f"Attribute {names[1]} does not support request languages: de",
            "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
            languageNotSupportedByAttributeError={"attribute": names[1]},
        )

    server.answer = german
    (answer,) = scorer.score(["Guten Morgen"])
    assert answer == Scores({"toxicity": 0.7}, "remote/127.0.0.1", "de")
    assert scorer.labels == tuple(remote.LABELS)  # in other languages there are more


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("LANGUAGE_DETECTION_FAILED", "language"), ("COMMENT_EMPTY", "no_text"), ("INVALID_REQUEST", "failed")],
)  # fmt: skip
def test_other_refusals(server: Server, scorer: RemoteScorer, kind: str, wanted: str) -> None:
    server.answer = lambda asked: refusal("Comment ...", kind)
    assert [reason(each) for each in scorer.score(["Good morning"])] == [wanted]


def test_attributes_that_a_server_has_not_are_not_asked_again(
    server: Server, scorer: RemoteScorer
) -> None:
    def little(asked: Asked) -> Answer:
        for name in json.loads(asked.body)["requestedAttributes"]:
            if name not in ("TOXICITY", "INSULT"):
                return refusal(f"Unknown requested attribute: {name}")
        return 200, {}, says({"TOXICITY": 0.5, "INSULT": 0.2})

    server.answer = little
    (answer,) = scorer.score(["Good morning"])
    assert isinstance(answer, Scores) and dict(answer.values) == {"toxicity": 0.5, "insult": 0.2}
    asked = len(server.asked)
    scorer.score(["Good morning"])
    assert len(server.asked) == asked + 1


def test_a_passing_failure_is_tried_once_more(server: Server, scorer: RemoteScorer) -> None:
    answers = [(503, {}, b""), good]
    server.answer = lambda asked: next_of(answers, asked)
    assert [reason(each) for each in scorer.score(["Good morning"])] == ["scored"]
    assert len(server.asked) == 2


def next_of(answers: list[Any], asked: Asked) -> Answer:
    answer = answers.pop(0)
    found: Answer = answer(asked) if callable(answer) else answer
    return found


@pytest.mark.parametrize(
    "answer",
    [
        (200, {}, b"not json"),
        (200, {}, b"[]"),
        (200, {}, b"{}"),
        (200, {}, b'{"attributeScores": {"TOXICITY": {"summaryScore": {"value": NaN}}}}'),
        (200, {}, b'{"attributeScores": {"TOXICITY": {"summaryScore": {"value": 7}}}}'),
        (200, {}, b'{"attributeScores": {"TOXICITY": {"summaryScore": {"value": true}}}}'),
        (200, {}, b'{"attributeScores": {"TOXICITY": null}}'),
        (403, {}, b'{"error": {"message": "API key not valid"}}'),
        (302, {"Location": "http://127.0.0.1:1/"}, b""),
        (200, {"Content-Length": "500"}, b'{"attributeScores": '),
        (500, {}, b"<html>"),
    ],
)
def test_answers_that_are_no_scores(server: Server, scorer: RemoteScorer, answer: Answer) -> None:
    server.answer = lambda asked: answer
    assert [reason(each) for each in scorer.score(["Good morning"])] == ["failed"]


def test_a_dead_server_is_left_alone_for_a_while(
    server: Server, scorer: RemoteScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "_BREAK_SECONDS", 60.0)
    server.answer = lambda asked: (500, {}, b"")
    for _ in range(remote._BREAK_AFTER):
        scorer.score(["Good morning"])
    asked = len(server.asked)
    assert [reason(each) for each in scorer.score(["Good morning"] * 3)] == ["failed"] * 3
    assert len(server.asked) == asked
    assert scorer.status().state == "broken"
    server.answer = good
    scorer._closed_until = 0.0  # as if the break were over
    assert [reason(each) for each in scorer.score(["Good morning"])] == ["scored"]
    assert scorer.status().state == "ok"


def test_a_quota_is_respected(server: Server, scorer: RemoteScorer) -> None:
    server.answer = lambda asked: (429, {"Retry-After": "30"}, b"{}")
    assert reason(scorer.score(["Good morning"])[0]) == "failed"
    assert reason(scorer.score(["Good morning"])[0]) == "failed"
    assert len(server.asked) == 1


def test_a_silent_server_costs_no_more_than_the_time_allowed() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        scorer = RemoteScorer(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.2)
        begun = time.monotonic()
        assert reason(scorer.score(["Good morning"])[0]) == "failed"
        assert time.monotonic() - begun < 20  # it never answers
        assert "no answer in time" in scorer.status().message


def test_nobody_is_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    scorer = RemoteScorer(f"http://127.0.0.1:{port}")
    assert reason(scorer.score(["Good morning"])[0]) == "failed"


def test_a_server_that_closed_its_end_is_asked_over_a_new_line(
    server: Server, scorer: RemoteScorer
) -> None:
    server.answer = lambda asked: (200, {"Connection": "close"}, good(asked)[2])
    for _ in range(3):
        assert reason(scorer.score(["Good morning"])[0]) == "scored"
    assert len(server.asked) == 3


def test_texts_that_need_no_asking_and_texts_that_are_too_long(
    server: Server, scorer: RemoteScorer
) -> None:
    assert reason(scorer.score([" \n"])[0]) == "no_text" and server.asked == []
    scorer.score(["é" * 30_000 + "\ud800"])
    assert len(json.loads(server.asked[0].body)["comment"]["text"].encode()) <= 20480


@pytest.mark.parametrize(
    "url",
    ["", "javascript:x", "http://a:99999/", "http://a:-1/", "http://[x/", "ftp://a/", "https:///x"],
)
def test_what_is_no_address_is_said_in_our_words(url: str) -> None:
    with pytest.raises(ValueError, match=r"^remote: needs an address like https://"):
        address_of(url)
