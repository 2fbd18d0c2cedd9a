"""The owner's form for pages written for Disqus: their forums, and the single sign-on key."""

from __future__ import annotations

from flask import Response, request, url_for

from ...core.errors import DomainError
from ...sites.forums import change_disqus
from ...web.auth import requires, viewer
from ...web.limits import limit
from ..blueprints import dashboard
from ..page import go, my_site, refused, tell, text_of, words_of


@dashboard.post("/sites/<key>/disqus")
@limit("manage")
@requires("manage_site")
def set_disqus(key: str) -> Response:
    """Change the short names; replace or remove the secret key."""
    site, by = my_site(key, "manage_site"), viewer().user
    secret = text_of(request.form, "disqus_secret", 1000)
    keeps = not secret and "forget" not in request.form
    names = text_of(request.form, "forums", 5000).splitlines()
    try:
        change_disqus(site, names, None if keeps else secret, by=by)
    except DomainError as error:
        return refused(error, url_for("dashboard.moving", key=key))
    tell("good", words_of("done.saved"))
    return go("dashboard.moving", key=key)
