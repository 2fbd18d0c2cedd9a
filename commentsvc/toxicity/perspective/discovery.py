"""The discovery document, from which Google's client libraries build themselves.

Its format is the Google API Discovery Service's (discovery#restDescription, v1).
"""

from __future__ import annotations

from typing import Any

NAME, VERSION = "commentanalyzer", "v1alpha1"


def document(root: str) -> dict[str, Any]:
    """The description of the API at `root`, an address that ends in a slash."""
    return {
        "kind": "discovery#restDescription",
        "discoveryVersion": "v1",
        "id": f"{NAME}:{VERSION}",
        "name": NAME,
        "canonicalName": "Comment Analyzer",
        "version": VERSION,
        "revision": "20261101",
        "title": "Comment Analyzer API",
        "description": "Scores how toxic a text is. commentsvc serves Perspective's protocol.",
        "protocol": "rest",
        "rootUrl": root,
        "baseUrl": root,
        "servicePath": "",
        "batchPath": "batch",
        "documentationLink": f"{root}api/docs",
        "icons": {},
        "fullyEncodeReservedExpansion": True,
        "version_module": True,
        "parameters": _PARAMETERS,
        "schemas": _SCHEMAS,
        "resources": {
            "comments": {
                "methods": {
                    "analyze": _method(
                        "analyze", "AnalyzeComment", "Scores a text for the requested attributes."
                    ),
                    "suggestscore": _method(
                        "suggestscore",
                        "SuggestCommentScore",
                        "Suggests the score a text should have had.",
                    ),
                }
            }
        },
    }


def _method(name: str, message: str, says: str) -> dict[str, Any]:
    path = f"{VERSION}/comments:{name}"
    return {
        "id": f"{NAME}.comments.{name}",
        "path": path,
        "flatPath": path,
        "httpMethod": "POST",
        "description": says,
        "parameters": {},
        "parameterOrder": [],
        "request": {"$ref": f"{message}Request"},
        "response": {"$ref": f"{message}Response"},
    }


def _query(says: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"type": kind, "location": "query", "description": says, **more}


_PARAMETERS: dict[str, Any] = {
    "key": _query("The API key. You can also send it in the header X-Goog-Api-Key."),
    "alt": _query(
        "The format of the response.", default="json", enum=["json"], enumDescriptions=[""]
    ),
    "fields": _query("Accepted and ignored. Responses are always complete."),
    "prettyPrint": _query("Accepted.", "boolean", default="true"),
    "quotaUser": _query("Accepted and ignored. Quotas belong to keys."),
    "$.xgafv": _query("Accepted and ignored. Errors are always in the second format."),
}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": name}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _map(name: str) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": _ref(name)}


_STRING = {"type": "string"}
_BOOLEAN = {"type": "boolean"}
_FLOAT = {"type": "number", "format": "float"}
_INTEGER = {"type": "integer", "format": "int32"}
_SCORE_TYPE = {
    "type": "string",
    "enum": ["SCORE_TYPE_UNSPECIFIED", "PROBABILITY"],
    "enumDescriptions": ["A probability.", "A probability."],
}
_TEXT_TYPE = {
    "type": "string",
    "enum": ["TEXT_TYPE_UNSPECIFIED", "PLAIN_TEXT", "HTML"],
    "enumDescriptions": ["Plain text.", "Plain text.", "HTML. Its text is scored."],
}
_SHARED: dict[str, Any] = {
    "comment": _ref("TextEntry"),
    "context": _ref("Context"),
    "languages": _list(_STRING),
    "clientToken": _STRING,
    "communityId": _STRING,
    "sessionId": _STRING,
}
_PROPERTIES: dict[str, dict[str, Any]] = {
    "AnalyzeCommentRequest": {
        **_SHARED,
        "requestedAttributes": _map("AttributeParameters"),
        "spanAnnotations": _BOOLEAN,
        "doNotStore": _BOOLEAN,
        "dropUnsupportedAttributes": _BOOLEAN,
        "encodingType": {
            **_STRING,
            "description": "The unit of offsets: UTF8, UTF16 (the default) or UTF32.",
        },
    },
    "AnalyzeCommentResponse": {
        "attributeScores": _map("AttributeScores"),
        "languages": _list(_STRING),
        "detectedLanguages": _list(_STRING),
        "clientToken": _STRING,
    },
    "SuggestCommentScoreRequest": {**_SHARED, "attributeScores": _map("AttributeScores")},
    "SuggestCommentScoreResponse": {
        "clientToken": _STRING,
        "detectedLanguages": _list(_STRING),
        "requestedLanguages": _list(_STRING),
    },
    "TextEntry": {"text": _STRING, "type": _TEXT_TYPE},
    "Context": {
        "entries": _list(_ref("TextEntry")),
        "articleAndParentComment": _ref("ArticleAndParentComment"),
    },
    "ArticleAndParentComment": {
        "article": _ref("TextEntry"),
        "parentComment": _ref("TextEntry"),
    },
    "AttributeParameters": {"scoreType": _SCORE_TYPE, "scoreThreshold": _FLOAT},
    "AttributeScores": {
        "summaryScore": _ref("Score"),
        "spanScores": _list(_ref("SpanScore")),
    },
    "SpanScore": {
        "begin": {**_INTEGER, "description": "In UTF-16 code units of the text sent."},
        "end": {**_INTEGER, "description": "Exclusive."},
        "score": _ref("Score"),
    },
    "Score": {"value": _FLOAT, "type": _SCORE_TYPE},
}
_SCHEMAS: dict[str, Any] = {
    name: {"id": name, "type": "object", "properties": properties}
    for name, properties in _PROPERTIES.items()
}
