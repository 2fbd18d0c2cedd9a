"""Builds the frame's page: links, data for the script, style, and the comments as markup."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Response, make_response, render_template
from markupsafe import Markup

from ..core.addresses import web_address
from ..core.locale import direction, moment, number, say
from ..settings import settings
from ..sites.badges import Badge, badges_of
from ..sites.look import looks
from ..sites.own_sign_in import picture_origins
from ..threads import text as texts
from ..threads.pages import SORTS
from ..threads.reactions import EMOJI
from ..threads.views import above
from ..web import assets, headers
from ..web.render import comments_html
from .script import script_address

if TYPE_CHECKING:
    from ..core.paging import Page
    from ..sites.policy import Policy
    from ..threads.views import CommentView, ThreadView
    from .asked import Asked


@dataclass(frozen=True)
class Shown:
    """What one page shows. `named`: the comment that a link named, shown in its conversation;
    `gone`: that comment does not exist; `shut`: why nobody can write here ("closed")."""

    thread: ThreadView
    want: Asked
    policy: Policy
    comments: Page[CommentView]
    named: str | None
    gone: bool
    cursor: str
    shut: str = ""


def page(shown: Shown, template: str = "embed/thread.html", **more: Any) -> Response:
    """The whole page."""
    facts, policy = _facts(shown), shown.policy
    pictures = picture_origins(policy)
    answer = make_response(
        render_template(
            template,
            **facts,
            direction=direction(shown.want.locale),
            style=headers.inline_style(
                style_of(policy)
                + _badges(policy.badges)
                + (_PICTURES if pictures else "")
                + (assets.text_of("embed/path.css") if shown.named else "")
                + (assets.text_of("embed/parts/long.css") if _LONG in facts["comments"] else "")
                + (
                    assets.text_of("embed/kinds.css")
                    if kinds_of(policy) or policy.page_kinds
                    else ""
                )
            ),
            hello=hello(),
            script=script_address(shown.want.locale),
            sheet=assets.asset("embed/frame.css"),
            boot=_boot(shown),
            announcement=_announced(policy.announcement),
            opens=_opens(shown.thread, shown.want.locale),
            rules=_rules(policy.rules_url),
            feed=_feed(shown.thread),
            sorts=SORTS,
            total=number(shown.thread.comment_count, shown.want.locale),
            scheme=shown.want.scheme,
            **{"marks": "", **more},
        )
    )
    if pictures:  # loads pictures without cookies, wherever the page is
        headers.allow("img-src", *pictures)
        answer.headers["Cross-Origin-Embedder-Policy"] = "credentialless"
    return answer


def fragment(shown: Shown) -> Response:
    """Only the list of comments."""
    return make_response(render_template("embed/list.html", **_facts(shown)))


def _facts(shown: Shown) -> dict[str, Any]:
    policy, locale = shown.policy, shown.want.locale
    path = above(shown.comments.items, shown.named) if shown.named else []
    return {
        "say": say,
        "locale": locale,
        "policy": policy,
        "thread": shown.thread,
        "shut": shown.shut,
        "sort": shown.want.sort,
        "named": shown.named,
        "gone": shown.gone,
        "links": _links(shown),
        "path": path if len(path) > 1 else [],
        "page_kinds": [
            (kind, EMOJI[kind], count) for kind, count in (shown.thread.reactions or {}).items()
        ],
        "comments": comments_html(
            shown.comments.items, locale, policy, [each.id for each in path], shown.named
        ),
        "next": shown.comments.next,
    }


def _boot(shown: Shown) -> dict[str, str]:
    """What the script must know, as data- attributes."""
    want, policy = shown.want, shown.policy
    facts = {
        "site": shown.thread.site_key,
        "thread": shown.thread.id or "",
        "href": want.href,
        "title": shown.thread.title or want.title or "",
        **({} if shown.thread.id else _unwritten(want)),
        "sort": want.sort,
        "cursor": shown.cursor,
        "total": str(shown.thread.comment_count),
        "locale": want.locale.replace("_", "-"),
        "max": str(policy.max_length),
        "guests": "1" if policy.guests_may_post else "",
        "likes": "1" if policy.guests_may_like else "",
        "kinds": " ".join(kinds_of(policy) or policy.page_kinds),
        "counts": ",".join(map(str, (shown.thread.reactions or {}).values())),
        "shut": shown.shut,
        "typeface": "1" if policy.typeface == "page" else "",
        "nudge": "1" if policy.nudge else "",
        "comment": shown.named or "",
        "gone": (shown.want.comment or "") if shown.gone else "",
    }
    return {name: value for name, value in facts.items() if value}


def _unwritten(want: Asked) -> dict[str, str]:
    """For a page without a thread: its tags, and the query that names it."""
    tags = ",".join(want.tags)
    return {
        "tags": tags,
        "where": urlencode({"href": want.href, **({"tags": tags} if tags else {})}),
    }


def kinds_of(policy: Policy) -> tuple[str, ...]:
    """The reactions that a site offers, or () if it only offers likes."""
    kinds = policy.kinds
    return () if kinds == ("like",) else kinds


def _feed(thread: ThreadView) -> str:
    """The feed of this conversation, or of the site if the thread does not exist yet."""
    what = f"threads/{thread.id}" if thread.id else f"sites/{thread.site_key}"
    return f"{settings().prefix}/feeds/{what}.atom"


def _links(shown: Shown) -> dict[str, str]:
    """Addresses of other views of the same thread, which work without JavaScript."""
    want, policy = shown.want, shown.policy
    base: dict[str, str | int] = {"site": shown.thread.site_key, "href": want.href}
    if want.limit != policy.page_size:
        base["numposts"] = want.limit
    if want.scheme != "auto":
        base["colorscheme"] = want.scheme
    base["locale"] = want.locale
    same = urlencode(base)

    def link(**more: str) -> str:
        return f"{settings().prefix}/embed/thread?{same}&{urlencode(more)}"

    links: dict[str, str] = {sort: link(sort=sort) for sort in SORTS}
    links["all"] = link(sort=want.sort)
    if shown.comments.next:
        links["next"] = link(sort=want.sort, after=shown.comments.next)
    return links


def hello() -> Markup:
    """The inline script that signals the loader before, or without, the page's other scripts."""
    return headers.inline_script(assets.text_of("embed/made/hello.js"))


@lru_cache(maxsize=256)
def _announced(text: str) -> Markup:
    return Markup(texts.html(text, nofollow=False))


def _opens(thread: ThreadView, locale: str) -> Markup:
    """When comments open again, by the site's clock; the script says it by the reader's."""
    if thread.opens_at is None:
        return Markup()
    text = Markup.escape(say("widget.closed.hours", locale, opens="{opens}"))
    when = Markup('<time class="opens" datetime="{}">{}</time>').format(
        thread.opens_at.isoformat(timespec="seconds"), moment(thread.opens_at, locale)
    )
    return Markup(text.replace("{opens}", when))


_LONG = 'class="rest"'
_rules = lru_cache(maxsize=256)(web_address)


@lru_cache(maxsize=256)
def _badges(lines: tuple[str, ...]) -> str:
    """CSS with the colors of a site's badges, adapted to each color scheme."""
    return "".join(map(_badge, badges_of(lines).values()))


def _badge(badge: Badge) -> str:
    name = f".badge.b-{badge.code}"
    rules = {shade.scheme: f"{name}{{color:{shade.color}}}" for shade in badge.shades}
    if not rules:
        return ""
    return (
        f"{rules['light']}[data-scheme=dark] {rules['dark']}"
        f"@media(prefers-color-scheme:dark){{[data-scheme=auto] {rules['dark']}}}"
    )


_PICTURES = (
    ".face{overflow:clip}.face img{position:absolute;inset:0;width:100%;height:100%;object-fit:cover}"
    "@media(max-width:30rem){.face:has(img){position:relative}}"
)


def style_of(policy: Policy | None = None) -> str:
    """The inline style of every page of the frame, in the site's look."""
    return assets.text_of("embed/read.css") + (looks.css_of(policy) if policy else "")
