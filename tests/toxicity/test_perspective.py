"""Perspective's protocol without HTTP: what is read, what is refused, where spans lie."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.toxicity import sentences
from commentsvc.toxicity.labels import LABELS
from commentsvc.toxicity.perspective import answers, html_text, lenient_json
from commentsvc.toxicity.perspective import asked as asked_of
from commentsvc.toxicity.perspective.asked import ATTRIBUTES, Refused
from commentsvc.toxicity.scorer import Scores, Unscored
from tests.tables import every_row

if TYPE_CHECKING:
    from collections.abc import Sequence

DOCUMENTED = "What kind of idiot name is foo? Sorry, I like your name."


def say(texts: Sequence[str], language: str | None) -> list[Scores | Unscored]:
    """A scorer that reads English, and knows German when it sees it."""
    found: list[Scores | Unscored] = []
    for text in texts:
        spoken = (language or ("de" if text.startswith("Guten") else "en")).partition("-")[0]
        if not any(map(str.isalpha, text)):
            found.append(Unscored("no_text", "test/1", language))
        elif spoken != "en":
            found.append(Unscored("language", "test/1", spoken))
        else:
            values = dict.fromkeys(LABELS, 0.9 if "idiot" in text else 0.1)
            found.append(Scores(values, "test/1", spoken))
    return found


def say_german(texts: Sequence[str], language: str | None) -> list[Scores | Unscored]:
    """A scorer that knows German for toxicity alone."""
    return [
        Scores({"toxicity": 0.8}, "test/1", "de")
        if isinstance(said, Unscored) and said.language == "de"
        else said
        for said in say(texts, language)
    ]


def ask(body: dict[str, Any], **more: Any) -> dict[str, Any]:
    asked = asked_of.read_analyze(body)
    return answers.analyze(asked, **{"score": say, "labels": LABELS, **more})


def of(text: str, *names: str, **more: Any) -> dict[str, Any]:
    return {
        "comment": {"text": text},
        "requestedAttributes": {name: {} for name in names or ("TOXICITY",)},
        **more,
    }


def test_it_works() -> None:
    answer = ask(
        of(DOCUMENTED, "TOXICITY", spanAnnotations=True, clientToken="t", languages=["en"])
    )
    entry = answer["attributeScores"]["TOXICITY"]
    # the ranges of Google's own documentation for this text
    assert [(s["begin"], s["end"]) for s in entry["spanScores"]] == [(0, 31), (32, 56)]
    assert [s["score"]["value"] for s in entry["spanScores"]] == [0.9, 0.1]
    assert entry["summaryScore"] == {"value": 0.9, "type": "PROBABILITY"}
    assert (answer["languages"], answer["clientToken"]) == (["en"], "t")


def test_without_span_annotations_one_span_is_the_whole_text() -> None:
    entry = ask(of(DOCUMENTED))["attributeScores"]["TOXICITY"]
    assert entry["spanScores"] == [
        {"begin": 0, "end": 56, "score": {"value": 0.9, "type": "PROBABILITY"}}
    ]


@every_row("name", sorted(ATTRIBUTES))
def test_every_attribute_is_measured_or_refused_by_name(name: str) -> None:
    if ATTRIBUTES[name] in LABELS:
        assert ask(of("You idiot", name))["attributeScores"][name]["summaryScore"]["value"] == 0.9
        return
    with pytest.raises(Refused, match=f"Unknown requested attribute: {name}"):
        ask(of("You idiot", name))
    kept = ask(of("You idiot", name, "INSULT", dropUnsupportedAttributes=True))
    assert set(kept["attributeScores"]) == {"INSULT"}


def test_a_threshold_leaves_scores_out() -> None:
    body = of(DOCUMENTED, spanAnnotations=True)
    body["requestedAttributes"] = {"TOXICITY": {"scoreThreshold": 0.5}}
    entry = ask(body)["attributeScores"]["TOXICITY"]
    assert [s["begin"] for s in entry["spanScores"]] == [0]
    body["requestedAttributes"]["TOXICITY"] = {"scoreThreshold": 0.95}
    assert ask(body)["attributeScores"] == {}


REFUSED = [
    ({"comment": {"text": ""}}, "Comment must be non-empty.", "COMMENT_EMPTY"),
    ({"comment": {"text": " \n "}}, "Comment must be non-empty.", "COMMENT_EMPTY"),
    ({}, "Comment must be non-empty.", "COMMENT_EMPTY"),
    ({"comment": {"text": "é" * 10241}}, "Comment text too long.", "COMMENT_TOO_LONG"),
    ({"comment": {"text": 5}}, "comment.text", "INVALID_REQUEST"),
    ({"comment": "hello"}, "comment", "INVALID_REQUEST"),
    ({"comment": {"text": "a", "type": "RTF"}}, "Unknown text type", "INVALID_REQUEST"),
    ({"comment": {"text": "a\ud800"}}, "Unicode", "INVALID_REQUEST"),
    (of("a") | {"requestedAttributes": {}}, "requested_attributes", "NO_REQUESTED_ATTRIBUTES"),
    (of("a") | {"requestedAttributes": []}, "requested_attributes", "NO_REQUESTED_ATTRIBUTES"),
    (of("a") | {"requestedAttributes": "TOXICITY"}, "requestedAttributes", "INVALID_REQUEST"),
    (of("a", "FLIRTATION"), "FLIRTATION", "INVALID_REQUEST"),
    (of("a") | {"requestedAttributes": {"TOXICITY": 1}}, "TOXICITY", "INVALID_REQUEST"),
    (
        of("a") | {"requestedAttributes": {"TOXICITY": {"scoreType": "STD_DEV_SCORE"}}},
        "STD_DEV_SCORE is not supported by attribute TOXICITY",
        "INVALID_REQUEST",
    ),
    (
        of("a") | {"requestedAttributes": {"TOXICITY": {"scoreThreshold": "high"}}},
        "scoreThreshold",
        "INVALID_REQUEST",
    ),
    (of("a", languages=["not a code"]), "Invalid language code", "INVALID_REQUEST"),
    (of("a", languages=[5]), "Invalid language code", "INVALID_REQUEST"),
    (of("a", encodingType="UTF7"), "encodingType", "INVALID_REQUEST"),
    (of("a", spanAnnotations="maybe"), "spanAnnotations", "INVALID_REQUEST"),
    (
        of(
            "a",
            context={
                "entries": [{"text": "x"}],
                "articleAndParentComment": {"article": {"text": "y"}},
            },
        ),
        "both fields were populated",
        "INVALID_REQUEST",
    ),
]


@every_row(("body", "message", "kind"), REFUSED)
def test_what_cannot_be_read_is_refused(body: dict[str, Any], message: str, kind: str) -> None:
    with pytest.raises(Refused, match=message) as caught:
        ask(body)
    assert caught.value.details[0]["errorType"] == kind
    assert (caught.value.code, caught.value.status) == (400, "INVALID_ARGUMENT")


def test_the_longest_text_is_taken() -> None:
    assert ask(of("é" * 10240))["attributeScores"]


def test_unknown_fields_and_original_names_are_taken() -> None:
    body = {
        "comment": {"text": DOCUMENTED, "colour": "red"},
        "requested_attributes": {"TOXICITY": {"score_threshold": 0.5}},
        "span_annotations": True,
        "do_not_store": True,
        "client_token": "snake",
        "sessionId": "1",
        "nobodyKnows": {"this": 1},
    }
    answer = ask(body)
    assert answer["clientToken"] == "snake"
    assert len(answer["attributeScores"]["TOXICITY"]["spanScores"]) == 1


# --- languages ------------------------------------------------------------------------------------


def test_a_language_that_cannot_be_scored_is_an_error_and_never_a_zero() -> None:
    with pytest.raises(Refused) as caught:
        ask(of("Guten Tag", languages=["de"]))
    assert str(caught.value) == "Attribute TOXICITY does not support request languages: de"
    detail = caught.value.details[0]
    assert detail["errorType"] == "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"
    assert detail["languageNotSupportedByAttributeError"] == {
        "attribute": "TOXICITY",
        "detectedLanguages": ["de"],
        "requestedLanguages": ["de"],
    }


def test_a_language_named_by_the_client_is_believed() -> None:
    answer = ask(of("Guten Tag, idiot", languages=["en-US"]))
    assert answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"] == 0.9
    assert (answer["languages"], answer["detectedLanguages"]) == (["en-US"], ["de"])
    with pytest.raises(Refused, match=r"does not support request languages: de$"):
        ask(of("Guten Tag, idiot"))


def test_a_language_that_is_scored_for_some_attributes() -> None:
    answer = ask(of("Guten Tag", "TOXICITY", languages=["de"]), score=say_german)
    assert answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"] == 0.8
    both = of("Guten Tag", "TOXICITY", "INSULT")
    with pytest.raises(Refused, match=r"^Attribute INSULT does not support request languages: de$"):
        ask(both, score=say_german)
    with pytest.raises(Refused, match=r"^Attribute INSULT does not support"):
        ask(of("Hello", "INSULT", languages=["en", "de"]), score=say_german)
    answer = ask({**both, "dropUnsupportedAttributes": True}, score=say_german)
    assert set(answer["attributeScores"]) == {"TOXICITY"}


def test_sentences_are_in_the_language_of_the_whole() -> None:
    asked: list[str | None] = []

    def listening(texts: Sequence[str], language: str | None) -> list[Scores | Unscored]:
        asked.append(language)
        return say(texts, language)

    body = of("Hello, my friend. Guten Tag. Bye.", languages=["en"], spanAnnotations=True)
    spans = ask(body, score=listening)["attributeScores"]["TOXICITY"]["spanScores"]
    assert len(spans) == 3 and asked[-1] == "en"


def test_all_of_several_languages_must_be_known() -> None:
    assert ask(of("Hello", languages=["en", "en"]))["languages"] == ["en"]
    with pytest.raises(Refused, match="de"):
        ask(of("Hello, guten Tag", languages=["en", "de"]))


def test_unsupported_attributes_can_be_dropped_instead() -> None:
    answer = ask(of("Guten Tag", languages=["de"], dropUnsupportedAttributes=True))
    assert answer["attributeScores"] == {} and answer["languages"] == ["de"]


def test_no_words_is_a_failed_detection() -> None:
    with pytest.raises(Refused) as caught:
        ask(of("😀😀"))
    assert caught.value.details[0]["errorType"] == "LANGUAGE_DETECTION_FAILED"


@pytest.mark.parametrize("reason", ["slow", "failed", "model_missing", "model_broken"])
def test_a_scorer_that_is_away_is_said_to_be(reason: Any) -> None:
    with pytest.raises(Refused) as caught:
        ask(of("Hello"), score=lambda texts, language: [Unscored(reason, "test/1", None)])
    assert (caught.value.code, caught.value.status) == (503, "UNAVAILABLE")
    assert caught.value.retry_after


# --- offsets --------------------------------------------------------------------------------------

OUTSIDE = "😀😀 is fine. You idiot 👩‍👩‍👧! 𝓗𝓮𝓵𝓵𝓸 again."


def cut(text: str, begin: int, end: int, unit: str) -> str:
    """What a client that counts in these units sees there."""
    width = {"UTF8": 1, "UTF16": 2, "UTF32": 4}[unit]
    codec = {"UTF8": "utf-8", "UTF16": "utf-16-le", "UTF32": "utf-32-le"}[unit]
    return text.encode(codec)[begin * width : end * width].decode(codec)


@pytest.mark.parametrize("unit", [None, "UTF8", "UTF16", "UTF32"])
def test_offsets_cut_sentences_in_the_units_asked_for(unit: str | None) -> None:
    body = of(OUTSIDE, spanAnnotations=True) | ({"encodingType": unit} if unit else {})
    spans = ask(body)["attributeScores"]["TOXICITY"]["spanScores"]
    assert [cut(OUTSIDE, s["begin"], s["end"], unit or "UTF16") for s in spans] == [
        "😀😀 is fine.",
        "You idiot 👩‍👩‍👧!",
        "𝓗𝓮𝓵𝓵𝓸 again.",
    ]


@given(st.text(max_size=200), st.sampled_from(sentences.UNITS))
def test_sentences_are_in_order_and_hold_everything_but_space(text: str, unit: str) -> None:
    found = sentences.spans(text)
    assert len(found) <= sentences.MOST
    count = sentences.counter(text, unit)
    at = 0
    for begin, end in found:
        assert text[at:begin].strip() == "" and begin < end
        assert text[begin:end] == text[begin:end].strip()
        assert cut(text, count(begin), count(end), unit) == text[begin:end]
        at = end
    assert text[at:].strip() == ""


SENTENCES = [
    ("One. Two! Three?", ["One.", "Two!", "Three?"]),
    ("He said “no.” Then he left…", ["He said “no.”", "Then he left…"]),
    ("Dr. Smith met J. R. Hale, e.g. at 3.14 p.m. It rained.", None),
    ("line one\nline two\n\nline three", ["line one", "line two", "line three"]),
    ("これは文です。次の文。", ["これは文です。", "次の文。"]),
    ("example.com is a site", ["example.com is a site"]),
    ("no end", ["no end"]),
    ("...", ["..."]),
]


@every_row(("text", "wanted"), SENTENCES)
def test_sentences(text: str, wanted: list[str] | None) -> None:
    found = [text[begin:end] for begin, end in sentences.spans(text)]
    if wanted is None:
        assert found[0].startswith("Dr. Smith met J. R. Hale, e.g. at 3.14 p.m.")
    else:
        assert found == wanted


def test_many_sentences_cost_a_bounded_number_of_scores() -> None:
    text = "No. " * 2000
    found = sentences.spans(text)
    assert len(found) == sentences.MOST and found[-1][1] == len(text.rstrip())


# --- HTML -----------------------------------------------------------------------------------------


def test_html_is_scored_by_its_words_and_spans_lie_in_the_source() -> None:
    source = "<p>Tom &amp; I are 😀.</p>\n<p>You <b>idiot</b>!</p><script>idiot()</script>"
    body = of("", spanAnnotations=True)
    body["comment"] = {"text": source, "type": "HTML"}
    spans = ask(body)["attributeScores"]["TOXICITY"]["spanScores"]
    pieces = [cut(source, s["begin"], s["end"], "UTF16") for s in spans]
    assert pieces == ["Tom &amp; I are 😀.", "You <b>idiot</b>!"]
    assert [s["score"]["value"] for s in spans] == [0.1, 0.9]


@given(st.text(alphabet=st.sampled_from(list("ab <>/&;#x!\"'-\n😀p")), max_size=80))
def test_any_markup_has_text_with_places_in_order(source: str) -> None:
    text, places = html_text.plain(source)
    assert len(places) == len(text) + 1
    assert places == sorted(places) and (not places or 0 <= places[-1] <= len(source))


# --- bodies ---------------------------------------------------------------------------------------

# the sample that Perspective's documentation told everybody to copy
SAMPLE = b"""{comment: {text: "what kind of idiot name is foo?"},
       languages: ["en"],
       requestedAttributes: {TOXICITY:{}} }"""

LENIENT = [
    (b"{a: 1}", {"a": 1}),
    (b"{'a': 'it\\'s \"so\"', b: [1, 2,],}", {"a": 'it\'s "so"', "b": [1, 2]}),
    (b"{/* c */ a: true, // d\n b: null, # e\n c: .5}", {"a": True, "b": None, "c": 0.5}),
    (b"{'true': false, 3: 4}", {"true": False, "3": 4}),
    ("{a: 'é😀\\u00e9\\x41'}".encode(), {"a": "é😀éA"}),
    (b"[1, -2.5e3, +7]", [1, -2500.0, 7]),
    (b'{a: "two\nlines"}', {"a": "two\nlines"}),
]


def test_the_documented_sample_is_read() -> None:
    assert lenient_json.read(SAMPLE)["comment"] == {"text": "what kind of idiot name is foo?"}


@pytest.mark.parametrize(("raw", "value"), LENIENT)
def test_nearly_json_is_read(raw: bytes, value: Any) -> None:
    assert lenient_json.read(raw) == value


@every_row(
    "raw",
    [
        b"", b"{", b"{a}", b"{a: b}", b"nothing", b"{a: 1 b: 2}", b"[1,,2]", b'{"a": "\xff"}',
        b"{a: NaN}", b"{a: 'x}", b"[" * 5000, b"{a:" * 5000, b"<html>", b"{a: 1}" * 2,
    ],
)  # fmt: skip
def test_what_is_not_json_is_refused(raw: bytes) -> None:
    with pytest.raises(lenient_json.NotJson):
        lenient_json.read(raw)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=12,
    )
)
def test_strict_json_means_the_same_to_the_lenient_reader(value: Any) -> None:
    raw = json.dumps(value, ensure_ascii=False, indent=1)
    assert json.loads("".join(lenient_json._strict(raw))) == value


def test_a_long_body_is_read_in_linear_time() -> None:
    raw = b"{a: [" + b"'x', " * 9000 + b"]}"
    assert len(lenient_json.read(raw)["a"]) == 9000


# --- suggestions ----------------------------------------------------------------------------------


def test_what_coral_suggests_is_read() -> None:
    asked = asked_of.read_suggestion(
        {
            "comment": {"text": "a thought"},
            "context": {"entries": [{"text": "{}"}]},
            "attributeScores": {"TOXICITY": {"summaryScore": {"value": 0}}},
            "languages": ["en"],
            "communityId": "Coral:https://coral.example.org",
            "clientToken": "comment:1",
        }
    )
    assert asked.scores == {"toxicity": 0.0}
    assert (asked.community, asked.client_token) == ("Coral:https://coral.example.org", "comment:1")


@pytest.mark.parametrize(
    "scores",
    [None, {}, {"TOXICITY": {}}, {"TOXICITY": {"summaryScore": {"value": 2}}}, {"TOXICITY": 1},
     {"TOXICITY": {"summaryScore": {"value": "x"}}}, {"TOXICITY": {"spanScores": 5}}],
)  # fmt: skip
def test_a_suggestion_without_a_score_is_refused(scores: Any) -> None:
    with pytest.raises(Refused):
        asked_of.read_suggestion({"comment": {"text": "a"}, "attributeScores": scores})


def test_span_suggestions_count_by_their_highest() -> None:
    spans = [{"begin": 0, "end": 1, "score": {"value": v}} for v in (0.2, 0.7)]
    asked = asked_of.read_suggestion(
        {"comment": {"text": "a"}, "attributeScores": {"INSULT": {"spanScores": spans}}}
    )
    assert asked.scores == {"insult": 0.7}
