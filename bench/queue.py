"""The dashboard's queue with 100,000 comments, 500 of them pending."""

from __future__ import annotations

import re
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from commentsvc.moderation.desk import queue
from commentsvc.posting.commands import NewComment, submit
from commentsvc.sites.commands import set_policy
from commentsvc.sites.queries import by_key

from . import corpus, ours

if TYPE_CHECKING:
    from collections.abc import Callable

    from .tools import Figures


def run(figures: Figures) -> None:
    """Measure server time of queue pages, of the counts, and of the dashboard's first page."""
    with ours.data("queue") as folder:
        app = ours.filled(folder, (100_000,))
        with app.app_context():
            site = by_key(corpus.KEY)
            set_policy(
                site, {"premoderate_all": True, "hold_repeats": False, "flood_count": 1000}, by=None
            )
            for number in range(500):
                said = f"You are a fool and a liar, number {number}, and so is he."
                name, article = f"Reader {number}", corpus.href(100_000)
                submit(NewComment(site=site, href=article, name=name, text=said))
            for name in ("pending", "unreviewed", "all", "rejected"):
                for order in ("urgent", "newest"):
                    spent = median(partial(queue.page, [site], name, order=order, limit=25))
                    figures.add(
                        "queue",
                        f"{name}, {order}: 25 cards",
                        spent,
                        "ms",
                        wanted="< 100",
                        ok=spent < 100,
                    )
            spent = median(lambda: queue.counts([site]))
            figures.add(
                "queue", "counts of all queues", spent, "ms", wanted="< 100", ok=spent < 100
            )
        client = app.test_client()
        sign_in(client)
        spent = median(lambda: client.get("/dashboard/", base_url="http://127.0.0.1:5000"))
        figures.add(
            "queue",
            "the dashboard's page as it is sent",
            spent,
            "ms",
            wanted="< 100",
            ok=spent < 100,
        )


def sign_in(client: Any, email: str = corpus.OWNER) -> None:
    """Sign in to the dashboard, as the owner of everything or as somebody else."""
    base, path = "http://127.0.0.1:5000", "/account/sign-in"
    page = client.get(path, base_url=base).get_data(as_text=True)
    hidden = dict(re.findall(r'<input\s+type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', page))
    form = {**hidden, "email": email, "password": corpus.PASSWORD}
    answer = client.post(path, data=form, base_url=base, headers={"Origin": base})
    assert answer.status_code in (302, 303), answer.status_code
    assert client.get("/dashboard/", base_url=base).status_code == 200


def median(call: Callable[[], object], times: int = 15) -> float:
    """The median time of some runs, in milliseconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)[len(taken) // 2]
