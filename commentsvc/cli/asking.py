"""Options that many commands share, and the setup prompts: names, a password, and how many comments
moderators can review."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import click

from ..core import typed

if TYPE_CHECKING:
    from collections.abc import Callable

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
site_option = click.option(
    "--site", "key", help="The site's key. Optional if there is only one site."
)


class Whole(click.IntRange):
    """An integer in plain digits."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return super().convert(_plain(self, typed.whole, value, param, ctx), param, ctx)


class Decimal(click.FloatRange):
    """A number in plain digits, with or without a decimal point."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return super().convert(_plain(self, typed.decimal, value, param, ctx), param, ctx)


def _plain(
    kind: click.ParamType[Any],
    read: Callable[[str], Any],
    value: Any,
    param: click.Parameter | None,
    ctx: click.Context | None,
) -> Any:
    try:
        return read(value) if isinstance(value, str) else value
    except ValueError:
        kind.fail(f"“{value}” is not a number. Write it in digits, such as 20.", param, ctx)


def asked(yes: bool, value: str | None, option: str, question: str) -> str:
    """The value, or what somebody types at the prompt. Raises `click.UsageError` with --yes."""
    if value:
        return value
    if yes:
        raise click.UsageError(f"Add {option}, or remove --yes to be prompted.")
    return str(click.prompt(question))


def password(yes: bool) -> tuple[str, str | None]:
    """The password, and the same again if it was generated and must be shown, else None."""
    made = secrets.token_urlsafe(12)
    if yes:
        return made, made
    chosen = click.prompt("Password", hide_input=True, confirmation_prompt=True, default=made)
    return chosen, made if chosen == made else None


def reading(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options for a new site's language and limits; `policy_from` reads them."""
    for option in (
        click.option(
            "--language",
            default="",
            metavar="CODE",
            help="The language of the comment box, such as de or pt-BR. If omitted, the page's "
            "language or, if that is not available, the reader's.",
        ),
        click.option(
            "--unscored-language",
            type=click.Choice(["publish", "flag", "hold"]),
            default="publish",
            show_default=True,
            help="What to do with comments in a language the scorer does not read.",
        ),
        click.option(
            "--readable-a-day",
            type=Whole(0),
            help="How many of these your moderators can review.",
        ),
        click.option(
            "--comments-a-day",
            type=Whole(0),
            help="How many comments the site gets a day (0 to skip).",
        ),
    ):
        command = option(command)
    return command


def policy_from(answers: dict[str, Any], *, ask: bool = False) -> dict[str, Any]:
    """The fields of a new site's policy, from the options of `reading`."""
    from ..sites.workload import set_up

    comments, readable = answers["comments_a_day"], answers["readable_a_day"]
    if ask and comments is None and readable is None:
        comments = click.prompt("Comments a day (0 to skip)", type=Whole(0), default=0)
        if comments:
            readable = click.prompt("How many of them can you review a day?", type=Whole(0))
    limits = set_up(comments, readable, unscored_language=answers["unscored_language"])
    return limits | {"locale": _language(answers["language"])}


def _language(code: str) -> str:
    """A language of the comment box, as policies name it; "" for none. Raises
    `click.BadParameter`."""
    from ..core.locale import available

    found = code.replace("-", "_").lower()
    known = {each.lower(): each for each in available()}
    if found and found not in known:
        codes = ", ".join(each.replace("_", "-") for each in sorted(known.values()))
        raise click.BadParameter(
            f"The comment box is not available in “{code}”. Choose one of these: {codes}.",
            param_hint="--language",
        )
    return known.get(found, "")


def told(site: Any) -> str:
    """A sentence for the terminal that explains the site's limits."""
    from ..sites.queries import policy_of
    from ..sites.workload import measured, rung_of

    curve = measured()
    rung = rung_of(policy_of(site).hold_at, curve.rungs)
    if rung is None or rung.found is None:
        return ""
    return (
        f"Of 1,000 comments, about {1000 * rung.held:.0f} are held ({curve.source}, {curve.model}); "
        f"these include {rung.found.share:.0%} of the toxic ones."
    )
