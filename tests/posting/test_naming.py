"""Nobody but staff is called like the site's staff, or like what readers would take for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, text

from commentsvc.accounts import commands as accounts
from commentsvc.core.db import db
from commentsvc.core.errors import Invalid
from commentsvc.moderation.cases.sanctions import sanction
from commentsvc.moderation.outcomes import outcomes
from commentsvc.posting.commands import NewComment, submit
from commentsvc.posting.naming import rename
from commentsvc.sites.commands import set_role
from tests.factories import HREF, post
from tests.people import PASSWORD

if TYPE_CHECKING:
    from commentsvc.accounts.models import User
    from tests.people import Cast

pytestmark = pytest.mark.engines

#: of mona (moderator), olga (owner), ada (admin) and the site itself
BORROWED = [
    "Mona\u3164",
    "\uffa0Mona",
    "Mo\u115fna",
    "Mona\u1160",
    *("Mona", "MONA", "mona", "M o n a", "Mo-na", "Mona.", "Mona!", "@mona", "Mona ✓", "🛡 Mona 🛡"),
    *(
        "Mónà",
        "Mo\u0302na",
        "Ｍｏｎａ",
        "𝐌𝐨𝐧𝐚",
        "Ⓜⓞⓝⓐ",
        "ᴍᴏɴᴀ",
        "M0na",
        "rnona",
        "Mоna",
        "Мопа",
        "Μοnα",
    ),
    *("Mona (Moderator)", "Moderator Mona", "Mona | Admin", "Mona – Redaktion", "[Team] Mona"),
    *(
        "Olga",
        "0lga",
        "OIga",
        "O1ga",
        "Оlga",
        "Ada",
        "АDA",
        "Harbour Post",
        "The H\u0430rbour-Post",
        "Mo\u0572a",
        "M\u0585\u0578a",
        "Ha\uab71bour Post",
        "Harbo\u028ar Post",
    ),
    # nobody's name, but what readers take for somebody who runs the site
    *(
        "Admin",
        "ADMIN",
        "Adm1n",
        "A d m i n",
        "Ad-min",
        "Аdmin",
        "Admin.",
        "Admin2",
        "Admin$",
        "@dmin",
    ),
    *(
        "Administrator",
        "Administratorin",
        "Administrateur",
        "Administrador",
        "Администратор",
        "المشرف",
    ),
    *(
        "Moderator",
        "M0derator",
        "Mode\uab71ator",
        "Moderatorin",
        "Modérateur",
        "Modérateurs",
        "Moderador",
    ),
    *(
        "Mod",
        "Mods",
        "The Mod",
        "Mod Team",
        "Site Admin",
        "SiteAdmin",
        "TheAdmin",
        "Official Moderator",
    ),
    *(
        "Editor",
        "Editors",
        "Redaktion",
        "Rédaction",
        "Redacción",
        "Redazione",
        "Редакция",
        "التحرير",
    ),
    *(
        "Staff",
        "$taff",
        "STAFF ✓",
        "Support",
        "Support Team",
        "Equipo",
        "Équipe",
        "Soporte",
        "الإدارة",
    ),
    *(
        "Webmaster",
        "管理员",
        "管理者",
        "관리자",
        "Beheerder",
        "Suporte",
        "Chefredakteur",
        "Moderatör",
    ),
    *("Die Redaktion", "La Rédaction", "Head Moderator", "Managing Editor", "Editor-in-Chief"),
    *("Newsroom", "Community Manager", "Trust & Safety", "Toimitus", "Διαχειριστής", "운영진"),
    *(
        "Mona from Harbour Post",
        "Mona of the Harbour Post",
        "Mona (Harbour Post)",
        "Mona, Harbour Post",
    ),
    *("Harbour Post – Mona", "Harbour Post's Mona", "Mona @ Harbour Post", "Mona von Harbour Post"),
    *("Mona Harbour Post", "MonaHarbourPost", "Mоna frоm Hаrbour Pоst", "Mona from the Post"),
    *(
        "Mona aus der Redaktion",
        "Mona (Team Harbour Post)",
        "Editor of Harbour Post",
        "from Harbour Post",
    ),
    *(
        "Mona1",
        "Mona 1",
        "Mona_2",
        "mona1985",
        "Real Mona",
        "The real Mona",
        "Mona (real)",
        "Mona Mona",
    ),
    *("Harbour Post News", "harbourpost.com", "Harbour Post Online"),
    *("Anna (Mod)", "MOD | Anna", "Admin Anna", "Dr Mona", "Mrs. Olga", "Ada, PhD"),
]
FREE = [
    *(
        "Las Palmas",
        "Miss Piggy",
        "Dr No",
        "Anna Modin",
        "Ramona",
        "Monica",
        "Mon",
        "Adam",
        "Nora",
        "Monalisa",
        "Guest",
        "Анна",
        "李雷",
        "محمد",
        "👑",
    ),
    *(
        "The Harbour",
        "Post",
        "Modesty",
        "Adminah",
        "Theodor",
        "Rédouane",
        "Edith Orr",
        "Bos$",
        "Модест",
    ),
    *(
        "Team Blue",
        "Supporter",
        "A. Stafford",
        "Systema",
        "The Blogger",
        "2nd Editor Ann",
    ),
    *(
        "Mona Berg",
        "Oleg",
        "Mona L.",
        "Olga S.",
        "Mona from Berlin",
        "Johannes Post",
        "Mona Post",
        "Anna 1",
    ),
    *("A reader of Harbour Post", "Harbour Post fan", "Peter from Harbourside", "The Real Tom"),
]


def test_it_works(cast: Cast) -> None:
    for name in BORROWED:
        with pytest.raises(Invalid) as refused:
            pytest.fail(f"{name} may be taken: {post(cast.site, name=name).comment.status}")
        assert (refused.value.key, refused.value.field) == ("invalid.name_of_staff", "name"), name


@pytest.mark.parametrize("name", FREE)
def test_other_names_are_free(cast: Cast, name: str) -> None:
    assert post(cast.site, name=name).comment.status == "published"


@pytest.mark.parametrize(
    "name", ["Lovelace, Grace", "Lovelace Grace", "Grace Lovelace 2", "Grace from Harbour Post"]
)
def test_two_names_in_any_order_are_one(cast: Cast, name: str) -> None:
    assert post(cast.site, name=name).comment.status == "published"
    grace = accounts.register(email="g@example.org", password=PASSWORD, name="Grace Lovelace")
    set_role(cast.site, grace, "moderator", by=cast.olga)
    with pytest.raises(Invalid):
        post(cast.site, name=name)


def test_it_is_about_one_site(cast: Cast) -> None:
    elsewhere = post(cast.other, name="Mona", href="https://mountain.example.net/a")
    assert elsewhere.comment.status == "published"
    set_role(cast.site, cast.mona, None, by=cast.olga)
    assert post(cast.site, name="Mona").comment.status == "published"


def member(name: str) -> User:
    return accounts.register(email="impostor@example.org", password=PASSWORD, name=name)


def test_a_member_of_that_name_is_read_first(cast: Cast) -> None:
    impostor = member("Mоna")  # with a Cyrillic о
    comment = post(cast.site, user=impostor).comment
    assert comment.status == "pending"
    told = outcomes([comment], locale="en")[comment.id].reasons
    assert told == [
        "Your name looks like the name of this site or of someone on its staff. "
        "A moderator will review your comment first."
    ]
    sanction(cast.site, impostor, "trust", by=cast.mona)
    assert post(cast.site, user=impostor).comment.status == "published"


def test_staff_write_under_their_names(cast: Cast) -> None:
    for person in (cast.mona, cast.olga, cast.ada):
        assert post(cast.site, user=person).comment.status == "published"
        rename(person, person.name.upper())


def test_earlier_comments_do_not_get_the_name_either(cast: Cast) -> None:
    post(cast.site, user=cast.rita)
    with pytest.raises(Invalid):
        rename(cast.rita, "M0NA")
    rename(cast.rita, "Marita")
    posted = post(cast.site, name="Gus")
    guest = accounts.by_id(posted.comment.author_id)
    again = NewComment(site=cast.site, href=HREF, text="Once more.", name="Mona", user=guest)
    with pytest.raises(Invalid):
        submit(again)
    assert accounts.by_id(guest.id).name == "Gus"


def test_who_was_called_so_before_is_read_first(cast: Cast) -> None:
    posted = post(cast.site, name="Nora")
    nora = accounts.register(email="nora@example.org", password=PASSWORD, name="Nora")
    set_role(cast.site, nora, "moderator", by=cast.olga)
    guest = accounts.by_id(posted.comment.author_id)
    again = NewComment(site=cast.site, href=HREF, text="Once more.", name="Nora", user=guest)
    assert submit(again).comment.status == "pending"


def test_all_names_are_asked_for_at_once(cast: Cast) -> None:
    for number in range(20):
        name = f"Moderator {number} Person"
        person = accounts.register(email=f"m{number}@example.org", password=PASSWORD, name=name)
        set_role(cast.site, person, "moderator", by=cast.olga)
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if "is_admin IS" in statement:
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        post(cast.site, name="Gus")
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(seen) == 1
    if db.engine.dialect.name == "sqlite":
        plan = db.session.execute(
            text('EXPLAIN QUERY PLAN SELECT name FROM "user" WHERE is_admin IS 1')
        )
        assert "ix_user_is_admin" in str(plan.all())
