"""Heated conversations as a page: how hot each is and was, slow mode, closing."""

from __future__ import annotations

from flask import Response, request, url_for

from ...core.errors import DomainError
from ...core.locale import number
from ...moderation.cases import cooling
from ...moderation.cases.temperature import hottest
from ...threads.commands import slow_pause
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..desk.closing import last_day, my_thread
from ..figures.charts import Chart, spark
from ..figures.words import tuning_words, words_for
from ..page import chosen_sites, go_back, language, refused, staff_page, tell, text_of

PAUSES = (15, 30, 60, 300)


@dashboard.get("/temperature")
@limit("manage")
@requires("moderate")
def temperature() -> Response:
    """The conversations of the last hours, hottest first."""
    sites, site = chosen_sites()
    found = hottest(sites)
    return staff_page(
        "dashboard/temperature.html",
        section="figures",
        tab="temperature",
        site=site,
        s=words_for(),
        rows=[(each, each.policy, slow_pause(each.thread)) for each in found],
        sparks=[_spark([value for _, value in each.curve]) for each in found],
        history=cooling.history(sites),
        pauses=PAUSES,
        last_day=last_day,
        decimal=lambda value: number(value, language(), digits=2),
    )


def _spark(values: list[float]) -> tuple[Chart, float]:
    return spark(values), max(values, default=0.0)


@dashboard.post("/threads/<thread_id>/slow")
@limit("moderate")
@requires("close_thread")
def slow_thread(thread_id: str) -> Response:
    """Turn slow mode on, with a pause of `seconds`, or off with 0."""
    here = url_for("dashboard.temperature")
    thread = my_thread(thread_id)
    me = signed_in()
    raw = text_of(request.form, "seconds", 5)
    try:
        if raw == "0":
            cooling.let_go(thread, by=me)
        else:
            seconds = int(raw) if raw.isascii() and raw.isdigit() else -1
            cooling.slow_down(thread, seconds, by=me)
    except DomainError as error:
        return refused(error, here)
    tell("good", tuning_words("heat.is_off" if raw == "0" else "heat.is_on"))
    return go_back(here)
