"""The newspaper's pages under /demo/: plain articles with the tag, as on an owner's site."""

from __future__ import annotations

import base64
import hashlib
from contextlib import suppress

from flask import Blueprint, Flask, Response, make_response, render_template, request
from markupsafe import Markup

from ..core import clock
from ..core.errors import NotFound
from ..embed.disqus import by_query
from ..settings import settings
from ..sites.queries import by_key
from ..threads.pages import counts
from . import paper

demo = Blueprint("demo", __name__, template_folder="templates", static_folder=None)

# A careful newspaper's policy: scripts and frames only from itself and from us (the same host).
_POLICY = (
    "default-src 'none'; script-src 'self'{scripts}; frame-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {around}"
)


def register(app: Flask) -> None:
    """Serve the newspaper, and link to it on the start page."""
    from . import states

    states.register(app)
    app.register_blueprint(demo, url_prefix="/demo")
    app.config["COMMENTSVC_DEMO"] = True


@demo.get("/")
def front() -> Response:
    """The front page, with the number of comments on each article."""
    if request.query_string:  # or a script for pages written for Disqus
        with suppress(NotFound):
            return by_query(paper.SITE_KEY)
    found = counts(by_key(paper.SITE_KEY), [href_of(each.slug) for each in paper.articles()])
    return page(
        "demo/front.html",
        articles=[
            (each, _day(each), found.get(href_of(each.slug), 0)) for each in paper.articles()
        ],
    )


@demo.get("/<id:slug>")  # the files of the forum with this name contain a dot
def article(slug: str) -> Response:
    """One article. The box appears in place of the tag."""
    found = paper.article(slug)
    if found is None:
        raise NotFound("not_found.article")
    others = [each for each in paper.articles() if each is not found][:3]
    return page("demo/article.html", article=found, day=_day(found), others=others)


@demo.get(f"/archive/{paper.OLD_PAGE}")
def old_page() -> Response:
    """A page of 2014 as it was published, with Facebook's markup and our host in its
    script's address."""
    return page("demo/old.html", app_id=paper.APP_ID)


@demo.get(f"/archive/{paper.DISQUS_PAGE}")
def disqus_page() -> Response:
    """A page of 2012 with Disqus's markup, and our host in its two scripts' addresses."""
    href = href_of(f"archive/{paper.DISQUS_PAGE}")
    config = (
        "var disqus_config = function () {\n"
        f'  this.page.url = "{href}";\n  this.page.identifier = "{paper.DISQUS_PAGE}";\n}};'
    )
    newest = [(each, href_of(each.slug)) for each in paper.articles()[:3]]
    return page("demo/disqus.html", script=config, href=href, newest=newest)


@demo.get("/style.css")
def style() -> Response:
    """The newspaper's own style; none of it reaches into the box."""
    answer = make_response(render_template("demo/style.css"))
    answer.content_type = "text/css; charset=utf-8"
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


def page(template: str, *, script: str = "", framed: bool = False, **values: object) -> Response:
    """A page of the newspaper, under its own policy; `framed` if another of its pages shows it in a
    frame. It may have one inline `script`."""
    base = settings().public_url
    element = Markup(f"<script>{script}</script>") if script else ""
    markup = render_template(
        template, base=base, key=paper.SITE_KEY, paper=paper.SITE_NAME, path=request.path,
        script=element, **values,
    )  # fmt: skip
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    answer = make_response(markup)
    answer.headers["Content-Security-Policy"] = _POLICY.format(
        scripts=f" 'sha256-{digest}'" if script else "", around="'self'" if framed else "'none'"
    )
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def href_of(slug: str) -> str:
    """The address of one of the newspaper's articles."""
    return f"{settings().public_url}/demo/{slug}"


def _day(each: paper.Article) -> str:
    day = each.published(clock.now())
    return f"{day.day} {day:%B %Y}"
