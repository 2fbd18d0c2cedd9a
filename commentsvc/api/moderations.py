"""OpenAI's moderation endpoint: scores for programs that call it, at our address and with our key.

Only categories that the scorer measures have a value. The others are null, because 0 would say that
a text contains nothing of the kind although nobody has checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response, request

from ..accounts import keys
from ..core.addresses import origin_matches
from ..core.db import release
from ..core.ids import new_id
from ..sites.policy import Policy
from ..sites.queries import by_id, policy_of
from ..toxicity.scorer import Scores, Unscored, scorer
from ..web.bodies import larger
from ..web.csrf import no_csrf
from ..web.foreign import answer_errors
from ..web.limits import in_force, wait_after
from ..web.network import source_of
from .analyze import MOST_BODY, scoring

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..accounts.keys import Key

moderations = Blueprint("openai", __name__)

larger("openai.moderate", MOST_BODY, sessions_only=False)
_MOST_TEXTS = 128
#: OpenAI's categories in its order -> the labels that measure them; the first available one counts.
CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "harassment": ("insult", "toxicity"),
    "harassment/threatening": ("threat",),
    "hate": ("identity_attack",),
    "hate/threatening": (),
    "illicit": (),
    "illicit/violent": (),
    "self-harm": (),
    "self-harm/intent": (),
    "self-harm/instructions": (),
    "sexual": (),
    "sexual/minors": (),
    "violence": (),
    "violence/graphic": (),
}
_PASSING = ("slow", "failed", "model_missing", "model_broken")


class Refused(Exception):
    """A request that is answered with an error in OpenAI's shape."""

    def __init__(
        self, status: int, message: str, *, code: str | None = None, param: str | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.param = status, code, param
        self.retry_after: int | None = None


@moderations.post("/v1/moderations", provide_automatic_options=False)
@no_csrf
def moderate() -> Response:
    """Score a text, or several."""
    key = _check_key()
    texts = _texts(_body())
    limits_at = (policy_of(by_id(key.site_id)) if key.site_id else Policy()).hold_at
    release()
    said = scoring(())(texts, None)
    if any(isinstance(each, Unscored) and each.reason in _PASSING for each in said):
        raise Refused(503, "The model is not available at the moment. Try again later.")
    return _answer(
        200,
        {
            "id": f"modr-{new_id()}",
            "model": scorer().status().model,
            "results": [_result(each, limits_at) for each in said],
        },
    )


def _result(said: Scores | Unscored, limits_at: Mapping[str, float]) -> dict[str, Any]:
    """One text's result. `flagged` is null if nothing was measured, for example in a language that
    the model does not read."""
    values = said.values if isinstance(said, Scores) else {}
    measured = {
        name: next(((label, values[label]) for label in labels if label in values), None)
        for name, labels in CATEGORIES.items()
    }
    found = {
        name: None if each is None else each[1] >= limits_at.get(each[0], 2.0)
        for name, each in measured.items()
    }
    return {
        "flagged": any(found.values()) if values else None,
        "categories": found,
        "category_scores": {
            name: None if each is None else each[1] for name, each in measured.items()
        },
        "category_applied_input_types": {
            name: [] if each is None else ["text"] for name, each in measured.items()
        },
    }


# --- requests -------------------------------------------------------------------------------------


def _check_key() -> Key:
    """The key of this request, counted against its quota. Raises `Refused`."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    key = keys.find_key(secret.strip()) if kind.lower() == "bearer" else None
    release()
    if key is None:
        _hit(in_force()["score"], "guess", source_of(request))
        raise Refused(401, "Incorrect API key provided.", code="invalid_api_key")
    if "analyze" not in key.scopes:
        raise Refused(403, "This API key cannot be used to score texts.")
    origin = request.headers.get("Origin", "")
    if key.origins and not any(origin_matches(origin, each) for each in key.origins):
        raise Refused(403, f"Requests from {origin or 'outside a page'} are blocked.")
    _hit(key.quota, "key", key.id)  # one quota for all protocols
    return key


def _hit(rates: str, *whom: str) -> None:
    if wait := wait_after(rates, *whom):
        refused = Refused(429, f"Rate limit reached: {rates}.", code="rate_limit_exceeded")
        refused.retry_after = wait
        raise refused


def _body() -> dict[str, Any]:
    request.max_content_length = MOST_BODY
    try:
        found = orjson.loads(request.get_data(cache=False))
    except orjson.JSONDecodeError as error:
        raise Refused(400, "We could not parse the JSON body of your request.") from error
    if not isinstance(found, dict):
        raise Refused(400, "The body of your request is not a JSON object.")
    return found


def _texts(body: Mapping[str, Any]) -> list[str]:
    """The texts to score: each string of a list, or all parts of a list as one."""
    given = body.get("input")
    if isinstance(given, str):
        return [given]
    if not isinstance(given, list) or not given:
        raise Refused(400, "Missing required parameter: 'input'.", param="input")
    if len(given) > _MOST_TEXTS:
        raise Refused(400, f"Too many inputs: at most {_MOST_TEXTS}.", param="input")
    if all(isinstance(each, str) for each in given):
        return given
    parts = [each.get("text") if isinstance(each, dict) else None for each in given]
    if not all(
        isinstance(part, str) and each.get("type") == "text"
        for part, each in zip(parts, given, strict=True)
    ):
        raise Refused(400, "Invalid 'input': only text is supported, not images.", param="input")
    return ["\n".join(map(str, parts))]


# --- responses ------------------------------------------------------------------------------------


def _answer(status: int, said: Mapping[str, Any]) -> Response:
    return Response(orjson.dumps(said), status, content_type="application/json")


def _error(status: int, words: str, code: str | None = None, param: str | None = None) -> Response:
    kind = "server_error" if status >= 500 else "invalid_request_error"
    kind = "requests" if status == 429 else kind
    message = words or "The server had an error while processing your request."
    return _answer(
        status, {"error": {"message": message, "type": kind, "param": param, "code": code}}
    )


@moderations.errorhandler(Refused)
def _refused(error: Refused) -> Response:
    answer = _error(error.status, str(error), error.code, error.param)
    if error.retry_after is not None:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


answer_errors(moderations, _error)
