"""The blueprints that the views of the dashboard, the account and the migration hang on."""

from __future__ import annotations

from flask import Blueprint, request

from ..web.auth import viewer
from ..web.bodies import larger, larger_at

dashboard = Blueprint("dashboard", __name__, url_prefix="/dashboard")
account = Blueprint("account", __name__, url_prefix="/account")
migrate = Blueprint("migrate", __name__)

#: A policy may hold 20,000 words in every script, and files are uploaded; other forms stay small.
_POLICY_BYTES = 4 * 1024 * 1024
UPLOAD_BYTES = 32 * 1024 * 1024
LIST_BYTES = 1024 * 1024  # of moved pages
for _endpoint, _most in (
    ("dashboard.set_policy", _POLICY_BYTES),
    ("dashboard.try_limits", _POLICY_BYTES),
    ("dashboard.try_text", _POLICY_BYTES),
    ("dashboard.try_replay", _POLICY_BYTES),
    ("dashboard.import_comments", UPLOAD_BYTES),
    ("dashboard.move_listed", LIST_BYTES),
    ("migrate.look", UPLOAD_BYTES),
):
    larger(_endpoint, _most, sessions_only=True)


def take_larger(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Raise the limit before anything (such as the CSRF check) reads a signed-in person's form."""
    more = larger_at(endpoint or "")
    if more is not None and viewer().kind == "session":
        request.max_content_length = more.most
        request.max_form_memory_size = _POLICY_BYTES


dashboard.url_value_preprocessor(take_larger)
migrate.url_value_preprocessor(take_larger)
