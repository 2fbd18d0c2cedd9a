"""The owner's scorer page: the one in use, what it would change in old comments, and rescoring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, request, url_for

from ...core.errors import DomainError
from ...core.locale import language_in, number, plain
from ...moderation.desk.unread import is_own_read, unread
from ...posting import comparing, rescoring
from ...sites.queries import policy_of
from ...toxicity.backends.variants import ADD, SEVEN_LANGUAGES
from ...toxicity.scorer import scorer
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import go, language, my_site, refused, staff_page, tell, text_of
from .words import tuning_words, words_for

if TYPE_CHECKING:
    from ...sites.models import Site
    from ...toxicity.scorer import ScorerStatus

_REFRESH_SECONDS = 3
_SHOWN = 3  # models compared on one page; each means judging all comments again


@dashboard.get("/sites/<key>/scorer")
@limit("manage")
@requires("set_policy")
def scorer_page(key: str) -> Response:
    """The scorer, which models scored the stored comments, and what each measured model would
    change. The page reloads itself while a job runs."""
    site = my_site(key, "set_policy")
    progress = rescoring.progress(site_id=site.id)
    running = progress is not None and progress.state in ("waiting", "running")
    measuring = comparing.is_under_way(site.id)
    answer = staff_page(
        "dashboard/scorer.html",
        section="sites",
        site=site,
        tab="scorer",
        s=words_for(),
        running=running,
        measuring=measuring,
        progress=progress,
        stoppable=running and progress is not None and progress.site_id == site.id,
        days=comparing.DAYS,
        decimal=lambda value: number(value, language(), digits=2),
        **_models(site),
    )
    if running or measuring:
        answer.headers["Refresh"] = str(_REFRESH_SECONDS)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@dashboard.post("/sites/<key>/scorer")
@limit("manage")
@requires("set_policy")
def scorer_do(key: str) -> Response:
    """Try the scorer on old comments (`do=measure`), rescore them (`anew`), or `stop` that."""
    site, here = my_site(key, "set_policy"), url_for("dashboard.scorer_page", key=key)
    try:
        done = _do(site, text_of(request.form, "do", 10))
    except DomainError as error:
        return refused(error, here)
    tell("good", tuning_words(f"scorer_done.{done}"))
    return go("dashboard.scorer_page", key=key)


def _do(site: Site, wish: str) -> str:
    if wish == "anew":
        hold = "hold" in request.form
        rescoring.begin(site_id=site.id, days=comparing.DAYS, hold=hold, by=signed_in())
    elif wish == "stop":
        rescoring.stop(site_id=site.id, by=signed_in())
    else:
        comparing.begin(site_id=site.id, by=signed_in())
        wish = "measure"
    return wish


def _models(site: Site) -> dict[str, Any]:
    status = scorer().status()
    mine = status.models
    carried = comparing.carried(site.id)
    outdated = sum(count for each, count in carried if each not in mine)
    measured = [name for name, _ in comparing.measured(site.id)]
    others = [(name,) for name in measured if name not in mine]
    first = [mine, *others] if set(mine) & set(measured) else others
    return {
        "scorer": status,
        "models": mine,
        "carried": carried,
        "outdated": outdated,
        "readable": comparing.readable(site.id, status),
        "changes": [comparing.change(site.id, each) for each in first[:_SHOWN]],
        "addable": _addable(site, status),
        "add": ADD,
        "names_of": lambda codes: ", ".join(language_in(code, language()) for code in codes),
    }


def _addable(site: Site, status: ScorerStatus) -> list[str]:
    """The languages that are not read here and that one command adds, the site's own first."""
    own = [] if is_own_read(site) else [plain(policy_of(site).locale)]
    found = unread(site)
    codes = dict.fromkeys((*own, *(found.languages if found else ())))
    return [code for code in codes if code in SEVEN_LANGUAGES and code not in status.reads]
