"""The owner's pages: sites, tag, policy, people and their roles."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts.commands import by_email
from commentsvc.core import clock
from commentsvc.moderation.cases.sanctions import sanction
from commentsvc.moderation.commands import decide
from commentsvc.sites.queries import by_key, membership, origins, policy_of, role_of
from tests.dashboard.conftest import Staff
from tests.dashboard.test_pieces import typed
from tests.factories import post
from tests.flat import flat

if TYPE_CHECKING:
    from tests.people import Cast

SignIn = Callable[[str | None], Staff]
SITE = "/dashboard/sites/harbour"


def test_it_works(cast: Cast, olga: Staff) -> None:
    page = olga.page("/dashboard/sites")
    assert "The Harbour Post" in page and "Mountain News" not in page
    page = olga.page(SITE)
    tag = "&lt;script async src=&#34;https://comments.example.com/embed.js&#34; data-site=&#34;harbour&#34;"
    assert tag in page


def test_the_preview_is_the_real_box(cast: Cast, olga: Staff) -> None:
    answer = olga.get(SITE)
    assert '<script async src="/embed.js" data-site="harbour"' in flat(answer.text)
    assert 'data-href="https://news.example.org/commentsvc-preview"' in answer.text
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    olga.post(SITE, name="The Harbour Post", origins="", app_ids="")
    assert "Add at least one address above" in olga.page(SITE)


def test_change_name_and_origins(cast: Cast, olga: Staff) -> None:
    fields = {
        "name": "The Post",
        "origins": "https://a.example.org\n\nhttp://localhost:*",
        "app_ids": "123",
    }
    assert olga.post(SITE, **fields).status_code == 303
    site = by_key("harbour")
    assert site.name == "The Post" and site.facebook_app_ids == ["123"]
    assert origins(site) == ["https://a.example.org", "http://localhost:*"]


def test_a_wrong_origin_is_refused_and_nothing_changes(cast: Cast, olga: Staff) -> None:
    olga.post(SITE, name="Changed", origins="https://*.com", app_ids="")
    page = olga.page(SITE)
    assert "can only stand for the subdomains of one site" in page
    assert by_key("harbour").name == "The Harbour Post"
    olga.post(SITE, name="", origins="https://b.example.org", app_ids="")
    assert origins(by_key("harbour")) == ["https://news.example.org"]


def test_a_new_secret_is_shown_once_and_leaves_the_old_one_good(cast: Cast, olga: Staff) -> None:
    before = by_key("harbour").secrets[0]
    assert before not in olga.page(SITE)
    made = olga.post(f"{SITE}/secret")
    after = by_key("harbour").secrets
    assert len(after) == 2 and after[1] == before != after[0]
    assert after[0] in made.text and before not in made.text
    assert "no-store" in made.headers["Cache-Control"]
    page = olga.page(SITE)
    assert after[0] not in page and all(each in page for each in by_key("harbour").marks)


def test_the_old_secret_is_removed(cast: Cast, olga: Staff) -> None:
    olga.post(f"{SITE}/secret")
    newest = by_key("harbour").secrets[0]
    for _ in range(2):  # the last one stays
        assert olga.post(f"{SITE}/secret/old").status_code == 303
        assert by_key("harbour").secrets == [newest]
    assert "Remove the older secret" not in olga.page(SITE)
    assert "removed the older signing secret" in olga.page("/dashboard/log?site=harbour")


def test_a_site_that_shows_keys_is_asked_for_them(cast: Cast, olga: Staff) -> None:
    refused = olga.post(f"{SITE}/policy", keys_url="http://127.0.0.1:1/keys")
    assert refused.status_code == 422 and "over https only" in refused.text
    refused = olga.post(f"{SITE}/policy", badges="Gold")
    assert refused.status_code == 422 and "isn’t a badge" in refused.text
    refused = olga.post(f"{SITE}/policy", client_id="paper")
    assert refused.status_code == 422 and "go together" in refused.text


def test_only_an_administrator_adds_sites(cast: Cast, olga: Staff, sign_in: SignIn) -> None:
    fields = {"name": "New", "key": "new", "origins": "https://new.example.org"}
    assert "Add a site" not in olga.page("/dashboard/sites")
    assert olga.post("/dashboard/sites", **fields).status_code == 403
    ada = sign_in("ada")
    assert "Add a site" in ada.page("/dashboard/sites")
    answer = ada.post("/dashboard/sites", **fields)
    assert answer.location == "/dashboard/sites/new"
    assert role_of(cast.ada, by_key("new")) == "admin"
    ada.post("/dashboard/sites", **fields)
    assert "is already in use" in ada.page("/dashboard/sites")


@pytest.mark.parametrize("path", ["", "/policy", "/people"])
@pytest.mark.parametrize("name", ["mona", "max"])
def test_settings_are_the_owner_s(cast: Cast, sign_in: SignIn, name: str, path: str) -> None:
    assert sign_in(name).get(SITE + path).status_code in (403, 404)
    assert sign_in(name).post(SITE + path, name="Mine").status_code in (403, 404)


def test_change_the_policy(cast: Cast, olga: Staff) -> None:
    before = policy_of(cast.site)
    sent = {**typed(before), "max_links": "7", "suspect_words": "crook*\nschurke"}
    assert olga.post(f"{SITE}/policy", **sent).status_code == 303
    after = policy_of(by_key("harbour"))
    assert (after.max_links, after.suspect_words) == (7, ("crook*", "schurke"))
    page = olga.page(f"{SITE}/policy")
    assert "Saved." in page and "crook*\nschurke" in page


def test_what_the_spam_filter_learned_is_told_and_forgotten(
    cast: Cast, olga: Staff, work: Callable[[], int]
) -> None:
    assert "Learned from 0 rejections and 0 approvals." in flat(olga.page(f"{SITE}/policy"))
    for reason in ("spam", "advertising"):
        comment = post(cast.site, name=reason).comment
        decide(comment.public_id, action="reject", reason=reason, by=cast.mona)
    work()
    page = flat(olga.page(f"{SITE}/policy"))
    assert "Learned from 2 rejections and 0 approvals." in page
    assert "after 13 more decisions" in page
    sent = {**typed(policy_of(cast.site)), "max_links": "7"}
    page = olga.post(f"{SITE}/policy/forget-spam", **sent).text
    assert "Learned from 0 rejections" in flat(page) and 'value="7"' in page
    assert "The filter has forgotten" in page
    assert policy_of(by_key("harbour")).max_links == 2


def test_a_mistake_in_the_policy_loses_nothing(cast: Cast, olga: Staff) -> None:
    sent = {**typed(policy_of(cast.site)), "max_links": "700", "announcement": "A long text."}
    answer = olga.post(f"{SITE}/policy", **sent)
    assert answer.status_code == 422
    assert "A long text." in answer.text and 'value="700"' in answer.text
    assert 'id="e-max_links"' in answer.text and "1 field needs attention" in answer.text
    assert policy_of(by_key("harbour")).announcement == ""


def test_a_mistake_is_told_in_the_page_s_language(cast: Cast, olga: Staff) -> None:
    sent = {**typed(policy_of(cast.site)), "max_links": "700", "min_length": "two"}
    olga.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    answer = olga.post(f"{SITE}/policy", **sent)
    assert answer.status_code == 422
    assert "Das muss eine Zahl von 0 bis " in answer.text
    assert "Das muss eine ganze Zahl sein." in answer.text
    assert "This must be" not in answer.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rules_url", "javascript:alert(1)"),
        ("rules_url", "rules"),
    ],
)
def test_what_readers_would_not_see_is_refused(
    cast: Cast, olga: Staff, name: str, value: str
) -> None:
    sent = {**typed(policy_of(cast.site)), name: value}
    answer = olga.post(f"{SITE}/policy", **sent)
    assert answer.status_code == 422 and f'id="e-{name}"' in answer.text
    assert getattr(policy_of(by_key("harbour")), name) == ""


def test_public_pages_are_linked(cast: Cast, olga: Staff) -> None:
    page = olga.page(SITE)
    for path in ("/transparency/harbour", "/feeds/sites/harbour.atom"):
        assert f'href="{path}"' in page
        assert olga.get(path).status_code == 200


def test_five_thousand_words_fit_and_more(cast: Cast, olga: Staff) -> None:
    words = "\n".join(f"слово{number:05}" for number in range(20_000))
    sent = {**typed(policy_of(cast.site)), "suspect_words": words}
    answer = olga.post(f"{SITE}/policy", **sent)
    assert answer.status_code == 303, answer.text[:300]
    assert len(policy_of(by_key("harbour")).suspect_words) == 20_000
    too_many = {**sent, "suspect_words": words + "\nmore"}
    assert olga.post(f"{SITE}/policy", **too_many).status_code == 422


def test_add_a_moderator_by_email(cast: Cast, olga: Staff, sign_in: SignIn) -> None:
    olga.post(f"{SITE}/people", email=" Rita@example.org", role="moderator", note="", message="")
    assert role_of(cast.rita, cast.site) == "moderator"
    page = olga.page(f"{SITE}/people")
    assert "Rita’s role is now “moderator”." in page
    rita = sign_in("rita")
    assert "Pending" in rita.page("/dashboard/")
    assert rita.get("/dashboard/?site=mountain").status_code == 404


def test_who_is_sanctioned_is_not_staff(cast: Cast, olga: Staff) -> None:
    """Bo is banned, Rita suspended: their sanctions are lifted on their own pages."""
    until = clock.now() + timedelta(days=1)
    sanction(cast.site, cast.rita, "suspend", by=cast.mona, reason="spam", until=until)
    sanction(cast.site, cast.max, "trust", by=cast.mona)
    page = olga.page(f"{SITE}/people")
    names = re.findall(r"<bdi>(\w+)</bdi></a>", page)
    assert names == ["Olga", "Mona", cast.max.name]
    given = re.findall(r'name="role"\s+value="(\w+)"\s+(?:checked\s+)?required', page)
    assert given == ["owner", "moderator", "trusted"]


def test_an_unknown_address_is_explained(cast: Cast, olga: Staff) -> None:
    olga.post(f"{SITE}/people", email="nobody@example.org", role="moderator")
    page = olga.page(f"{SITE}/people")
    assert "There’s no account with this address yet" in page
    assert "https://comments.example.com/account/register" in page


def test_the_last_owner_stays(cast: Cast, olga: Staff) -> None:
    path = f"/dashboard/people/{cast.olga.public_id}/role"
    olga.post(path, site="harbour", role="none")
    assert role_of(cast.olga, cast.site) == "owner"


def test_a_ban_is_a_sanction_and_no_role(cast: Cast, mona: Staff, olga: Staff) -> None:
    """It has a reason, and can be appealed."""
    post(cast.site, "Hello there.", user=cast.rita)
    path = f"/dashboard/people/{cast.rita.public_id}"
    for role in ("banned", "premoderated"):
        assert mona.post(f"{path}/role", site="harbour", role=role).status_code == 303
        fields = {"email": "rita@example.org", "role": role}
        assert olga.post("/dashboard/sites/harbour/people", **fields).status_code == 303
    assert membership(cast.rita, cast.site) is None
    fields = {"site": "harbour", "kind": "suspend", "reason": "spam", "until": "2099-01-31"}
    assert mona.post(f"{path}/measures", message="Enough.", **fields).status_code == 303
    row = membership(cast.rita, cast.site)
    assert row is not None and row.role == "banned" and row.message == "Enough."
    assert row.until == datetime(2099, 2, 1, tzinfo=UTC)
    assert role_of(cast.rita, cast.other) == "reader"
    page = mona.page(f"{path}?site=harbour")
    assert "banned" in page and "Enough." in page


@pytest.mark.parametrize("role", ["owner", "moderator"])
def test_a_moderator_makes_no_staff(cast: Cast, mona: Staff, role: str) -> None:
    post(cast.site, "Hello there.", user=cast.rita)
    path = f"/dashboard/people/{cast.rita.public_id}"
    assert f'value="{role}"' not in mona.page(path)
    mona.post(f"{path}/role", site="harbour", role=role)
    assert role_of(cast.rita, cast.site) == "reader"


def test_a_person_s_page(cast: Cast, mona: Staff) -> None:
    post(cast.site, "A published word.", user=cast.rita)
    post(cast.site, "You idiot!", user=cast.rita)
    post(cast.other, "On another site.", user=cast.rita, href="https://mountain.example.net/a")
    path = f"/dashboard/people/{cast.rita.public_id}"
    page = mona.page(path)
    assert "A published word." in page and "On another site." not in page
    held = mona.page(f"{path}?queue=pending")
    assert "A published word." not in held and "idiot" in held
    assert "rita@example.org" not in page  # addresses are for owners


def test_strangers_are_nobody_s_business(cast: Cast, mona: Staff) -> None:
    assert mona.get(f"/dashboard/people/{cast.rita.public_id}").status_code == 404
    post(cast.other, "Only there.", user=cast.rita, href="https://mountain.example.net/a")
    assert mona.get(f"/dashboard/people/{cast.rita.public_id}").status_code == 404
    assert "Rita" not in mona.page("/dashboard/people")
    answer = mona.post(
        f"/dashboard/people/{cast.rita.public_id}/role", site="harbour", role="banned"
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("?q=RIT", True),
        ("?q=r%25", False),
        ("?q=rita@ex", False),
        ("?role=banned", False),
    ],
)
def test_find_people(cast: Cast, mona: Staff, query: str, found: bool) -> None:
    post(cast.site, "Hello there.", user=cast.rita)
    assert (f"/people/{cast.rita.public_id}" in mona.page(f"/dashboard/people{query}")) == found


def test_owners_find_people_by_address(cast: Cast, olga: Staff) -> None:
    post(cast.site, "Hello there.", user=cast.rita)
    assert "rita@example.org" in olga.page("/dashboard/people?q=rita@ex")


def test_an_expired_role_is_none(cast: Cast, mona: Staff) -> None:
    user = by_email("bo@example.org")
    assert user is not None
    path = f"/dashboard/people/{user.public_id}/role"
    with clock.frozen(clock.now()):
        today = f"{clock.now():%Y-%m-%d}"
        mona.post(path, site="harbour", role="trusted", until=today)
        assert role_of(user, cast.site) == "trusted"
        clock.move(timedelta(days=1))
        assert role_of(user, cast.site) == "reader"
