"""People (members and guests) and their credentials."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, UniqueConstraint, and_, text
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, Json, UtcTime
from ..core.ids import new_id


class User(Base):
    """A person who writes or moderates. A guest is one too: known by a name and an edit token.

    Has the attributes that flask-login needs, so that this room does not import its mixin. `email`
    is lower-cased; it is unique among members and never identifies a guest.
    """

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(8), default="member")  # member | guest
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    member_email: Mapped[str | None] = mapped_column(String(254), unique=True)
    email_verified_at: Mapped[datetime | None] = mapped_column(UtcTime)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_admin: Mapped[bool] = mapped_column(default=False)  # of the whole installation
    locale: Mapped[str | None] = mapped_column(String(16))
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # own keys, mutes, emails
    # what a site's own sign-in says about its reader (ways/site_token.py)
    profile: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # Sessions and tokens of an older epoch are invalid; a new password or a ban raises it.
    session_epoch: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    leaving_at: Mapped[datetime | None] = mapped_column(UtcTime)  # deletion time (leaving.py)
    erased_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (
        Index(
            "ix_user_is_admin",
            "is_admin",
            sqlite_where=text("is_admin IS 1"),
            postgresql_where=text("is_admin IS true"),
        ),
    )

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def is_active(self) -> bool:
        return self.erased_at is None and self.leaving_at is None

    @classmethod
    def active(cls) -> ColumnElement[bool]:
        """`is_active` in a query."""
        return and_(cls.erased_at.is_(None), cls.leaving_at.is_(None))

    @property
    def is_anonymous(self) -> bool:
        return False

    def get_id(self) -> str:
        return f"{self.public_id}:{self.session_epoch}"

    @property
    def is_guest(self) -> bool:
        return self.kind == "guest"


class Identity(Base):
    """A user as known to another system: a site's own login, or the source of an import."""

    __tablename__ = "identity"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str] = mapped_column(String(60))  # "site:<key>", "facebook", "disqus", …
    subject: Mapped[str] = mapped_column(String(250))
    issued_at: Mapped[datetime | None] = mapped_column(UtcTime)  # newest token seen

    __table_args__ = (UniqueConstraint("provider", "subject"),)


class SignInProvider(Base):
    """A site's client at a sign-in provider (providers/). One of each kind per site."""

    __tablename__ = "sign_in_provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12))
    label: Mapped[str] = mapped_column(String(40), default="")
    issuer: Mapped[str] = mapped_column(String(300))
    client_id: Mapped[str] = mapped_column(String(300))
    kept_secret: Mapped[str] = mapped_column("secret", String(8000))  # sealed
    options: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (UniqueConstraint("site_id", "kind"),)


class Credential(Base):
    """A secret that we gave out, stored only as its hash. Kinds:

    access (frame, minutes), refresh (frame, days), code (window to frame, once, minutes; under the
    frame's hash), guest (edit token), reset and verify (emailed, once), sign_up (emailed, once; the
    future account in `grants`), sign_in (emailed, once; the address in `grants`), invite (emailed,
    once; address and role in `grants`), set_up (for the first owner, shown on the console, once),
    api (programs; scopes in `grants`), session (where and when it was used in `grants`,
    devices.py), half (a sign-in that waits for its second factor), device (a browser that the
    person has signed in with). The `label` of access and refresh is their sign-in: the session's
    public ID, if it began with one.

    Second factors (factors/): totp (the app's secret, sealed, in `grants`), passkey (hash of its
    ID; its public key in `grants`, its name in `label`), recovery (once).
    """

    __tablename__ = "credential"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(12))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    origin: Mapped[str | None] = mapped_column(String(300))  # the page's origin where it is valid
    session_epoch: Mapped[int] = mapped_column(default=0)
    label: Mapped[str | None] = mapped_column(String(120))
    grants: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (
        Index("ix_credential_user_id_kind", "user_id", "kind"),
        Index(
            "ix_credential_site_id_kind",
            "site_id",
            "kind",
            sqlite_where=text("site_id IS NOT NULL"),  # those of guests have none
            postgresql_where=text("site_id IS NOT NULL"),
        ),
    )


class StaffAct(Base):
    """One thing that staff did besides deciding on a comment; its sentence is built when it is
    read.

    `site_id` is None if it concerns no single site, such as a sign-in. `by_id` None is the command
    line. `about_id` is the person concerned. `kind` and `data`: acts.py. The last three: chain.py.
    """

    __tablename__ = "staff_act"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    about_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(20))
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    number: Mapped[int | None] = mapped_column(unique=True)
    previous: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        Index("ix_staff_act_site_id_created_at", "site_id", "created_at", "id"),
        Index("ix_staff_act_by_id_created_at", "by_id", "created_at"),
        Index("ix_staff_act_about_id", "about_id"),
    )


class StaffChain(Base):
    """The end of the chain of staff acts: its last row's number and hash. One row."""

    __tablename__ = "staff_chain"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column()
    hash: Mapped[str] = mapped_column(String(64))


class UsedToken(Base):
    """A used one-time value (a site token with a `jti`, a passkey's challenge), until it
    expires."""

    __tablename__ = "used_token"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)  # of the used value
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
