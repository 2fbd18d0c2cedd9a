"""Surface: the loader, the page inside the frame, and the window in which readers sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Add the frame's addresses, and the filters that the comment macro needs."""
    from ..web.render import spoken
    from . import dates, disqus, disqus_api, facebook, faces, lists

    for drawn in (dates.day, dates.instant, faces.initials, faces.tint, spoken):
        app.add_template_filter(drawn)
    _add_the_box(app)
    app.add_url_rule("/embed/counts", "embed_counts", facebook.count, methods=["POST"])
    app.add_url_rule("/embed/counts.js", "embed_counts_script", facebook.count_script)
    for form in facebook.FORMS:
        name = f"facebook_{form}".replace(".", "_").replace("/", "_")
        app.add_url_rule(f"/{form}", name, facebook.script)
        app.add_url_rule(f"/<locale>/{form}", name, facebook.script)
    lists.register(app)
    disqus.register(app)
    disqus_api.register(app)
    _add_forms(app)


def _add_the_box(app: Flask) -> None:
    from . import script, views

    app.add_url_rule("/embed.js", "embed_loader", script.loader)
    for name in script.LATER:
        rule, given = f"/embed/{name}.js", {"name": name}
        app.add_url_rule(rule, f"embed_{name}", script.later, defaults=given)
    app.add_url_rule("/embed/wording.js", "embed_wording", script.wording)
    app.add_url_rule("/embed/thread", "embed_thread", views.thread)
    app.add_url_rule("/embed/comment", "embed_comment", views.comment)
    app.add_url_rule("/embed/replies", "embed_replies", views.replies)
    app.add_url_rule("/embed/new", "embed_new", views.new)
    app.add_url_rule("/embed/script/<mark>/<locale>.js", "embed_script", script.script_file)
    app.add_url_rule("/embed/script/<mark>/<part>/<locale>.js", "embed_part", script.part_file)


def _add_forms(app: Flask) -> None:
    from . import look, notice, passkey, sign_in

    app.add_url_rule("/embed/sign-in", "embed_sign_in", sign_in.ask, methods=["GET"])
    app.add_url_rule("/embed/sign-in", "embed_sign_in_post", sign_in.answer, methods=["POST"])
    app.add_url_rule("/embed/passkey", "embed_passkey", passkey.add, methods=["POST"])
    app.add_url_rule("/embed/look", "embed_look", look.look, methods=["GET"])
    app.add_url_rule("/embed/look", "embed_look_post", look.look, methods=["POST"])
    app.add_url_rule("/embed/notice", "embed_notice", notice.ask, methods=["GET"])
    app.add_url_rule("/embed/notice", "embed_notice_post", notice.give, methods=["POST"])
    app.add_url_rule("/embed/notice/<receipt>", "embed_notice_state", notice.state)
    app.add_url_rule(
        "/embed/notice/<receipt>/appeal", "embed_notice_appeal", notice.appeal, methods=["POST"]
    )
