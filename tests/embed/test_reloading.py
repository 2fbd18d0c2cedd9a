"""The sign-in window can be reloaded at any time: nothing is sent twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.embed.test_sign_in import NONCE, fetched, is_refused, opened, send
from tests.people import PASSWORD
from tests.web.asking import HOST, browser

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast


def test_it_works(app: Flask, cast: Cast) -> None:
    """What a form led to is a page of its own, for this window alone; the password is not kept."""
    client = opened(app)
    wrong = send(client, email="rita@example.org", password="not hers")
    address = wrong.request.url
    assert wrong.request.method == "GET" and is_refused(wrong)
    for each in (wrong, client.get(address)):
        assert 'value="rita@example.org"' in each.text and "not hers" not in each.text
    with client.session_transaction(base_url=HOST) as session:
        assert "rita@example.org" in str(session) and "not hers" not in str(session)
    for other in (address.replace(NONCE, NONCE[::-1]), address.partition("&led=")[0]):
        assert not is_refused(client.get(other)) and "rita@" not in client.get(other).text
    assert not is_refused(browser(app).get(address))
    done = send(client, email="rita@example.org", password=PASSWORD)
    assert done.request.method == "GET" and 'data-state="done"' in done.text
    assert fetched(app).status_code == 200


def test_windows_side_by_side(app: Flask, cast: Cast) -> None:
    """Each keeps its own step, up to a few; a wrong field is named, and no password is kept."""
    client = opened(app)
    first = send(client, email="rita@example.org", password="not hers")
    field = re.search(r'<input\s+id="password".*?>', first.text, re.DOTALL)
    assert field and "autofocus" in field[0] and 'aria-describedby="problem"' in field[0]
    nonces = [NONCE[2 * nth :] + NONCE[: 2 * nth] for nth in (1, 2, 3)]
    for nonce in nonces[:2]:
        send(client, nonce, email="max@example.org", password="not his")
    kept = client.get(first.request.url).text
    assert 'id="problem"' in kept and 'value="rita@example.org"' in kept
    send(client, nonces[2], email="max@example.org", password="not his")
    assert "rita@" not in client.get(first.request.url).text
    with client.session_transaction(base_url=HOST) as session:
        assert len(session["sign_in_window"]) == 3 and "not h" not in str(session)
