"""Part: a typed slot for something swappable, with one value per app."""

from __future__ import annotations

from typing import Generic, TypeVar, cast

from flask import Flask, current_app

T = TypeVar("T")


class Part(Generic[T]):
    """A named slot. `install(app, value)` fills it; calling it returns the current app's value.

    >>> scorer = Part["Scorer"]("scorer")
    >>> scorer.install(app, make_scorer("embedded"))
    >>> scorer().score([...])
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def install(self, app: Flask, value: T) -> T:
        """Fill the slot of `app`, replacing any earlier value."""
        app.extensions[f"commentsvc.{self.name}"] = value
        return value

    def of(self, app: Flask) -> T:
        """The value in `app`'s slot. Raises `KeyError` if it was never filled."""
        return cast("T", app.extensions[f"commentsvc.{self.name}"])

    def __call__(self) -> T:
        return self.of(current_app)
