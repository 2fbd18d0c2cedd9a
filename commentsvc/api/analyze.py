"""Perspective's protocol at the addresses of Google's API: toxicity scores for programs
that lose access to Perspective.

Everything under /v1alpha1 answers in Google's shapes, including errors. Every request needs a key
with the scope `analyze`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
from flask import Blueprint, Response, request

from ..accounts import keys
from ..core.addresses import origin_matches
from ..core.db import release
from ..moderation.judging.lists.insults import foreign
from ..posting.scoring import score_all
from ..settings import settings
from ..toxicity.heads import LABEL
from ..toxicity.language import DEFAULT
from ..toxicity.perspective import answers, discovery, lenient_json
from ..toxicity.perspective import asked as asked_of
from ..toxicity.perspective.asked import Refused
from ..toxicity.scorer import Scores, Unscored, scorer
from ..tuning import feedback
from ..web.bodies import larger
from ..web.csrf import is_plain_host, no_csrf
from ..web.foreign import answer_errors
from ..web.limits import limit, wait_after
from ..web.network import keyed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..accounts.keys import Key

analyze = Blueprint("perspective", __name__)

MOST_BODY = 1024 * 1024  # bytes of a request, including its context
for _view in ("analyze_comment", "suggest_score"):
    larger(f"perspective.{_view}", MOST_BODY, sessions_only=False)
_OPERATIONS = ("comments:analyze", "comments:suggestscore")
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
_SERVICE = "commentanalyzer.googleapis.com"
_NOTHING = 0.15  # lower scores may mean that the text was not understood


# --- views ----------------------------------------------------------------------------------------


@analyze.post("/v1alpha1/comments:analyze", provide_automatic_options=False)
@no_csrf
def analyze_comment() -> Response:
    """Score a text."""
    _check_key()
    asked = asked_of.read_analyze(_body())
    score = scoring(asked.languages)
    return _answer(answers.analyze(asked, score=score, labels=scorer().labels))


@analyze.post("/v1alpha1/comments:suggestscore", provide_automatic_options=False)
@no_csrf
def suggest_score() -> Response:
    """Keep what a score should have been, as an example to learn from."""
    key = _check_key()
    asked = asked_of.read_suggestion(_body())
    text = asked.text.plain
    said, detected = answers.measure(text, asked.languages, scoring(asked.languages))
    feedback.keep(
        credential_id=key.credential_id,
        site_id=key.site_id,
        text_hash=keyed("feedback", text),
        text=text if key.keeps_text else None,
        language=said.language or detected,
        suggested=asked.scores,
        measured=said.values if isinstance(said, Scores) else None,
        scorer=said.model,
        community=asked.community,
        client_token=asked.client_token,
    )
    answer: dict[str, Any] = {}
    if asked.client_token is not None:
        answer["clientToken"] = asked.client_token
    if detected:
        answer["detectedLanguages"] = [detected]
    if asked.languages:
        answer["requestedLanguages"] = list(asked.languages)
    return _answer(answer)


@analyze.get("/$discovery/rest")
@limit("read")
def discover() -> Response:
    """The document that Google's client libraries build themselves from. As with Google, no key is
    needed."""
    if request.args.get("version", discovery.VERSION) != discovery.VERSION:
        return _error(404, "Discovery document not found for this version.")
    return _answer(discovery.document(_root()))


@analyze.route("/v1alpha1/<path:rest>", methods=["OPTIONS"])
def preflight(rest: str) -> Response:  # noqa: ARG001 - named by the address
    """Allow any preflight request (Fetch standard, CORS). The key, which decides whether the page
    may call, comes only with the request itself."""
    answer = Response(status=204)
    answer.headers["Access-Control-Allow-Methods"] = "POST"
    answer.headers["Access-Control-Allow-Headers"] = (
        "Content-Type, X-Goog-Api-Key, X-Goog-Api-Client"
    )
    answer.headers["Access-Control-Max-Age"] = "600"
    return answer


@analyze.route("/v1alpha1/<path:rest>", methods=_METHODS, provide_automatic_options=False)
@no_csrf
@limit("read")
def nowhere(rest: str) -> Response:
    """An error for unknown addresses, in the shape that clients of this protocol read."""
    if rest in _OPERATIONS:
        answer = _error(405, f"{rest} supports only POST.")
        answer.headers["Allow"] = "POST, OPTIONS"
        return answer
    return _error(404, "Requested entity was not found.")


# --- authentication -------------------------------------------------------------------------------


def _check_key() -> Key:
    """The key of this request, counted against its quota. Raises `Refused` if there is none, or it
    is wrong or used up."""
    if len(request.args.getlist("key")) > 1:
        raise Refused("Invalid value for key: given more than once.")
    secret = (request.args.get("key") or request.headers.get("X-Goog-Api-Key") or "").strip()
    if not secret:
        raise Refused(
            "Method doesn't allow unregistered callers (callers without established identity). "
            "Please use API Key or other form of API consumer identity to call this API.",
            kind="",
            code=403,
            status="PERMISSION_DENIED",
        )
    key = keys.find_key(secret)
    release()
    if key is None:
        _count_guess()
        refused = Refused("API key not valid. Please pass a valid API key.", kind="")
        refused.details = [_info("API_KEY_INVALID")]
        raise refused
    if "analyze" not in key.scopes:
        raise _blocked("This API key cannot be used to score texts.", "API_KEY_SERVICE_BLOCKED")
    origin = request.headers.get("Origin", "")
    if key.origins and not any(origin_matches(origin, each) for each in key.origins):
        reason = f"Requests from {origin or 'outside a page'} are blocked."
        raise _blocked(reason, "API_KEY_HTTP_REFERRER_BLOCKED")
    _count(key)
    return key


@limit("score")
def _count_guess() -> None:
    """Wrong keys count by address: guessing is hopeless, but should not be free."""


def _count(key: Key) -> None:
    if wait := wait_after(key.quota, "key", key.id):
        raise Refused(
            f"Quota exceeded for this API key: {key.quota}.",
            kind="",
            code=429,
            status="RESOURCE_EXHAUSTED",
            retry_after=wait,
        )


def _blocked(message: str, reason: str) -> Refused:
    refused = Refused(message, kind="", code=403, status="PERMISSION_DENIED")
    refused.details = [_info(reason)]
    return refused


def _info(reason: str) -> dict[str, Any]:
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": {"service": _SERVICE},
    }


# --- requests and responses -----------------------------------------------------------------------


def _body() -> Any:
    """The body, whatever its content type: the sample that everybody copies sends none."""
    request.max_content_length = MOST_BODY
    try:
        return lenient_json.read(request.get_data(cache=False))
    except lenient_json.NotJson as error:
        raise Refused(f"Invalid JSON payload received: {error}.") from error


def scoring(languages: Sequence[str]) -> answers.Score:
    """A function that scores texts said to be in these languages. English is not treated as more
    likely, because it is the default and programs name it for texts in any language."""
    likely = [code for code in languages if not code.lower().startswith(DEFAULT)]

    def score(texts: Sequence[str], language: str | None) -> list[Scores | Unscored]:
        said = score_all(texts, language=language, likely=likely)
        return said if language else [_reread(*each) for each in zip(texts, said, strict=True)]

    return score


def _reread(text: str, said: Scores | Unscored) -> Scores | Unscored:
    """Rescore a short text that seems harmless only in the detected language, or whose language
    is unknown, in the language whose insults it contains. The result may be unscored, but the
    text is not harmless."""
    if isinstance(said, Unscored):
        unknown = said.reason == "language" and said.language is None
    else:
        unknown = said.values.get(LABEL, 0.0) < _NOTHING
    language = foreign(text, taken_for=said.language or DEFAULT) if unknown else None
    return score_all([text], language=language)[0] if language else said


def _root() -> str:
    """The requested address, as far as it can be known: behind a proxy, it is PUBLIC_URL."""
    public = urlsplit(settings().public_url)
    host = request.host
    if is_plain_host(host) and host != public.netloc:
        return f"{request.scheme}://{host}{settings().prefix}/"
    return f"{settings().public_url}/"


def _answer(value: Mapping[str, Any], status: int = 200) -> Response:
    body = orjson.dumps(value, option=orjson.OPT_INDENT_2)
    return Response(body, status, content_type="application/json; charset=UTF-8")


def _error(
    code: int, message: str, status: str | None = None, details: Sequence[Any] = ()
) -> Response:
    word = status or _STATUS.get(code, "INTERNAL" if code >= 500 else "INVALID_ARGUMENT")
    return _answer(asked_of.error(code, message, word, details), code)


@analyze.errorhandler(Refused)
def _refused(error: Refused) -> Response:
    answer = _error(error.code, str(error), error.status, error.details)
    if error.retry_after is not None:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _said(status: int, words: str) -> Response:
    if status == 413:
        words = f"Request payload size exceeds the limit: {MOST_BODY} bytes."
    return _error(status, words or "Internal error encountered.")


answer_errors(analyze, _said)


@analyze.after_request
def _share(answer: Response) -> Response:
    """The key grants access, so any page may read the response; cookies play no part."""
    origin = request.headers.get("Origin")
    if origin and request.path.startswith("/v1alpha1/"):
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Access-Control-Expose-Headers"] = "Retry-After"
    if request.path.startswith("/v1alpha1/"):
        answer.vary.add("Origin")
    return answer
