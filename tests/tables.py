"""Tables that one test checks from the first row to the last.

With `pytest.mark.parametrize`, each row is a test of its own: three processes collect it, and its
set-up and reports cost more than what most tables check. Use that where a row needs an empty
database, a fixture of its own or a mark.
"""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class RowsFailed(BaseExceptionGroup):
    """The rows of a table that failed, each with its values as a note."""


def every_row(
    names: str | Sequence[str], rows: Iterable[Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Call a test for each row, as `pytest.mark.parametrize` does, but as one test, which goes on
    to the last row and then fails with all that failed. Rows share the test's fixtures."""
    wanted = [each.strip() for each in names.split(",")] if isinstance(names, str) else list(names)
    table = [_values(row, len(wanted)) for row in rows]
    assert table, f"No rows for {names}"

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(test)
        def check(**fixtures: Any) -> None:
            failed: list[BaseException] = []
            for number, values in enumerate(table):
                row = dict(zip(wanted, values, strict=True))
                try:
                    test(**fixtures, **row)
                except (Exception, RowsFailed, pytest.fail.Exception) as error:
                    error.add_note(f"Row {number}: {row!r}")
                    failed.append(error)
            if failed:
                raise RowsFailed(f"{len(failed)} of {len(table)} rows failed", failed)

        signature = inspect.signature(test)
        left = [each for name, each in signature.parameters.items() if name not in wanted]
        assert len(left) == len(signature.parameters) - len(wanted), f"The test takes no {wanted}"
        check.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
        return check

    return decorate


def _values(row: Any, columns: int) -> tuple[Any, ...]:
    if isinstance(row, type(pytest.param())):
        assert not row.marks, "A row with a mark needs pytest.mark.parametrize"
        return tuple(row.values)
    return (row,) if columns == 1 else tuple(row)
