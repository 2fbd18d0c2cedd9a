"""What strangers wrote, as each chat service is sent it: no address, no mention, no line of its own."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core.calling import Answer
from commentsvc.notifications.chat import child
from commentsvc.notifications.chat.messages import harmless
from tests.notifications.chats import ADDRESSES

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("requests_again")

_UNSEEN = "\u200b\u200c\u200d\u2060\u00ad\ufeff\u034f\u180e\u115f\u3164\ufe0f\u2064\U000e0061"
HOSTILE = [
    *(f"https:{each}/{each}/{each}evil{each}.example/login" for each in _UNSEEN),
    *(f"evil{each}.example, a{each}@evil.example and {each}@everyone" for each in _UNSEEN),
    "https&colon;&sol;&sol;evil&period;example&sol;login &commat;victim_user",
    "https&#58;&#47;&#x2f;evil&#46;example &#64;everyone &#x40;here",
    "https&amp;colon;&amp;sol;&amp;sol;evil&amp;period;example",
    '&lt;a href="https&colon;//evil&period;example"&gt;click&lt;/a&gt;',
    "calm&NewLine;&NewLine;Approve&colon; x&#10;y&Tab;z",
    "<!channel> <@U123> @everyone ＠everyone ﹫here @victim_user",
    "[click](https://evil.example) **b** `c` ||d|| /start \\@everyone",
    "https：／／evil․example／login",
    "evil。example www．evil．example 192.0.2.7/x tg:resolve?domain=evil matrix:u/evil:evil.example",
]
_LEADS = re.compile(
    r"evil[.。．․]\w|[:：][/／]{2}|www[.．]\w|[@＠﹫]\w|<[!@#]|<a\b|\]\(|\*\*|`\w|\|\||/start|\d\.\d|tg:r|matrix:u",
    re.IGNORECASE,
)


def sent(address: str, title: str, body: str) -> list[str]:
    """Every text of the last request, as the service would read it."""
    calls: list[bytes] = []

    def caller(url: str, **more: Any) -> Answer:
        calls.append(more["body"] or b"")
        content: dict[str, Any] = {
            "access_token": "t",
            "user_id": "u",
            "home_server": "h",
            "room_id": "!r:e",
        }
        content |= {"ok": True, "joined_rooms": [], "event_id": "e", "versions": []}
        answer = b"ok" if "hooks.slack.com" in url else json.dumps(content).encode()
        return Answer(200, {"content-type": "application/json"}, answer, 1)

    assert child.answer({"address": address, "title": title, "body": body}, caller)["why"] is None
    return list(texts(json.loads(calls[-1])))


def texts(found: Any) -> Iterator[str]:
    if isinstance(found, dict | list):
        for each in found.values() if isinstance(found, dict) else found:
            yield from texts(each)
    elif isinstance(found, str):
        yield html.unescape(
            html.unescape(found)
        )  # once for how it is sent, once for readers that do it again


@pytest.mark.parametrize("service", ADDRESSES)
def test_words_of_strangers_lead_nowhere_in_any_service(service: str) -> None:
    address = ADDRESSES[service]
    calm = sent(address, "Site: calm", "Ann on calm:\n“calm”")
    lines = sum(each.count("\n") for each in calm)
    for hostile in HOSTILE:
        words = harmless(hostile)
        found = sent(address, f"Site: {words}", f"Ann on x:\n“{words}”")
        ours = set(calm)
        for each in found:
            assert each in ours or not _LEADS.search(each), (service, hostile, each)
        assert sum(each.count("\n") for each in found) == lines, (service, hostile)


def test_what_nobody_sees_is_gone() -> None:
    shown = harmless("".join(f"a{each}b" for each in _UNSEEN))
    assert shown == "ab" * len(_UNSEEN)
    assert harmless("خانه‌ها 👩‍🚀 3 o'clock. Fine!") == "خانهها 👩🚀 3 o'clock. Fine!\u200b"
    assert all(
        unicodedata.category(each) != "Cf" or each == "\u200b"
        for each in harmless(" ".join(HOSTILE))
    )
