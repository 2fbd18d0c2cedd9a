"""The permission matrix: every endpoint of the URL map, asked by every role, on the own site and on
another's. An endpoint that is in no table fails.

The tables are the specification: endpoint, method, address, what is sent, and the status for each
role. What a row has changed is not there for the next one. Besides, no byte of an
answer may hold the text of a comment that waits for review, unless the role may read it.
"""

# ruff: noqa: E501  (tables are read across)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from commentsvc.accounts import commands as accounts
from commentsvc.accounts import frames, proofs
from commentsvc.accounts.models import User
from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.moderation.cases import bulk, networks
from commentsvc.moderation.cases.models import NetworkBlock
from commentsvc.moderation.cases.sweeping import sanction_shortly
from commentsvc.moderation.commands import decide
from commentsvc.moderation.models import Decision
from commentsvc.sites import commands as sites
from commentsvc.sites.models import Membership, Site
from commentsvc.sites.policy import Policy
from commentsvc.sites.queries import policy_of
from commentsvc.threads.models import Comment, Thread
from tests.factories import HREF, post
from tests.people import PASSWORD, Cast
from tests.web.asking import HOST, api_key, bearer, browser, csrf_of, guest, signed_in

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

    from commentsvc.accounts.models import User

MARKER = "xyzzyonlyforstaff"

# --- who asks -------------------------------------------------------------------------------------

#: By a header. `mountain` owns another site; `elsewhere` is the moderator with a token of that other
#: site; `ended` is a token that was signed out. The keys are the moderator's but for `key_owner`,
#: which may do everything; `key_mountain` is bound to the other site.
PROGRAMS = (
    "nobody",
    "guest",
    "author",
    "reader",
    "banned",
    "mountain",
    "moderator",
    "owner",
    "admin",
    "elsewhere",
    "ended",
    "key_read",
    "key_moderate",
    "key_owner",
    "key_mountain",
)
#: By a session, on our own pages. `former` was an owner until a moment ago, and is an author's equal now.
PEOPLE = ("nobody", "author", "banned", "mountain", "moderator", "owner", "admin", "former")

ALL_SCOPES = ("read", "write", "moderate", "manage")


def person(role: str, cast: Cast) -> User:
    """Whose account a role uses."""
    found = {
        "author": cast.rita,
        "banned": cast.bo,
        "mountain": cast.max,
        "moderator": cast.mona,
        "owner": cast.olga,
        "admin": cast.ada,
    }.get(role)
    if found is not None:
        return found
    if role == "former":
        return former(cast)
    known = accounts.by_email("rob@example.org")
    return known or accounts.register(email="rob@example.org", password=PASSWORD, name="Rob")


def former(cast: Cast) -> User:
    """An owner whose time is over."""
    user = accounts.register(email="fay@example.org", password=PASSWORD, name="Fay")
    sites.set_role(cast.site, user, "owner", by=cast.olga)
    with unit_of_work():
        row = db.session.scalars(select(Membership).where(Membership.user_id == user.id)).one()
        row.until = clock.now() - timedelta(seconds=1)
    return user


def proof(role: str, cast: Cast) -> dict[str, str]:
    """The headers of a role."""
    match role:
        case "nobody":
            return {}
        case "guest":
            return guest(post(cast.site, "Hello from a guest.").edit_token or "")
        case "ended":
            headers = bearer(cast.mona, cast.site)
            found = proofs.find("access", headers["Authorization"].split()[1])
            assert found is not None
            frames.end(found)
            return headers
        case "mountain":
            return api_key(cast.max, *ALL_SCOPES)
        case "elsewhere":
            return bearer(cast.mona, cast.other)
        case "key_read":
            return api_key(cast.mona, "read", site=cast.site)
        case "key_moderate":
            return api_key(cast.mona, "read", "moderate", site=cast.site)
        case "key_owner":
            return api_key(cast.olga, *ALL_SCOPES, site=cast.site)
        case "key_mountain":
            return api_key(cast.mona, *ALL_SCOPES, site=cast.other)
    return bearer(person(role, cast), cast.site)


# --- what is asked --------------------------------------------------------------------------------

#: Names for several roles at once.
GROUPS = {
    "stray": ("elsewhere", "key_mountain"),  # a proof that is good for another site
    "unwriting": ("banned", "key_read", "key_moderate"),
    "staff": ("moderator", "owner", "admin", "key_moderate", "key_owner"),
}

#: endpoint | request | status of everybody | but those of … (later words win; `ended` is 401). ~ is /api/v1.
PROGRAM_TABLE = """
api_threads.find_thread | GET ~/threads?site=harbour&href={href} | 200 | stray=403
api_threads.get_thread | GET ~/threads/{thread} | 200 | stray=403
api_threads.list_comments | GET ~/threads/{thread}/comments?include=html | 200 | stray=403
api_threads.list_comments | GET ~/threads/{thread}/comments?parent={pending} | 404 | stray=403
api_threads.list_changes | GET ~/threads/{thread}/changes | 200 | stray=403
api_threads.count_comments | GET ~/counts?site=harbour&href={href} | 200 | stray=403
api_comments.get_comment | GET ~/comments/{published}?include=html | 200 | stray=403
api_comments.get_comment | GET ~/comments/{pending} | 404 | author=200 staff=200
api_sign_in.get_me | GET ~/me?site=harbour&thread={thread} | 200 | stray=403
api_docs.openapi | GET ~/openapi.json | 200 |
api_docs.page | GET /api/docs | 200 |

api_comments.post_comment | POST ~/comments | 201 | stray=403 unwriting=403
api_comments.preview_comment | POST ~/preview | 200 | stray=403 unwriting=403
api_comments.score_comment | POST ~/score | 200 | stray=403 unwriting=403
api_comments.like_comment | PUT ~/comments/{published}/like | 200 | stray=403 unwriting=403 author=403
api_comments.like_comment | PUT ~/comments/{pending}/like | 404 | author=409 staff=409 key_moderate=403
api_comments.unlike_comment | DELETE ~/comments/{published}/like | 200 | stray=403 unwriting=403 nobody=401
api_reactions.react | PUT ~/comments/{published}/reaction | 200 | stray=403 unwriting=403 author=403
api_reactions.react | PUT ~/comments/{pending}/reaction | 404 | author=409 staff=409 key_moderate=403
api_reactions.remove_reaction | DELETE ~/comments/{published}/reaction | 200 | stray=403 unwriting=403 nobody=401
api_reactions.react_to_article | PUT ~/threads/reaction | 409 | stray=403 unwriting=403
api_reactions.remove_page_reaction | DELETE ~/threads/reaction?site=harbour&href={href} | 200 | stray=403 unwriting=403 nobody=401
api_comments.flag_comment | POST ~/comments/{published}/flags | 201 | stray=403 unwriting=403 author=403
api_comments.flag_comment | POST ~/comments/{pending}/flags | 404 | key_moderate=403

api_comments.edit_comment | PATCH ~/comments/{published} | 403 | author=200 nobody=401
api_comments.edit_comment | PATCH ~/comments/{pending} | 404 | author=200 nobody=401 key_moderate=403
api_comments.withdraw_comment | DELETE ~/comments/{published} | 403 | author=200 nobody=401
api_comments.withdraw_comment | DELETE ~/comments/{pending} | 404 | author=200 nobody=401 key_moderate=403

api_threads.change_thread | PATCH ~/threads/{thread} | 404 | nobody=401 staff=200
api_decisions.list_queue | GET ~/queue?site=harbour | 403 | nobody=401 staff=200 mountain=404
api_decisions.list_queue | GET ~/queue?queue=all | 403 | nobody=401 staff=200 mountain=200
api_decisions.list_reasons | GET ~/queue/reasons?site=harbour | 403 | nobody=401 staff=200 mountain=404
api_decisions.count_queues | GET ~/queue/counts?site=harbour | 403 | nobody=401 staff=200 mountain=404
api_decisions.get_card | GET ~/comments/{pending}/card | 403 | nobody=401 staff=200 mountain=404
api_decisions.decide_comment | POST ~/comments/{published}/decisions | 403 | nobody=401 staff=201 mountain=404
api_decisions.decide_comment | POST ~/comments/{pending}/decisions | 403 | nobody=401 staff=201 mountain=404
api_appeals.appeal_decision | POST ~/comments/{published}/appeal | 403 | nobody=401 author=409
api_appeals.appeal_decision | POST ~/comments/{pending}/appeal | 404 | nobody=401 author=409 staff=403
api_appeals.appeal_sanction | POST ~/sanctions/appeal | 409 | banned=201 nobody=401 ended=401 elsewhere=403 key_read=403 key_moderate=403 key_mountain=403
api_appeals.acknowledge_warning | POST ~/warnings/none/acknowledge | 404 | nobody=401
api_people.list_people | GET ~/threads/{thread}/people | 200 | stray=403
api_people.get_person | GET ~/people/{author}?site=harbour | 200 | stray=403
api_people.mute_person | PUT ~/people/{author}/mute | 204 | nobody=401 author=422 key_read=403 key_moderate=403
api_people.unmute_person | DELETE ~/people/{author}/mute | 204 | nobody=401 key_read=403 key_moderate=403
api_people.claim_comments | POST ~/me/claim | 200 | nobody=401 guest=401 key_read=403 key_moderate=403
api_decisions.undo_decision | POST ~/decisions/{decision}/undo | 403 | nobody=401 staff=201 mountain=404
api_sites.list_sites | GET ~/sites | 403 | nobody=401 staff=200 mountain=200
api_sites.get_policy | GET ~/sites/harbour/policy | 404 | nobody=401 key_owner=200
api_sites.get_learned | GET ~/sites/harbour/spam-lessons | 404 | nobody=401 key_owner=200
api_sites.forget_learned | DELETE ~/sites/harbour/spam-lessons | 404 | nobody=401 key_owner=200
api_sites.change_policy | PATCH ~/sites/harbour/policy | 404 | nobody=401 key_owner=200
api_sites.list_sections | GET ~/sites/harbour/sections | 404 | nobody=401 key_owner=200
api_sites.put_section | PUT ~/sites/harbour/sections/sport | 404 | nobody=401 key_owner=200
api_sites.delete_section | DELETE ~/sites/harbour/sections/sport | 404 | nobody=401 key_owner=204

api_news.list_notifications | GET ~/notifications?site=harbour | 200 | nobody=401 stray=403
api_news.read_notifications | POST ~/notifications/read | 204 | nobody=401 key_read=403 key_moderate=403
api_news.follow_thread | PUT ~/threads/{thread}/follow | 204 | nobody=401 guest=403 stray=403 key_read=403 key_moderate=403
api_news.unfollow_thread | DELETE ~/threads/{thread}/follow | 204 | nobody=401 stray=403 key_read=403 key_moderate=403
api_news.ask_for_replies | PUT ~/me/replies-email | 403 | nobody=401 guest=200
api_news.forget_replies_email | DELETE ~/me/replies-email | 403 | nobody=401 guest=204

api_sign_in.exchange_verifier | POST ~/sign-in/exchange | 202 |
api_sign_in.refresh_token | POST ~/sign-in/refresh | 401 |
api_sign_in.sign_in_by_site | POST ~/sign-in/site | 401 |
api_sign_in.sign_out | POST ~/sign-in/out | 204 |

openai.moderate | POST /v1/moderations | 401 |
coral.phase | POST /coral/phase?site=harbour | 401 |
perspective.analyze_comment | POST /v1alpha1/comments:analyze | 403 | ended=403
perspective.suggest_score | POST /v1alpha1/comments:suggestscore | 403 | ended=403
perspective.discover | GET /$discovery/rest | 200 | ended=403
perspective.preflight | OPTIONS /v1alpha1/comments:analyze | 204 | ended=204
perspective.nowhere | GET /v1alpha1/nothing | 404 | ended=403
graph.read_page | GET /v2.8/?id={href} | 200 |
graph.read_comments | GET /v2.8/comments?id={href}&filter=stream | 200 |
graph.read_node | GET /v2.8/{thread} | 200 |
graph.read_node | GET /v2.8/{published} | 200 |
graph.read_node | GET /v2.8/{thread}_{pending} | 400 |
graph.read_edge | GET /v2.8/{thread}/comments | 200 |
graph.read_edge | GET /v2.8/{pending}/comments | 400 |
graph.nowhere | GET /v2.8/a/b/c | 404 |
graph.nowhere | POST /v2.8/{thread}/likes | 400 |

facebook_sdk_js | GET /de_DE/sdk.js | 200 | ended=200
facebook_all_js | GET /all.js | 200 | ended=200
facebook_all_debug_js | GET /xx_YY/all/debug.js | 200 | ended=200
facebook_sdk_debug_js | GET /en_US/sdk/debug.js | 200 | ended=200
facebook_sdk_xfbml_customerchat_js | GET /en_US/sdk/xfbml.customerchat.js | 200 | ended=200
embed_counts | POST /embed/counts | 200 |
embed_after | GET /embed/after.js | 200 | ended=200
embed_counting | GET /embed/counting.js | 200 | ended=200
embed_line | GET /embed/line.js | 200 | ended=200
embed_looking | GET /embed/looking.js | 200 | ended=200
embed_typeface | GET /embed/typeface.js | 200 | ended=200
embed_whole | GET /embed/whole.js | 200 | ended=200
embed_xfbml | GET /embed/xfbml.js | 200 | ended=200
embed_wording | GET /embed/wording.js | 200 | ended=200
embed_signing | GET /embed/signing.js | 200 | ended=200
embed_counts_script | GET /embed/counts.js | 200 |
embed_lists | GET /embed/lists.js | 200 | ended=200
embed_recent | GET /embed/recent?site=harbour | 200 |
embed_discussed | GET /embed/discussed?site=harbour | 200 |
embed_quote | GET /embed/quote?id={published} | 200 |
embed_quote | GET /embed/quote?id={pending} | 404 |

disqus_embed | GET /demo/embed.js | 200 | ended=200
disqus_count | GET /disqus/demo/count.js | 200 | ended=200
disqus_blogger_item | GET /demo/blogger_item.js | 200 | ended=200
disqus_blogger_index | GET /demo/blogger_index.js | 200 | ended=200
disqus_recommendations | GET /demo/recommendations.js | 200 | ended=200
disqus_top_commenters_widget | GET /demo/top_commenters_widget.js | 200 | ended=200
disqus_count_data | GET /demo/count-data.js?1=a&2={href} | 200 |
disqus_get_num_replies | GET /demo/get_num_replies.js?url0={href} | 200 |
disqus_recent_comments_widget | GET /demo/recent_comments_widget.js | 200 |
disqus_combination_widget | GET /demo/combination_widget.js | 200 |
disqus_popular_threads_widget | GET /demo/popular_threads_widget.js | 200 |
disqus_api_threads_set | GET /disqus/api/3.0/threads/set.json?forum=x&thread=link:{href} | 200 |
disqus_api_forums_listposts | GET /disqus/api/3.0/forums/listPosts.json?forum=x | 200 |
disqus_api_posts_list | GET /disqus/api/3.0/posts/list.jsonp?forum=x&callback=a.b | 200 |
disqus_by_query | GET /demo/?.disqus.com/embed.js | 200 | ended=200

transparency.page | GET /transparency/harbour | 200 |
transparency.figures_json | GET /transparency/harbour/figures.json | 200 |
transparency.figures_csv | GET /transparency/harbour/figures.csv | 200 |
transparency.log_json | GET /transparency/harbour/log.json | 200 |
feeds.site_feed | GET /feeds/sites/harbour.atom | 200 |
feeds.thread_feed | GET /feeds/threads/{thread}.atom | 200 |
conversations.page | GET /threads/{thread}.html | 200 |
conversations.data | GET /threads/{thread}.jsonld | 200 |
conversations.page_of_address | GET /threads.html?site=harbour&href={href} | 200 |
cards.page | GET /threads/comments/{published}.html | 200 |
cards.page | GET /threads/comments/{pending}.html | 404 |
cards.oembed | GET /oembed?url={href}%23commentsvc={pending} | 404 |
cards.oembed | GET /oembed?url={href}%23commentsvc={published} | 200 |
conversations.data_of_address | GET /threads.jsonld?site=harbour&href={href} | 200 |

static_file | GET /static/x/embed/embed.js | 200 | ended=200
favicon | GET /favicon.ico | 200 | ended=200
ops.healthz | GET /healthz | 200 | ended=200
ops.readyz | GET /readyz | 200 | ended=200
ops.metrics | GET /metrics | 200 | ended=200
ops.seen | GET /seen | 404 | ended=404
"""
#: What is sent to which endpoint.
SENT: dict[str, dict[str, Any]] = {
    "post_comment": {"site": "harbour", "href": HREF, "name": "Ann", "text": "A thought."},
    "preview_comment": {"site": "harbour", "text": "A thought."},
    "score_comment": {"site": "harbour", "text": "A thought."},
    "flag_comment": {"reason": "spam"},
    "react": {"kind": "like"},
    "react_to_article": {"site": "harbour", "href": HREF, "kind": "like"},
    "edit_comment": {"text": "Other words."},
    "change_thread": {"closed": True},
    "read_notifications": {"up_to": 1},
    "claim_comments": {"edit_token": "of nobody"},
    "ask_for_replies": {"site": "harbour", "email": "ann@example.org"},
    "follow_thread": {"rhythm": "daily"},
    "appeal_decision": {"text": "Please look again."},
    "appeal_sanction": {"site": "harbour", "text": "Please look again."},
    "decide_comment": {"action": "approve", "seen_version": "{version}"},
    "change_policy": {"policy": {"nudge": False}},
    "put_section": {"name": "Sport", "patterns": ["/sport"]},
    "exchange_verifier": {"verifier": "5a" * 32, "site": "harbour"},
    "refresh_token": {"refresh_token": "r"},
    "sign_in_by_site": {"token": "t", "site": "harbour"},
    "sign_out": {},
}


@dataclass(frozen=True)
class Row:
    """A line of a table. `{published}` and so on stand for things made for this row."""

    endpoint: str
    method: str
    path: str
    expect: Mapping[str, int]

    @property
    def names_a_thing(self) -> bool:
        """Whether it may change one of the things made for it."""
        name = self.endpoint.split(".")[-1]
        sent = [*SENT.get(name, {}).values(), *FORMS.get(name, {}).values()]
        return "{" in self.path or "{" in str(sent)


def rows(table: str, roles: Sequence[str], **usual: int) -> list[Row]:
    """A table, read."""
    found = []
    for line in filter(str.strip, table.splitlines()):
        endpoint, request, everybody, but = (part.strip() for part in line.split("|"))
        expect = dict.fromkeys(roles, int(everybody)) | usual
        for word in but.split():
            name, _, status = word.partition("=")
            expect |= dict.fromkeys(GROUPS.get(name, (name,)), int(status))
        if "former" in roles and " former=" not in f" {but}":
            expect["former"] = expect["author"]
        method, _, path = request.partition(" ")
        found.append(Row(endpoint, method, path.replace("~", "/api/v1"), expect))
    return found


# --- things to ask about --------------------------------------------------------------------------


_numbers = count(1)
#: A row before may have set the policy; and nobody here is a flood.
OPEN = {"flood_count": 1000, "slow_seconds": 0}


class Things(dict[str, Any]):
    """A published and a pending comment of rita's and their thread: new ones each time. What only a few
    rows ask about is made for those."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        wanted = {**asdict(Policy()), **OPEN}
        if asdict(policy_of(cast.site)) != wanted:
            sites.set_policy(cast.site, wanted, by=cast.olga)
        href = f"{HREF}/{next(_numbers)}"
        published = post(cast.site, user=cast.rita, href=href).comment
        pending = post(cast.site, f"You idiot. {MARKER}", user=cast.rita, href=href).comment
        assert (published.status, pending.status) == ("published", "pending")
        self.ticked = {pending.public_id: pending.version}
        super().__init__(
            published=published.public_id,
            pending=pending.public_id,
            thread=db.session.get_one(Thread, published.thread_id).public_id,
            author=cast.rita.public_id,
            first_version=published.version,
            pending_version=pending.version,
            href=href,
        )

    def __missing__(self, name: str) -> str:
        match name:
            case "decision":
                self[name] = decided(self.cast, self["href"])
            case "bulk":
                made = bulk.preview(
                    [self.cast.site], action="approve", by=self.cast.mona, ticked=self.ticked
                )
                self[name] = made.public_id
            case "measure":
                cast = self.cast
                self[name] = sanction_shortly(cast.site, cast.max, "lift", by=cast.olga).public_id
            case "blocked" | "block":
                self["blocked"], self["block"] = blocked(self.cast)
            case _:
                raise KeyError(name)
        return str(self[name])


def decided(cast: Cast, href: str) -> str:
    """The id of a decision about a comment."""
    comment = post(cast.site, href=href).comment
    row = decide(comment.public_id, action="approve", by=cast.olga, seen_version=None)
    return row.public_id


def blocked(cast: Cast) -> tuple[str, str]:
    """A comment from a network of its own, and the id of that network's block."""
    comment = post(cast.site, href=HREF).comment
    with unit_of_work():
        comment.network = f"lan-{next(_numbers)}"
    until = clock.now() + timedelta(hours=1)
    row = networks.block(comment, until=until, reason="spam", by=cast.olga)
    return comment.public_id, row.public_id


def filled(sent: Any, found: Mapping[str, Any]) -> Any:
    """A body with the things in their places."""
    if isinstance(sent, Mapping):
        return {name: filled(value, found) for name, value in sent.items()}
    if isinstance(sent, str) and sent.startswith("{") and sent[1:-1] in found:
        return found[sent[1:-1]]  # a number stays one
    return sent.format_map(found) if isinstance(sent, str) else sent


def told(answer: TestResponse) -> str:
    """Everything that an answer says, headers too."""
    return answer.get_data().decode(errors="replace") + str(answer.headers)


@pytest.mark.parametrize("role", PROGRAMS)
def test_programs(app: Flask, cast: Cast, role: str) -> None:
    found: Things | None = None
    before: list[object] = []
    wrong, leaks = [], []
    may_read = role in ("author", "moderator", "owner", "admin", "key_moderate", "key_owner")
    for each in rows(PROGRAM_TABLE, PROGRAMS, ended=401):
        if found is None:
            found = Things(cast)
            headers, before = proof(role, cast), state(found)
        found["version"] = found["pending_version" if "{pending}" in each.path else "first_version"]
        sent = SENT.get(each.endpoint.split(".")[-1])
        answer = browser(app).open(
            each.path.format_map(found),
            method=each.method,
            json=filled(sent, found) if sent is not None else None,
            headers=headers,
        )
        if answer.status_code != each.expect[role]:
            wrong.append((each.method, each.path, answer.status_code, each.expect[role]))
        if MARKER in told(answer) and not may_read:
            leaks.append((each.method, each.path))
        if each.method not in ("GET", "OPTIONS") and answer.status_code < 400:
            headers = proof(role, cast)  # this one may have signed out
            if each.names_a_thing or state(found) != before:
                found = None  # what was written may be in the way of the next row
    assert (wrong, leaks) == ([], [])


# --- our own pages --------------------------------------------------------------------------------

#: As above, for sessions. Nobody is sent to the sign-in page; what belongs to another site is not there.
PAGE_TABLE = """
home.index | GET / | 200 |
embed_loader | GET /embed.js | 200 |
embed_script | GET /embed/script/x/en.js | 200 |
embed_part | GET /embed/script/x/mine/en.js | 200 |
embed_thread | GET /embed/thread?site=harbour&href={href} | 200 |
embed_comment | GET /embed/comment?id={published} | 200 |
embed_comment | GET /embed/comment?id={pending} | 404 |
embed_replies | GET /embed/replies?comment={published} | 200 |
embed_replies | GET /embed/replies?comment={pending} | 404 |
embed_new | GET /embed/new?thread={thread} | 200 |
embed_sign_in | GET /embed/sign-in?site=harbour&nonce=0123456789abcdef0123456789abcdef | 200 |
embed_sign_in_post | POST /embed/sign-in | 422 |
embed_passkey | POST /embed/passkey | 422 | nobody=401 ended=401

embed_notice | GET /embed/notice?comment={published} | 200 |
embed_notice | GET /embed/notice?comment={pending} | 404 |
embed_notice_post | POST /embed/notice | 422 |
embed_notice_state | GET /embed/notice/none | 404 |
embed_notice_appeal | POST /embed/notice/none/appeal | 404 |

account.sign_in | GET /account/sign-in | 303 | nobody=200
account.do_sign_in | POST /account/sign-in | 303 |
account.email_page | GET /account/email | 303 |
account.ask_by_email | POST /account/email | 422 |
account.sign_in_by_email | POST /account/email/code | 422 |
account.name_by_email | POST /account/email/name | 422 |
account.link_page | GET /account/link | 410 |
account.sign_in_by_link | POST /account/link | 410 |
account.invitation | GET /account/invitation | 410 |
account.accept_invitation | POST /account/invitation | 410 |
account.enter | POST /account/enter | 303 |
account.register | GET /account/register | 200 |
account.do_register | POST /account/register | 422 |
account.choose_emails | POST /account/letters | 303 | nobody=401
account.change_follow | POST /account/follows/none | 303 | nobody=401
account.try_again | POST /account/letters/again | 303 | nobody=401
account.opt_in_page | GET /account/letters/on | 410 |
account.opt_in | POST /account/letters/on | 410 |
account.claim_comments | POST /account/claim | 303 | nobody=401
account.decide_page | GET /account/letters/decide | 410 |
account.decide_by_email | POST /account/letters/decide | 410 |
account.stop_page | GET /account/letters/off | 410 |
account.stop | POST /account/letters/off | 410 |
account.stay_page | GET /account/letters/stay | 410 |
account.keep_account | POST /account/letters/stay | 410 |
account.confirm_page | GET /account/confirm | 410 |
account.confirm | POST /account/confirm | 410 |
account.send_confirmation | POST /account/confirm/send | 303 | nobody=401
account.add_email | POST /account/email/add | 303 | nobody=401
account.forgot_page | GET /account/forgot | 200 |
account.forgot | POST /account/forgot | 200 |
account.reset_page | GET /account/reset | 410 |
account.reset | POST /account/reset | 410 |
account.sign_out_page | GET /account/out | 200 | nobody=303
account.set_theme | POST /account/theme | 303 |
account.home | GET /account/ | 200 | nobody=303
account.change_name | POST /account/name | 422 | nobody=401
account.change_password | POST /account/password | 422 | nobody=401
account.data | GET /account/data | 200 | nobody=303
account.appeal | POST /account/comments/{published}/appeal | 303 | nobody=401
account.appeal_sanction | POST /account/sanctions/harbour/appeal | 303 | nobody=401
account.acknowledge | POST /account/warnings/none/acknowledge | 303 | nobody=401
account.unmute | POST /account/mutes/{author}/end | 303 | nobody=401
account.choose_keys | POST /account/keys | 422 | nobody=401
account.choose_display | POST /account/display | 303 | nobody=401
account.set_up_page | GET /account/set-up | 410 |
account.set_up | POST /account/set-up | 410 |
account.second_step | GET /account/second-step | 303 |
account.do_second_step | POST /account/second-step | 303 |
account.passkey_options | POST /account/passkey/options | 200 |
account.passkey_sign_in | POST /account/passkey | 303 |
account.prove | POST /account/prove | 303 | nobody=401
account.security | GET /account/security | 200 | nobody=303
account.totp_page | GET /account/security/app | 200 | nobody=303
account.add_totp | POST /account/security/app | 422 | nobody=401
account.remove_totp | POST /account/security/app/remove | 422 | nobody=401
account.new_codes | POST /account/security/codes | 422 | nobody=401
account.new_passkey_options | POST /account/security/passkeys/options | 200 | nobody=401
account.add_passkey | POST /account/security/passkeys | 303 | nobody=401
account.rename_passkey | POST /account/security/passkeys/none/name | 422 | nobody=401
account.go_with | POST /account/with/google | 404 |
account.back_by_form | POST /account/with/google/back | 303 |
account.back | GET /account/with/google/back | 404 |
account.join_with | POST /account/with/google/new | 404 |
account.connect_page | GET /account/with/google/connect | 404 |
account.connect | POST /account/with/google/connect | 404 | nobody=401
account.disconnect | POST /account/security/connected/remove | 303 | nobody=401
account.remove_passkey | POST /account/security/passkeys/none/remove | 422 | nobody=401
account.end_session | POST /account/security/sessions/none/end | 422 | nobody=401
account.end_sessions | POST /account/security/sessions/end | 303 | nobody=401
account.delete | POST /account/delete | 422 | nobody=401

dashboard.queue_page | GET /dashboard/ | 403 | nobody=303 crew=200 mountain=200
dashboard.live | GET /dashboard/live | 403 | nobody=303 crew=200 mountain=200
dashboard.places | GET /dashboard/places | 403 | nobody=303 crew=200 mountain=200
dashboard.comment | GET /dashboard/comments/{pending} | 403 | nobody=303 crew=200 mountain=404
dashboard.comment_context | GET /dashboard/comments/{pending}/context | 403 | nobody=303 crew=200 mountain=404
dashboard.decide | POST /dashboard/comments/{pending}/decisions | 403 | nobody=401 crew=303 mountain=303
dashboard.undo | POST /dashboard/decisions/{decision}/undo | 403 | nobody=401 crew=303 mountain=303
dashboard.claim | POST /dashboard/comments/{pending}/claim | 403 | nobody=401 crew=303 mountain=303
dashboard.save_filter | POST /dashboard/filters | 403 | nobody=401 crew=303 mountain=303
dashboard.do_filter | POST /dashboard/filters/none | 403 | nobody=401 crew=303 mountain=303
dashboard.canned_page | GET /dashboard/sites/harbour/canned | 403 | nobody=303 crew=200 mountain=404
dashboard.add_canned | POST /dashboard/sites/harbour/canned | 403 | nobody=401 crew=303 mountain=404
dashboard.change_canned | POST /dashboard/canned/none | 403 | nobody=401 crew=404 mountain=404
dashboard.canned_text | GET /dashboard/canned/none | 403 | nobody=303 crew=404 mountain=404
dashboard.shift_page | GET /dashboard/shift | 403 | nobody=303 crew=200 mountain=200
dashboard.leave_note | POST /dashboard/shift/notes | 403 | nobody=401 crew=303 mountain=404
dashboard.close_note | POST /dashboard/shift/notes/none/close | 403 | nobody=401 crew=303 mountain=303
dashboard.reasons_page | GET /dashboard/sites/harbour/reasons | 403 | nobody=303 chiefs=200 mountain=404
dashboard.add_reason | POST /dashboard/sites/harbour/reasons | 403 | nobody=401 chiefs=303 mountain=404
dashboard.change_reason | POST /dashboard/sites/harbour/reasons/none | 403 | nobody=401 chiefs=303 mountain=404
dashboard.bulk_make | POST /dashboard/bulk | 403 | nobody=401 crew=303 mountain=303
dashboard.bulk_page | GET /dashboard/bulk/{bulk} | 403 | nobody=303 crew=200 mountain=404
dashboard.bulk_start | POST /dashboard/bulk/{bulk}/start | 403 | nobody=401 crew=303 mountain=404
dashboard.bulk_undo | POST /dashboard/bulk/{bulk}/undo | 403 | nobody=401 crew=303 mountain=404
dashboard.close_thread | POST /dashboard/threads/{thread}/closed | 403 | nobody=401 crew=303 mountain=404
dashboard.open_thread | POST /dashboard/threads/{thread}/open | 403 | nobody=401 crew=303 mountain=404
dashboard.close_thread_later | POST /dashboard/threads/{thread}/closes | 403 | nobody=401 crew=303 mountain=404
dashboard.tag_thread | POST /dashboard/threads/{thread}/tags | 403 | nobody=401 crew=303 mountain=404
dashboard.premoderate_thread | POST /dashboard/threads/{thread}/premoderation | 403 | nobody=401 crew=303 mountain=404
dashboard.network_form | GET /dashboard/comments/{pending}/network | 403 | nobody=303 crew=200 mountain=404
dashboard.block_network | POST /dashboard/comments/{blocked}/network | 403 | nobody=401 crew=303 mountain=404
dashboard.networks | GET /dashboard/networks | 403 | nobody=303 crew=200 mountain=200
dashboard.lift_network | POST /dashboard/networks/{block}/lift | 403 | nobody=401 crew=303 mountain=303
dashboard.appeals | GET /dashboard/appeals | 403 | nobody=303 crew=200 mountain=200
dashboard.hear | POST /dashboard/appeals/none | 403 | nobody=401 crew=303 mountain=303
dashboard.hear_notice | POST /dashboard/notice-appeals/none | 403 | nobody=401 crew=303 mountain=303
dashboard.hear_sanction | POST /dashboard/sanction-appeals/none | 403 | nobody=401 crew=303 mountain=303
dashboard.notices | GET /dashboard/notices | 403 | nobody=303 crew=200 mountain=200
dashboard.review_notice | POST /dashboard/notices/none/review | 403 | nobody=401 crew=303 mountain=303
dashboard.decide_notice | POST /dashboard/notices/none/decision | 403 | nobody=401 crew=303 mountain=303
dashboard.log | GET /dashboard/log | 403 | nobody=303 crew=200 mountain=200
dashboard.log_file | GET /dashboard/log.csv | 403 | nobody=303 crew=200 mountain=200
dashboard.figures | GET /dashboard/figures | 403 | nobody=303 crew=200 mountain=200
dashboard.temperature | GET /dashboard/temperature | 403 | nobody=303 crew=200 mountain=200
dashboard.fairness | GET /dashboard/fairness | 403 | nobody=303 crew=200 mountain=200
dashboard.report | GET /dashboard/report | 403 | nobody=303 crew=200 mountain=200
dashboard.report_file | GET /dashboard/report.zip?site=harbour | 403 | nobody=303 crew=200 mountain=404
dashboard.statements_file | GET /dashboard/statements.json?site=harbour | 403 | nobody=303 crew=200 mountain=404
dashboard.second_looks | GET /dashboard/second | 403 | nobody=303 crew=200 mountain=200
dashboard.answer_look | POST /dashboard/second/none | 403 | nobody=401 crew=303 mountain=303
dashboard.channels | GET /dashboard/channels | 403 | nobody=303 crew=200 mountain=200
dashboard.add_channel | POST /dashboard/channels | 403 | nobody=401 crew=303 mountain=303
dashboard.channel | GET /dashboard/channels/none | 403 | nobody=303 crew=404 mountain=404
dashboard.change_channel | POST /dashboard/channels/none | 403 | nobody=401 crew=303 mountain=303
dashboard.do_channel | POST /dashboard/channels/none/do | 403 | nobody=401 crew=303 mountain=303
dashboard.agreement | GET /dashboard/agreement | 403 | nobody=303 crew=200 mountain=200
dashboard.slow_thread | POST /dashboard/threads/{thread}/slow | 403 | nobody=401 crew=303 mountain=404
dashboard.people | GET /dashboard/people | 403 | nobody=303 crew=200 mountain=200
dashboard.person | GET /dashboard/people/{author} | 403 | nobody=303 crew=200 mountain=404
dashboard.person_drawer | GET /dashboard/people/{author}/drawer | 403 | nobody=303 crew=200 mountain=404
dashboard.ban_author | POST /dashboard/comments/{pending}/ban | 403 | nobody=401 crew=303 mountain=303
dashboard.undo_measure | POST /dashboard/measures/{measure}/undo | 403 | nobody=401 crew=303 mountain=404
dashboard.take_measure | POST /dashboard/people/{author}/measures | 403 | nobody=401 crew=303 mountain=404
dashboard.reset_second_factor | POST /dashboard/people/{author}/second-step/reset | 403 | nobody=401 chiefs=303 mountain=404
dashboard.give_role | POST /dashboard/people/{author}/role | 403 | nobody=401 crew=303 mountain=404
dashboard.sites | GET /dashboard/sites | 403 | nobody=303 crew=200 mountain=200
dashboard.site_page | GET /dashboard/sites/harbour | 403 | nobody=303 chiefs=200 mountain=404
dashboard.set_site | POST /dashboard/sites/harbour | 403 | nobody=401 chiefs=303 mountain=404
dashboard.start | GET /dashboard/sites/harbour/start | 403 | nobody=303 chiefs=200 mountain=404
dashboard.check_page | POST /dashboard/sites/harbour/check | 403 | nobody=401 chiefs=200 mountain=404
dashboard.test_email | POST /dashboard/sites/harbour/test-email | 403 | nobody=401 admin=303
dashboard.new_secret | POST /dashboard/sites/harbour/secret | 403 | nobody=401 chiefs=200 mountain=404
dashboard.drop_secret | POST /dashboard/sites/harbour/secret/old | 403 | nobody=401 chiefs=303 mountain=404
dashboard.policy | GET /dashboard/sites/harbour/policy | 403 | nobody=303 chiefs=200 mountain=404
dashboard.look | GET /dashboard/sites/harbour/look | 403 | nobody=303 chiefs=200 mountain=404
dashboard.accent_shades | GET /dashboard/sites/harbour/look/accent | 403 | nobody=303 chiefs=200 mountain=404
dashboard.css_problems | POST /dashboard/sites/harbour/look/css | 403 | nobody=401 chiefs=200 mountain=404
embed_look | GET /embed/look?site=harbour | 200 |
embed_look_post | POST /embed/look?site=harbour | 200 |
dashboard.advisor | GET /dashboard/sites/harbour/advisor | 403 | nobody=303 chiefs=200 mountain=404
dashboard.apply_advice | POST /dashboard/sites/harbour/advisor | 403 | nobody=401 chiefs=303 mountain=404
dashboard.undo_advice | POST /dashboard/sites/harbour/advisor/none/undo | 403 | nobody=401 chiefs=303 mountain=404
dashboard.calibration | GET /dashboard/sites/harbour/calibration | 403 | nobody=303 chiefs=200 mountain=404
dashboard.set_calibration | POST /dashboard/sites/harbour/calibration | 403 | nobody=401 chiefs=303 mountain=404
dashboard.scorer_page | GET /dashboard/sites/harbour/scorer | 403 | nobody=303 chiefs=200 mountain=404
dashboard.scorer_do | POST /dashboard/sites/harbour/scorer | 403 | nobody=401 chiefs=303 mountain=404
dashboard.staff | GET /dashboard/sites/harbour/people | 403 | nobody=303 chiefs=200 mountain=404
dashboard.invite | POST /dashboard/sites/harbour/invitations | 403 | nobody=401 chiefs=303 mountain=404
dashboard.revoke_invitation | POST /dashboard/sites/harbour/invitations/none/revoke | 403 | nobody=401 chiefs=303 mountain=404
dashboard.add_person | POST /dashboard/sites/harbour/people | 403 | nobody=401 chiefs=303 mountain=404
dashboard.set_look | POST /dashboard/sites/harbour/look | 403 | nobody=401 chiefs=303 mountain=404
dashboard.set_policy | POST /dashboard/sites/harbour/policy | 403 | nobody=401 chiefs=303 mountain=404
dashboard.sections | GET /dashboard/sites/harbour/sections | 403 | nobody=303 chiefs=200 mountain=404
dashboard.add_section | POST /dashboard/sites/harbour/sections | 403 | nobody=401 chiefs=303 mountain=404
dashboard.change_section | POST /dashboard/sites/harbour/sections/none | 403 | nobody=401 chiefs=303 mountain=404
dashboard.remove_section | POST /dashboard/sites/harbour/sections/none/remove | 403 | nobody=401 chiefs=303 mountain=404
dashboard.policy_history | GET /dashboard/sites/harbour/policy/history | 403 | nobody=303 chiefs=200 mountain=404
dashboard.policy_version | GET /dashboard/sites/harbour/policy/history/0 | 403 | nobody=303 chiefs=200 mountain=404
dashboard.restore_policy | POST /dashboard/sites/harbour/policy/history/0 | 403 | nobody=401 chiefs=409 mountain=404
dashboard.try_limits | POST /dashboard/sites/harbour/policy/limits | 403 | nobody=401 chiefs=422 mountain=404
dashboard.try_text | POST /dashboard/sites/harbour/policy/text | 403 | nobody=401 chiefs=422 mountain=404
dashboard.forget_spam_lessons | POST /dashboard/sites/harbour/policy/forget-spam | 403 | nobody=401 chiefs=200 mountain=404
dashboard.try_replay | POST /dashboard/sites/harbour/policy/replay | 403 | nobody=401 chiefs=200 mountain=404
dashboard.create_site | POST /dashboard/sites | 403 | nobody=401 admin=303
dashboard.moving | GET /dashboard/sites/harbour/moving | 403 | nobody=303 chiefs=200 mountain=404
dashboard.import_comments | POST /dashboard/sites/harbour/import | 403 | nobody=401 chiefs=303 mountain=404
dashboard.import_page | GET /dashboard/sites/harbour/imports/none | 403 | nobody=303 chiefs=404 mountain=404
dashboard.import_start | POST /dashboard/sites/harbour/imports/none/start | 403 | nobody=401 chiefs=303 mountain=404
dashboard.import_report | GET /dashboard/sites/harbour/imports/none/report | 403 | nobody=303 chiefs=404 mountain=404
dashboard.import_undo | POST /dashboard/sites/harbour/imports/none/undo | 403 | nobody=401 chiefs=303 mountain=404
dashboard.import_cancel | POST /dashboard/sites/harbour/imports/none/cancel | 403 | nobody=401 chiefs=303 mountain=404
dashboard.export | GET /dashboard/sites/harbour/export/csv | 403 | nobody=303 chiefs=200 mountain=404
dashboard.set_disqus | POST /dashboard/sites/harbour/disqus | 403 | nobody=401 chiefs=303 mountain=404
dashboard.add_alias | POST /dashboard/sites/harbour/aliases | 403 | nobody=401 chiefs=303 mountain=404
dashboard.remove_alias | POST /dashboard/sites/harbour/aliases/remove | 403 | nobody=401 chiefs=303 mountain=404
dashboard.move_listed | POST /dashboard/sites/harbour/moved | 403 | nobody=401 chiefs=422 mountain=404
dashboard.merge | POST /dashboard/sites/harbour/merge | 403 | nobody=401 chiefs=303 mountain=404
dashboard.undo_move | POST /dashboard/sites/harbour/moves/none/undo | 403 | nobody=401 chiefs=303 mountain=404
dashboard.providers | GET /dashboard/sites/harbour/sign-in | 403 | nobody=303 chiefs=200 mountain=404
dashboard.put_provider | POST /dashboard/sites/harbour/sign-in | 403 | nobody=401 chiefs=422 mountain=404
dashboard.remove_provider | POST /dashboard/sites/harbour/sign-in/remove | 403 | nobody=401 chiefs=303 mountain=404
dashboard.judges | GET /dashboard/sites/harbour/judges | 403 | nobody=303 chiefs=200 mountain=404
dashboard.set_judge | POST /dashboard/sites/harbour/judges | 403 | nobody=401 chiefs=303 mountain=404
dashboard.set_coral | POST /dashboard/sites/harbour/judges/coral | 403 | nobody=401 chiefs=303 mountain=404
dashboard.webhooks | GET /dashboard/sites/harbour/webhooks | 403 | nobody=303 chiefs=200 mountain=404
dashboard.add_webhook | POST /dashboard/sites/harbour/webhooks | 403 | nobody=401 chiefs=303 mountain=404
dashboard.webhook | GET /dashboard/sites/harbour/webhooks/none | 403 | nobody=303 chiefs=404 mountain=404
dashboard.change_webhook | POST /dashboard/sites/harbour/webhooks/none | 403 | nobody=401 chiefs=303 mountain=404
dashboard.again | POST /dashboard/sites/harbour/webhooks/none/again/none | 403 | nobody=401 chiefs=303 mountain=404
dashboard.api_keys | GET /dashboard/sites/harbour/keys | 403 | nobody=303 chiefs=200 mountain=404
dashboard.add_api_key | POST /dashboard/sites/harbour/keys | 403 | nobody=401 chiefs=303 mountain=404
dashboard.revoke_api_key | POST /dashboard/sites/harbour/keys/none/revoke | 403 | nobody=401 chiefs=303 mountain=404
migrate.ask | GET /migrate | 403 | nobody=303 chiefs=200 mountain=200
migrate.look | POST /migrate | 403 | nobody=401 chiefs=422 mountain=404

account.sign_out | POST /account/out | 303 |
"""
GROUPS |= {"crew": ("moderator", "owner", "admin"), "chiefs": ("owner", "admin")}
FORMS: dict[str, dict[str, str]] = {
    "do_sign_in": {"email": "rita@example.org", "password": "not this one"},
    "do_register": {"email": "rita@example.org", "password": "short", "name": "Rita"},
    "embed_sign_in_post": {"site": "harbour", "nonce": "short"},
    "embed_notice_post": {"comment": "{published}", "law": "StGB 185", "explanation": "Short."},
    "decide": {"action": "approve", "seen_version": "{version}"},
    "bulk_make": {"action": "approve", "scope": "ticked", "ticked": "{published}:{version}"},
    "look": {"site": "harbour"},
    "restore_policy": {"seen": "0"},
    "add_section": {"name": "Sport", "patterns": "/sport"},
    "leave_note": {"site": "harbour", "text": "Watch the bridge."},
    "add_reason": {"title_en": "No source", "category": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"},
    "change_section": {"name": "Sport", "patterns": "/sport"},
    "apply_advice": {"label": "toxicity", "at": "0.7"},
    "take_measure": {"site": "harbour", "kind": "lift"},
    "block_network": {"days": "1", "reason": "spam"},
    "premoderate_thread": {"on": "1"},
    "tag_thread": {"tags": "live"},
    "give_role": {"site": "harbour", "role": "none"},
    "add_person": {"email": "rob@example.org", "role": "trusted"},
    "set_site": {"name": "The Harbour Post", "origins": "https://news.example.org"},
    "create_site": {"name": "Third", "origins": "https://third.example.org", "key": "third"},
}


@pytest.mark.parametrize("role", PEOPLE)
def test_people(app: Flask, cast: Cast, role: str) -> None:
    person("reader", cast)
    if role == "nobody":
        client = browser(app)
        token = csrf_of(client.get("/account/sign-in").text)
    else:
        client, token = signed_in(app, person(role, cast))
    found: Things | None = None
    made: list[object] = []
    before: list[object] = []
    wrong, leaks = [], []
    for each in rows(PAGE_TABLE, PEOPLE):
        if found is None:
            found = Things(cast)
            made, before = state(found), []
        found["version"] = found["pending_version" if "{pending}" in each.path else "first_version"]
        known = len(found)
        path = each.path.format_map(found)
        if len(found) > known:  # something was made for this row
            before = []
        if role not in GROUPS["crew"]:
            before = before or state(found)
        form = FORMS.get(each.endpoint.split(".")[-1], {})
        answer = client.open(
            path,
            method=each.method,
            data={"csrf_token": token, **filled(form, found)} if each.method == "POST" else None,
            headers={"Accept": "text/html", **({"Origin": HOST} if each.method == "POST" else {})},
        )
        if answer.status_code != each.expect[role]:
            wrong.append((each.method, each.path, answer.status_code, each.expect[role]))
        if MARKER in told(answer) and role not in ("author", "moderator", "owner", "admin"):
            leaks.append((each.method, each.path))
        if role not in GROUPS["crew"] and (after := state(found)) != before:
            wrong.append((each.method, each.path, "has changed something", 0))
            before = after
        written = each.method == "POST" and answer.status_code < 400
        if written and (each.names_a_thing or state(found) != made):
            found = None
    assert (wrong, leaks) == ([], [])


_Pending = aliased(Comment)
#: Two queries for all rows: to build them takes longer than to ask.
STATE = (
    select(
        *(Comment.status, _Pending.status, Thread.closed_at, Thread.premoderate),
        *(Site.name, Site.policy, Site.kept_secrets),
        select(func.count()).where(Decision.undoes_id.is_not(None)).scalar_subquery(),
        select(func.count(Membership.id)).scalar_subquery(),
    )
    .join(_Pending, _Pending.thread_id == Comment.thread_id)
    .join(Thread, Thread.id == Comment.thread_id)
    .join(Site, Site.id == Comment.site_id)
    .where(Comment.public_id == bindparam("published"), _Pending.public_id == bindparam("pending"))
)
BLOCKS = select(NetworkBlock.public_id, NetworkBlock.until)


def state(found: Things) -> list[object]:
    """What only staff may change of the things that a row is about."""
    about = {name: found[name] for name in ("published", "pending")}
    return [db.session.execute(STATE, about).one(), db.session.execute(BLOCKS).all()]


# --- nothing is forgotten -------------------------------------------------------------------------


def test_every_endpoint_is_classed(app: Flask) -> None:
    known = {each.endpoint for each in rows(PROGRAM_TABLE, PROGRAMS)}
    known |= {each.endpoint for each in rows(PAGE_TABLE, PEOPLE)}
    there = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert there - known == set(), "give each a row in one of the tables"
    assert known - there == set(), "these are gone"


#: Writes without a named limit, each with its reason.
COUNTED_OTHERWISE = {
    "openai.moderate",  # by the quota of the key that has to be sent
    "coral.phase",  # by the quota of the site whose secret has signed it
    "perspective.analyze_comment",  # by the quota of the key that has to be sent
    "perspective.suggest_score",
}


def test_every_write_counts_towards_a_limit(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint in COUNTED_OTHERWISE:
            continue
        if rule.methods and rule.methods & {"POST", "PUT", "PATCH", "DELETE"}:
            assert getattr(app.view_functions[rule.endpoint], "limit_name", None), rule.endpoint
