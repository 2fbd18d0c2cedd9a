"""The public figures equal the log, anybody may read them, and they name nobody."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from commentsvc.core import clock
from commentsvc.moderation import audit
from commentsvc.moderation.cases import sanction_appeals
from commentsvc.moderation.cases.appeals import appeal, hear
from commentsvc.moderation.cases.sanctions import sanction
from commentsvc.moderation.cases.sweeping import call_back, send_away
from commentsvc.moderation.commands import decide, undo
from tests.factories import post
from tests.web.asking import HOST

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.people import Cast

WHERE = "/transparency/harbour"


def filled(cast: Cast) -> None:
    for reason in ("abusive", "abusive", "spam"):
        comment = post(cast.site, "You idiot.", user=cast.rita, href=f"{PAGE}/{reason}").comment
        decision = decide(comment.public_id, action="reject", reason=reason, by=cast.mona)
    undo(decision.public_id, by=cast.mona)
    made = appeal(post_rejected(cast), "It was on topic.", by=cast.rita)
    hear(made.public_id, outcome="overturned", by=cast.olga)


PAGE = "https://news.example.org/2026/bridge"


def post_rejected(cast: Cast) -> str:
    """So long ago that its author may know."""
    comment = post(cast.site, "Harmless.", user=cast.rita).comment
    with clock.frozen(clock.now() - timedelta(minutes=5)):
        decide(comment.public_id, action="reject", reason="off_topic", by=cast.mona)
    return comment.public_id


def figures(client: FlaskClient) -> dict[str, object]:
    return dict(client.get(f"{WHERE}/figures.json", base_url=HOST).get_json())


def test_it_works(cast: Cast, client: FlaskClient) -> None:
    filled(cast)
    page = client.get(WHERE, base_url=HOST)
    assert page.status_code == 200
    assert "The Harbour Post" in page.text
    # who decided an appeal is said as well as who decided before
    said = [re.sub(r"<[^>]*>|\s", " ", row).split() for row in page.text.split("<tr>")]
    heard = [row for row in said if "Appeal:" in row]
    assert ["person" in row for row in heard] == [True, False]  # decided, made
    for secret in ("Rita", "Mona", "idiot", "Harmless"):
        assert secret not in page.text


def test_the_figures_equal_the_log(cast: Cast, client: FlaskClient) -> None:
    filled(cast)
    found = figures(client)
    rows = [
        each.data for each in audit.page(cast.site.id, limit=200).items if each.kind == "decision"
    ]
    undone = {row["undoes"] for row in rows if row["undoes"]}
    standing = [row for row in rows if row["decision"] not in undone and row["action"] == "reject"]
    assert found["rejected"] == len(standing) == 3
    assert found["rejected_by_reason"] == {"abusive": 2, "off_topic": 1}
    assert found["undone"] == len(undone) == 1
    assert (found["appeals"], found["appeals_overturned"]) == (1, 1)
    assert found["automated_share"] == 0


def test_appeals_of_sanctions_are_figures_of_their_own(cast: Cast, client: FlaskClient) -> None:
    for user, outcome in ((cast.rita, "overturned"), (cast.max, "upheld"), (cast.bo, "")):
        if user is not cast.bo:
            sanction(cast.site, user, "ban", by=cast.mona, reason="spam")
        made = sanction_appeals.appeal(cast.site, "Why?", by=user)
        if outcome:
            sanction_appeals.hear(made.public_id, outcome=outcome, by=cast.olga)
    found = figures(client)
    assert [value for name, value in found.items() if name.startswith("sanction_")] == [3, 1, 1]
    assert found["appeals"] == 0
    page = client.get(WHERE, base_url=HOST).text
    assert "Appeals of sanctions" in page and "Successful appeals of sanctions" in page


def test_a_sanction_that_was_undone_counts_as_if_it_had_not_been(
    cast: Cast, client: FlaskClient
) -> None:
    made = send_away(cast.site, cast.rita, "ban", by=cast.mona, reason="spam")
    assert figures(client)["sanctions"] == {"ban": 1}
    call_back(made, by=cast.mona)
    assert figures(client)["sanctions"] == {}


def test_csv_and_json_say_the_same(cast: Cast, client: FlaskClient) -> None:
    filled(cast)
    answer = client.get(f"{WHERE}/figures.csv", base_url=HOST)
    rows = dict(csv.reader(io.StringIO(answer.text)))
    assert int(rows["rejected"]) == figures(client)["rejected"]
    assert int(rows["rejected_by_reason.abusive"]) == 2
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_anybody_can_check_the_log(cast: Cast, client: FlaskClient) -> None:
    import hashlib

    filled(cast)
    items = client.get(f"{WHERE}/log.json", base_url=HOST).get_json()["items"]
    previous = audit.FIRST
    for row in reversed(items):
        body = {
            "number": row["number"],
            "at": row["at_microseconds"],
            "kind": row["kind"],
            "data": row["data"],
            "previous": previous,
        }
        text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert row["hash"] == hashlib.sha256(text.encode()).hexdigest()
        previous = row["hash"]


def test_there_is_no_such_site_or_year(cast: Cast, client: FlaskClient) -> None:
    years = ("1066", "02026999", "%F0%9F%98%80")
    for path in ("/transparency/nowhere", *(f"{WHERE}?year={each}" for each in years)):
        assert client.get(path, base_url=HOST).status_code == 404


def test_it_speaks_the_readers_language(cast: Cast, client: FlaskClient) -> None:
    filled(cast)
    german = client.get(WHERE, base_url=HOST, headers={"Accept-Language": "de"})
    assert '<html lang="de"' in german.text and "Protokoll" in german.text
    brazilian = client.get(f"{WHERE}?locale=pt_BR", base_url=HOST)
    assert '<html lang="pt-BR"' in brazilian.text
    arabic = client.get(f"{WHERE}?locale=ar", base_url=HOST)
    assert 'dir="rtl"' in arabic.text
