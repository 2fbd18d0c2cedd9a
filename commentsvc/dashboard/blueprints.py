"""The two blueprints that the views of this surface hang on."""

from __future__ import annotations

from flask import Blueprint, request

dashboard = Blueprint("dashboard", __name__, url_prefix="/dashboard")
account = Blueprint("account", __name__, url_prefix="/account")

#: A policy may hold 20,000 words in every script; other forms stay small.
_POLICY_BYTES = 4 * 1024 * 1024


@dashboard.url_value_preprocessor
def _take_long_word_lists(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Before anything reads the form, the check of its CSRF token included."""
    if endpoint == "dashboard.set_policy":
        request.max_content_length = _POLICY_BYTES
        request.max_form_memory_size = _POLICY_BYTES
