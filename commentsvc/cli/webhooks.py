"""`commentsvc webhook`: manage webhooks."""

from __future__ import annotations

from typing import Any

import click

from .asking import as_json, site_option
from .exchange import one_site
from .people import in_app, show, show_one


@click.group()
def webhook() -> None:
    """Manage webhooks, which call your own programs when something happens on a site."""


@webhook.command("add")
@click.argument("url")
@click.option(
    "--event",
    "events",
    multiple=True,
    help="An event to subscribe to. Repeatable. If omitted, all events.",
)
@site_option
@click.option("--secret", help="Signs each request. If omitted, it is generated.")
@click.option(
    "--verify-token", help="Sent with the verification request. If omitted, it is generated."
)
@as_json
@in_app
def add(
    url: str,
    events: tuple[str, ...],
    key: str | None,
    secret: str | None,
    verify_token: str | None,
    as_json: bool,
) -> None:
    """Add a webhook. URL must answer a verification request first (docs/webhooks.md).

    Events: plugin_comment, plugin_comment_reply, comment.published, comment.edited, comment.held,
    comment.rejected, comment.withdrawn.

    \b
    Example:
      commentsvc webhook add https://example.org/hooks/comments --event comment.published
    """
    from ..notifications.webhooks import EVENTS, subscribe, verify

    made = subscribe(
        one_site(key),
        url,
        events=events or EVENTS,
        by=None,
        secret=secret,
        verify_token=verify_token,
    )
    show_one(*_shown_once(made), as_json)  # before the request, which may fail
    if not verify(made.id):
        raise click.ClickException(
            f"{made.why} Once it answers: commentsvc webhook resume {made.public_id}"
        )
    click.echo("Verified. The webhook is active.", err=as_json)


def _shown_once(made: Any) -> tuple[dict[str, Any], str]:
    """A new webhook's secrets, as facts and in words."""
    facts = {
        "id": made.public_id,
        "secret": made.secret,
        "standard_secret": made.standard_secret,
        "verify_token": made.verify_token,
    }
    words = (
        f"ID: {made.public_id}\nSecret: {made.secret}\n"
        f"Secret for Standard Webhooks: {made.standard_secret}\nVerify token: {made.verify_token}"
    )
    return facts, words


@webhook.command("list")
@site_option
@as_json
@in_app
def list_(key: str | None, as_json: bool) -> None:
    """List a site's webhooks with their latest error.

    \b
    Example:
      commentsvc webhook list --json
    """
    from ..notifications.webhooks import webhooks_of

    rows = [
        {
            "id": each.public_id,
            "url": each.url,
            "events": list(each.events),
            "state": each.state,
            "why": each.why,
        }
        for each in webhooks_of(one_site(key))
    ]
    show(rows, as_json)


@webhook.command("log")
@click.argument("webhook_id")
@click.option("--limit", default=20, show_default=True, help="How many to show, newest first.")
@as_json
@in_app
def log(webhook_id: str, limit: int, as_json: bool) -> None:
    """List a webhook's deliveries and their results.

    \b
    Example:
      commentsvc webhook log 7h4k2mzq9vtwx
    """
    from ..notifications.webhooks import deliveries_of, find

    page = deliveries_of(find(webhook_id, by=None), limit=limit)
    show([_row(each) for each in page.items], as_json)


def _row(each: Any) -> dict[str, Any]:
    return {
        "id": each.public_id,
        "event": each.event,
        "at": each.created_at.isoformat(timespec="seconds"),
        "state": each.state,
        "attempts": each.attempts,
        "status": each.status,
        "ms": each.took_ms,
        "why": each.why,
    }


@webhook.command("pause")
@click.argument("webhook_id")
@in_app
def pause(webhook_id: str) -> None:
    """Pause a webhook until it is resumed.

    \b
    Example:
      commentsvc webhook pause 7h4k2mzq9vtwx
    """
    from ..notifications import webhooks

    webhooks.pause(webhook_id, by=None)
    click.echo("Webhook paused.")


@webhook.command("resume")
@click.argument("webhook_id")
@in_app
def resume(webhook_id: str) -> None:
    """Verify a webhook again, and resume it if it answers correctly.

    \b
    Example:
      commentsvc webhook resume 7h4k2mzq9vtwx
    """
    from ..notifications import webhooks

    found = webhooks.resume(webhook_id, by=None)
    if not webhooks.verify(found.id):
        raise click.ClickException(found.why or "The webhook did not answer.")
    click.echo("Verified. The webhook is active.")


@webhook.command("remove")
@click.argument("webhook_id")
@in_app
def remove(webhook_id: str) -> None:
    """Remove a webhook and its log.

    \b
    Example:
      commentsvc webhook remove 7h4k2mzq9vtwx
    """
    from ..notifications import webhooks

    webhooks.remove(webhook_id, by=None)
    click.echo("Webhook removed.")


@webhook.command("again")
@click.argument("delivery_id")
@in_app
def again(delivery_id: str) -> None:
    """Send a delivery again.

    \b
    Example:
      commentsvc webhook again 9vtwx7h4k2mzq
    """
    from ..notifications.deliveries import redeliver

    redeliver(delivery_id, by=None)
    click.echo("Queued to be sent again.")


COMMANDS = (webhook,)
