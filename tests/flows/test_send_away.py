"""A moderator bans somebody from the drawer beside the queue, without leaving it, and undoes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from commentsvc.core.db import db
from commentsvc.sites.commands import set_policy
from commentsvc.sites.queries import role_of
from commentsvc.threads.commands import comment_by_public_id
from tests.factories import post
from tests.web.asking import HOST, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.people import Cast


def statuses(ids: list[str]) -> list[str]:
    db.session.rollback()
    db.session.expire_all()
    return [comment_by_public_id(each).status for each in ids]


def test_it_works(app: Flask, cast: Cast, work: Callable[[], int]) -> None:
    set_policy(cast.site, {"slow_seconds": 0}, by=cast.olga)
    calm = post(cast.site, "A calm word.", user=cast.rita).comment.public_id
    held = [post(cast.site, f"You idiot, {n}.", user=cast.rita).comment.public_id for n in range(2)]
    client, token = signed_in(app, cast.mona)

    def send(path: str, **fields: str) -> Any:
        headers = {"Accept": "application/json", "Origin": HOST}
        return client.post(path, data={"csrf_token": token, **fields}, headers=headers)

    person = f"/dashboard/people/{cast.rita.public_id}"
    query = {"site": "harbour", "comment": held[0], "do": "ban"}
    drawer = client.get(f"{person}/drawer", query_string=query)
    assert drawer.status_code == 200 and "<html" not in drawer.text
    page = client.get(person, headers={"Accept": "text/html"}).text
    for each in (*held, calm, 'name="reject_waiting"', "Sanction Rita"):
        assert each in drawer.text and each in page, each

    said = {"site": "harbour", "kind": "ban", "length": "forever", "reject_waiting": "on"}
    assert send(f"{person}/measures", **said, stay="1").status_code == 422  # no reason
    assert role_of(cast.rita, cast.site) == "reader"
    answer = json.loads(send(f"{person}/measures", **said, reason="spam", stay="1").text)
    assert sorted(answer["rejected"]) == sorted(held) and "Rita is banned." in answer["sentence"]
    assert role_of(cast.rita, cast.site) == "banned"
    assert statuses([calm, *held]) == ["published", "rejected", "rejected"]

    undone = json.loads(send(answer["undo"]).text)
    work()
    assert role_of(cast.rita, cast.site) == "reader"
    assert statuses([calm, *held]) == ["published", "pending", "pending"]
    assert undone["versions"][held[0]] == comment_by_public_id(held[0]).version

    # what rejects nothing leaves the page where it is as well, and has the same undo
    warned = json.loads(
        send(f"{person}/measures", site="harbour", kind="warn", reason="spam", stay="1").text
    )
    assert warned["rejected"] == [] and "notified" not in warned["sentence"]
    assert send(warned["undo"]).get_json() == {"sentence": "Undone.", "versions": {}}
    assert send(warned["undo"]).status_code == 409
    assert "location" in send(f"{person}/measures", site="harbour", kind="trust").get_json()
