"""The owner's panel for pages that were written for Disqus."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from commentsvc.core.db import db
from commentsvc.sites.forums import by_forum, forums_of, set_forums
from commentsvc.threads.naming import conflicts, with_name
from tests.dashboard.conftest import Staff
from tests.factories import HREF, post

if TYPE_CHECKING:
    from tests.people import Cast

SignIn = Callable[[str | None], Staff]
HERE = "/dashboard/sites/harbour"


def test_it_works(cast: Cast, sign_in: SignIn) -> None:
    owner = sign_in("olga")
    said = owner.post(f"{HERE}/disqus", forums="My-Forum\nother.disqus.com", disqus_secret="s3cret")
    assert said.status_code == 303
    db.session.expire_all()
    assert forums_of(cast.site) == ["my-forum", "other"]
    assert by_forum("MY-FORUM") == cast.site and cast.site.disqus_secret == "s3cret"
    page = owner.get(f"{HERE}/moving").text
    assert "/my-forum/embed.js" in page and "s3cret" not in page
    owner.post(f"{HERE}/disqus", forums="other", disqus_secret="")
    db.session.expire_all()
    assert forums_of(cast.site) == ["other"] and cast.site.disqus_secret == "s3cret"
    owner.post(f"{HERE}/disqus", forums="other", disqus_secret="", forget="on")
    db.session.expire_all()
    assert cast.site.disqus_secret is None
    assert "Disqus short names" in owner.get("/dashboard/log").text


def test_a_name_has_one_site(cast: Cast, sign_in: SignIn) -> None:
    set_forums(cast.other, ["taken"])
    owner = sign_in("olga")
    owner.post(f"{HERE}/disqus", forums="mine\ntaken", disqus_secret="s3cret")
    assert "already belongs to another site" in owner.get(f"{HERE}/moving").text
    db.session.expire_all()
    assert forums_of(cast.site) == [] and cast.site.disqus_secret is None
    owner.post(f"{HERE}/disqus", forums="no name", disqus_secret="")
    assert forums_of(cast.site) == []


def test_conflicts_are_shown_and_merged(cast: Cast, sign_in: SignIn) -> None:
    for name in ("one", "two"):
        post(cast.site, href=with_name(HREF, name))
    owner = sign_in("olga")
    assert (
        "1 comment here, and 1 comment under the identifier “two”"
        in owner.get(f"{HERE}/moving").text
    )
    owner.post(f"{HERE}/merge", one=with_name(HREF, "two"), into=HREF)
    db.session.expire_all()
    assert conflicts(cast.site) == []
    assert "under the identifier" not in owner.get(f"{HERE}/moving").text
