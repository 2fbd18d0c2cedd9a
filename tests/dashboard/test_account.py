"""One's own account: in, out, name, password, data, the way out for good."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from commentsvc.accounts.commands import by_email, by_public_id
from commentsvc.core import clock
from commentsvc.core.errors import NotFound
from commentsvc.moderation import commands
from commentsvc.threads.commands import comment_by_public_id
from tests.dashboard.conftest import Staff
from tests.factories import post
from tests.people import PASSWORD, Cast

SignIn = Callable[[str | None], Staff]


@pytest.fixture
def rita(sign_in: SignIn) -> Staff:
    """A reader with an account."""
    return sign_in("rita")


def test_it_works(cast: Cast, sign_in: SignIn) -> None:
    nobody = sign_in(None)
    answer = nobody.post("/account/sign-in", email="mona@example.org", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/dashboard/")
    assert "Mona" in nobody.page("/account/")


def test_readers_land_on_their_account(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(None).post("/account/sign-in", email="rita@example.org", password=PASSWORD)
    assert answer.location == "/account/"


def test_a_wrong_password_and_an_unknown_address_read_alike(sign_in: SignIn) -> None:
    nobody, texts = sign_in(None), []
    for email in ("mona@example.org", "nobody@example.org"):
        answer = nobody.post("/account/sign-in", email=email, password="wrong password")
        assert (answer.status_code, answer.location) == (303, "/account/sign-in")
        page = nobody.page("/account/sign-in")
        assert "Wrong email or password" in page and f'value="{email}"' in page
        # the form's token is another word each time
        texts.append(re.sub(r'csrf_token" value="[^"]+"', "", page.replace(email, "")))
    assert texts[0] == texts[1]


def test_reloading_after_a_wrong_password_sends_nothing(sign_in: SignIn) -> None:
    nobody = sign_in(None)
    sent = {"email": "mona@example.org", "password": "wrong password", "next": "/dashboard/log"}
    where = nobody.post("/account/sign-in", **sent).location
    assert where == "/account/sign-in?next=/dashboard/log"
    assert "wrong password" not in nobody.page(where)
    again = nobody.page(where)  # said once
    assert "Wrong email" not in again and "mona@example.org" not in again
    assert 'value="/dashboard/log"' in again


def test_two_failures_are_said_once(sign_in: SignIn) -> None:
    """The first form was sent twice, or its page was never read."""
    nobody = sign_in(None)
    for _ in range(2):
        nobody.post("/account/sign-in", email="mona@example.org", password="wrong password")
    assert nobody.page("/account/sign-in").count("Wrong email or password") == 1


def test_an_address_typed_while_signed_in_is_not_kept(rita: Staff) -> None:
    """Its form was open in another tab; whoever signs in here next must not see it."""
    rita.post("/account/sign-in", email="mona@example.org", password="wrong password")
    assert rita.get("/account/sign-in").location == "/account/"
    with rita.client.session_transaction(base_url="https://comments.example.com") as session:
        assert "mona@example.org" not in str(dict(session))


@pytest.mark.parametrize(
    "next_page",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1", "/\t/e"],
)
def test_sign_in_never_leads_elsewhere(sign_in: SignIn, next_page: str) -> None:
    fields = {"email": "rita@example.org", "password": PASSWORD, "next": next_page}
    assert sign_in(None).post("/account/sign-in", **fields).location == "/account/"


def test_the_session_changes_at_sign_in_and_dies_at_sign_out(sign_in: SignIn) -> None:
    nobody = sign_in(None)
    before = nobody.client.get_cookie("__Host-commentsvc", "comments.example.com")
    nobody.post("/account/sign-in", email="rita@example.org", password=PASSWORD)
    during = nobody.client.get_cookie("__Host-commentsvc", "comments.example.com")
    assert before and during and before.value != during.value
    nobody.token = nobody.page("/account/").split('csrf_token" value="')[1].split('"')[0]
    nobody.post("/account/out")
    assert nobody.get("/account/").status_code == 303
    nobody.client.set_cookie(
        "__Host-commentsvc", during.value, domain="comments.example.com", secure=True
    )
    assert nobody.get("/account/").status_code == 303


def test_a_link_signs_nobody_out(rita: Staff) -> None:
    assert "Do you want to sign out" in rita.page("/account/out")
    assert rita.get("/account/").status_code == 200


def test_register(cast: Cast, sign_in: SignIn) -> None:
    nobody = sign_in(None)
    fields = {"name": "Nele", "email": "Nele@Example.org ", "password": "a long enough one"}
    assert nobody.post("/account/register", **fields).location == "/account/"
    made = by_email("nele@example.org")
    assert made is not None and made.name == "Nele"
    assert "Nele" in nobody.page("/account/")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("password", "short", "at least 8"),
        ("email", "not an address", "an email address"),
        ("email", "rita@example.org", "an account with this email address"),
        ("name", "", "name"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    cast: Cast, sign_in: SignIn, field: str, value: str, words: str
) -> None:
    fields = {"name": "Nele", "email": "nele@example.org", "password": "a long enough one"}
    answer = sign_in(None).post("/account/register", **{**fields, field: value})
    assert answer.status_code == 422 and words in answer.text
    assert f'id="e-{field}"' in answer.text
    if field != "name":
        assert 'value="Nele"' in answer.text


def test_own_comments_say_what_became_of_them(cast: Cast, rita: Staff) -> None:
    post(cast.site, "The **ferry** is late.", user=cast.rita)
    post(cast.site, "You idiot!", user=cast.rita)
    post(cast.site, "Somebody else wrote this.", name="Kim")
    page = rita.page("/account/")
    assert "<strong>ferry</strong>" in page and "Waiting for review." in page
    assert "Your comment may come across as an insult." in page and "0.93" not in page
    assert "Somebody else" not in page


def test_nobody_is_told_before_the_time_to_undo_is_over(cast: Cast, rita: Staff) -> None:
    comment = post(cast.site, "Perhaps a little rude.", user=cast.rita).comment
    with clock.frozen(clock.now()):
        commands.decide(
            comment.public_id, action="reject", reason="abusive", message="Be kind.", by=cast.mona
        )
        before = rita.page("/account/")
        assert "Be kind." not in before and "published" in before and "rejected" not in before
        clock.move(timedelta(seconds=31))
        after = rita.page("/account/")
    assert "Be kind." in after and "Your comment is abusive toward someone." in after
    assert "A person reviewed it and made the decision." in after
    assert "Mona" not in after


def test_a_decision_taken_back_was_never_made(cast: Cast, rita: Staff) -> None:
    comment = post(cast.site, "Perhaps a little rude.", user=cast.rita).comment
    with clock.frozen(clock.now()):
        made = commands.decide(comment.public_id, action="reject", reason="abusive", by=cast.mona)
        commands.undo(made.public_id, by=cast.mona)
        clock.move(timedelta(seconds=60))
        page = rita.page("/account/")
    assert "rejected" not in page and "abusive" not in page


def test_change_the_name(cast: Cast, rita: Staff) -> None:
    assert rita.post("/account/name", name="Rita B.").status_code == 303
    assert "Your name has been changed." in rita.page("/account/")
    assert by_public_id(cast.rita.public_id).name == "Rita B."
    refused = rita.post("/account/name", name="  ")
    assert refused.status_code == 422 and 'id="e-name"' in refused.text


def test_change_the_password(cast: Cast, rita: Staff, sign_in: SignIn) -> None:
    elsewhere = sign_in("rita")
    wrong = rita.post("/account/password", old="not this one", new="another long one")
    assert wrong.status_code == 422 and 'id="e-old"' in wrong.text
    assert rita.post("/account/password", old=PASSWORD, new="another long one").status_code == 303
    assert rita.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 303


def test_my_data_is_mine_and_whole(cast: Cast, rita: Staff) -> None:
    comment = post(cast.site, "You idiot, whole.", user=cast.rita).comment
    other = post(cast.site, "Kim's own words.", name="Kim").comment
    commands.flag(other.public_id, user=cast.rita, reason="spam", note="my note")
    commands.decide(
        comment.public_id, action="reject", reason="abusive", note="secret note", by=cast.mona
    )
    answer = rita.get("/account/data")
    assert "attachment" in answer.headers["Content-Disposition"]
    data = answer.json
    assert data["account"]["email"] == "rita@example.org"
    assert data["comments"][0]["texts"][0]["text"] == "You idiot, whole."
    assert data["comments"][0]["texts"][0]["scores"]["insult"] == 0.93
    assert data["reports"][0]["note"] == "my note"
    for secret in ("secret note", "Kim's own words", "Mona", "argon2"):
        assert secret not in answer.text


def test_delete_the_account(cast: Cast, rita: Staff) -> None:
    comment = post(cast.site, "Keep my words.", user=cast.rita).comment
    assert rita.post("/account/delete", password="wrong password").status_code == 422
    assert by_email("rita@example.org") is not None
    assert rita.post("/account/delete", password=PASSWORD).status_code == 303
    assert by_email("rita@example.org") is None
    assert rita.get("/account/").status_code == 303
    assert comment_by_public_id(comment.public_id).status == "published"
    with pytest.raises(NotFound):
        by_public_id(cast.rita.public_id.swapcase() + "x")


def test_delete_the_account_with_its_comments(cast: Cast, rita: Staff) -> None:
    kept = post(cast.site, "Not mine to take.", name="Kim").comment
    mine = post(cast.site, "Take this away.", user=cast.rita).comment
    rita.post("/account/delete", password=PASSWORD, withdraw="on")
    assert comment_by_public_id(mine.public_id).status == "withdrawn"
    assert comment_by_public_id(kept.public_id).status == "published"


def test_the_last_owner_stays(cast: Cast, olga: Staff) -> None:
    mine = post(cast.site, "A word of the owner.", user=cast.olga).comment
    answer = olga.post("/account/delete", password=PASSWORD, withdraw="on")
    assert answer.status_code == 422 and "at least one owner" in answer.text
    assert by_email("olga@example.org") is not None
    assert comment_by_public_id(mine.public_id).status == "published"


def test_the_theme_is_kept_in_this_browser(rita: Staff) -> None:
    rita.post("/account/theme", theme="dark", back="/account/")
    assert 'data-theme="dark"' in rita.page("/account/")
    rita.post("/account/theme", theme="auto")
    assert "data-theme" not in rita.page("/account/")
    rita.post("/account/theme", theme='"><script>')
    assert "<script>" not in rita.page("/account/")


@pytest.mark.parametrize(("page", "field"), [("password", "old"), ("delete", "password")])
def test_a_stolen_session_cannot_guess_the_password(rita: Staff, page: str, field: str) -> None:
    fields = {field: "wrong password", "new": "another long one"}
    seen = [rita.post(f"/account/{page}", **fields).status_code for _ in range(7)]
    assert seen[0] == 422 and seen[-1] == 429
    other = "delete" if page == "password" else "password"
    assert rita.post(f"/account/{other}", password=PASSWORD).status_code == 429


def test_too_many_guesses_are_slowed_down(cast: Cast, sign_in: SignIn) -> None:
    nobody = sign_in(None)
    seen = [
        nobody.post("/account/sign-in", email="ada@example.org", password="guess" * 3).status_code
        for _ in range(7)
    ]
    assert seen[0] == 303 and seen[-1] == 429
