"""`python -m commentsvc` is the `commentsvc` command."""

from .cli import main

main()
