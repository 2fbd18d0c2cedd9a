"""The words that the pages about appeals, sanctions and notices share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...core.locale import say
from ..page import language, staff_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

    from ...sites.models import Site


def kind_words(code: str) -> str:
    """A category or keyword of a notice in the page's language."""
    return say(f"notice.kind.{code.partition('_CATEGORY_')[2] or code[8:]}", language())


def case_words(key: str, **values: Any) -> str:
    """A phrase of these pages in the page's language."""
    return say(f"cases.{key}", language(), **values)


def cases_page(template: str, *, section: str, site: Site | None = None, **values: Any) -> Response:
    """A page of the dashboard whose template gets its words from `c("…")`."""
    return staff_page(template, section=section, site=site, c=words_for(), **values)


def words_for() -> Callable[..., str]:
    """The function that templates call `c`."""
    locale = language()
    return lambda key, **values: say(f"cases.{key}", locale, **values)
