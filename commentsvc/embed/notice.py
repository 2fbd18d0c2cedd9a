"""The form for notices of illegal content, for anybody and without an account, and a notice's state
by its receipt number (Digital Services Act, Article 16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, make_response, redirect, render_template, request, url_for

from ..core.errors import DomainError, NotFound
from ..core.locale import direction, moment, pick_locale, say, speaking
from ..moderation.cases import notice_appeals, notices
from ..moderation.taxonomy import OF_NOTICES
from ..sites.queries import by_id, policy_of
from ..threads import text as texts
from ..threads.commands import comment_by_public_id, revision_of
from ..web import assets, headers
from ..web.limits import limit
from ..web.network import network_of
from .page import style_of

if TYPE_CHECKING:
    from ..moderation.cases.models import Notice
    from ..sites.models import Site
    from ..threads.models import Comment

_FIELDS = ("law", "kind", "explanation", "name", "email")
_EXCERPT = 400


@limit("read")
def ask() -> Response:
    """The empty form about one comment."""
    comment = _comment(request.args.get("comment", ""))
    return _form(comment)


@limit("flag")
def give() -> Response:
    """Store the notice; after a mistake, the form returns with everything that was typed."""
    form = request.form
    comment = _comment(form.get("comment", ""))
    given = {name: form.get(name, "")[:6000] for name in _FIELDS}
    try:
        made = notices.give_notice(
            comment.public_id,
            good_faith="good_faith" in form,
            network=network_of(request),
            **given,
        )
    except NotFound:
        raise
    except DomainError as error:
        return _form(comment, given=given, error=error)
    return redirect(url_for("embed_notice_state", receipt=made.receipt), 303)  # type: ignore[return-value]


@limit("read")
def state(receipt: str) -> Response:
    """The state of a notice, for anybody who has its receipt number."""
    return _state(notices.by_receipt(receipt))


@limit("flag")
def appeal(receipt: str) -> Response:
    """Appeal against the decision to keep the comment."""
    text = request.form.get("text", "")[:6000]
    try:
        notice_appeals.appeal(receipt, text)
    except NotFound:
        raise
    except DomainError as error:
        return _state(notices.by_receipt(receipt), given={"text": text}, error=error)
    return redirect(url_for("embed_notice_state", receipt=receipt), 303)  # type: ignore[return-value]


def _state(
    notice: Notice, *, given: dict[str, str] | None = None, error: DomainError | None = None
) -> Response:
    site = by_id(notice.site_id)
    answer = _page(
        "embed/notice_state.html",
        site,
        status=422 if error else 200,
        notice=notice,
        appeal=notice_appeals.appeal_of(notice),
        can_appeal=notice_appeals.can_appeal(notice),
        redress=policy_of(site).redress,
        given=given or {},
        error=error,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _comment(public_id: str) -> Comment:
    """A published comment. Raises `NotFound` for all others, as if they did not exist."""
    comment = comment_by_public_id(public_id)
    if comment.status != "published":
        raise NotFound("not_found.comment")
    return comment


def _form(
    comment: Comment, *, given: dict[str, str] | None = None, error: DomainError | None = None
) -> Response:
    revision = revision_of(comment)
    answer = _page(
        "embed/notice.html",
        by_id(comment.site_id),
        status=422 if error else 200,
        comment_id=comment.public_id,
        revision=revision,
        excerpt=texts.excerpt(revision.text, _EXCERPT),
        given=given or {},
        categories=OF_NOTICES,
        error=error,
        wrong_field=error.field if error else None,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(
    template: str,
    site: Site,
    *,
    status: int = 200,
    error: DomainError | None = None,
    **values: object,
) -> Response:
    locale = pick_locale(
        [
            request.values.get("locale"),
            policy_of(site).locale,
            request.headers.get("Accept-Language"),
        ],
        speaking("notice"),
    )
    body = render_template(
        template,
        n=lambda key, **given: say(f"notice.{key}", locale, **given),
        kind_of=lambda code: say(
            f"notice.kind.{code.partition('_CATEGORY_')[2] or code[8:]}", locale
        ),
        moment=lambda at: moment(at, locale),
        locale=locale,
        error=error.say(locale) if error else "",
        direction=direction(locale),
        site=site,
        style=headers.inline_style(
            style_of(policy_of(site))
            + assets.text_of("embed/pop.css")
            + assets.text_of("embed/notice.css")
        ),
        **values,
    )
    return make_response(body, status)
