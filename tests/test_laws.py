"""Every law of the house finds a breach here; test_house.py applies them to the code."""

from __future__ import annotations

import ast
from functools import partial

import pytest

from tests import laws
from tests.tables import every_row
from tests.test_house import PURE, impure

BREACHES = [
    (partial(impure, PURE[0]), "import sqlalchemy"),
    (partial(impure, PURE[0]), "from ...core import clock"),
    (partial(impure, PURE[0]), "from .facts import gather"),
    (partial(laws.asks_database, "moderation/judging/finders/mail.py"), "import sqlalchemy"),
    (partial(laws.asks_clock, "moderation/judging/finders/mail.py"), "from ....core import clock"),
    (laws.commits, "db.session.commit()"),
    (laws.commits, "session.commit()"),
    (laws.commits, "db.session().commit()"),
    (laws.commits, "done = connection.commit"),
    (laws.commits, "with db.engine.begin() as connection: pass"),
    (laws.environment, "import os\nos.environ['HOME']"),
    (laws.environment, "import os\nos.getenv('HOME')"),
    (laws.environment, "import os as system\nsystem.environ"),
    (laws.environment, "from os import environ"),
    (laws.environment, "import os\nos.path.expandvars('$HOME')"),
    (laws.status_written, "row.status = 'published'"),
    (laws.status_written, "comment.status, other = 'published', 1"),
    (laws.status_written, "setattr(comment, 'status', 'published')"),
    (laws.status_written, "set_committed_value(comment, 'status', 'published')"),
    (laws.status_written, "update(Comment).values(status='published')"),
    (laws.status_written, "update(Comment).values({'status': 'published'})"),
    (laws.status_written, "update(Comment).values({Comment.status: 'published'})"),
    (laws.status_written, "update(Comment).values(**{'status': 'published'})"),
    (
        laws.status_written,
        "db.session.execute(update(Comment), [{'id': 1, 'status': 'published'}])",
    ),
    (laws.status_written, "vars(comment)['status'] = 'published'"),
    (laws.status_written, "comment.__dict__['status'] = 'published'"),
    (laws.status_written, "text('UPDATE comment SET status = :to')"),
    (partial(laws.asks_database, "api/sites.py"), "from sqlalchemy import select"),
    (partial(laws.asks_database, "api/sites.py"), "import sqlalchemy as sa"),
    (partial(laws.asks_database, "dashboard/desk/queue.py"), "from ...core.db import db"),
    (partial(laws.asks_database, "api/sites.py"), "db.session.get(Comment, 1)"),
    (partial(laws.asks_database, "api/sites.py"), "commands.db.session.get(Comment, 1)"),
    (partial(laws.asks_database, "api/sites.py"), "from ..moderation.commands import db as d"),
    (partial(laws.asks_database, "api/sites.py"), "session.query(Comment)"),
    (partial(laws.asks_database, "api/sites.py"), "Comment.query.all()"),
    (laws.restricts, "db.session.add(Sanction(kind='ban'))"),
    (laws.restricts, "sanctions.sanction(site, user, 'ban', by=None)"),
    (laws.restricts, "from .sanctions import sanction as ban\nban(site, user)"),
    (laws.restricts, "networks.block(comment, until=None, reason='spam', by=None)"),
    (laws.restricts, "put_role(site, user, 'banned', by=None)"),
    (laws.long_functions, "def long():\n" + "    pass\n" * laws.MOST_LINES_OF_A_FUNCTION),
]


@every_row(("law", "source"), BREACHES)
def test_a_breach_is_seen(law: laws.Law, source: str) -> None:
    assert law(ast.parse(source))
    assert not law(ast.parse("from __future__ import annotations\nstatus = 1"))


def test_breaches_between_files_are_seen() -> None:
    both = [("a.py", "from .b import x"), ("b.py", "def f(): pass\nfrom . import a")]
    late = [("a.py", "from .b import x"), ("b.py", "def f():\n    from . import a")]
    typed = [("a.py", "from .b import x"), ("b.py", "if TYPE_CHECKING:\n    from . import a")]
    assert laws.turns([(name, ast.parse(source)) for name, source in both])
    assert not laws.turns([(name, ast.parse(source)) for name, source in late])
    assert not laws.turns([(name, ast.parse(source)) for name, source in typed])
    assert laws.imports_by_name("x = __import__('flask')")
    assert laws.imports_by_name("pkgutil.resolve_name('commentsvc.moderation')")
    assert laws.imports_by_name("sys.modules['commentsvc.moderation']")
    assert not laws.imports_by_name("model.eval()\nretrieval(x)")
    other = "from .jobs import enqueue as later\njobs.enqueue('a')\nlater('b')"
    assert len([*laws.called(ast.parse(other), "enqueue")]) == 2


def test_whoever_breaks_a_law_reads_what_to_do() -> None:
    with pytest.raises(AssertionError, match=r"(?s)^Split it:\n  - a\n  - b$"):
        laws.keep("Split it:", ["b", "a"])
    with pytest.raises(
        AssertionError, match=r"(?s)  - a: listed, but not there\n  - b: not listed$"
    ):
        laws.agree("List it:", found=["b", "c"], listed=["a", "c"])
    laws.keep("Split it:", [])
    laws.agree("List it:", found=["a"], listed=["a"])
