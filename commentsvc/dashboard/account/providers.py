"""Sign in with a provider: there, back, and the form for people we do not know yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from flask import Response, redirect, request, url_for

from ...accounts.commands import by_email
from ...accounts.providers import Provider, flow, people
from ...core.errors import DomainError, NotAllowed, NotFound
from ...core.shown import one_line
from ...notifications.mail import mailer
from ...sites import providers
from ...sites.queries import by_key, may_sign_up, sites_of
from ...web import asks, coming, sessions
from ...web.auth import requires, signed_in, viewer
from ...web.coming import Errand
from ...web.csrf import no_csrf
from ...web.home import path_here, public_address
from ...web.limits import limit
from ...web.proving import fresh, require_fresh
from ..blueprints import account
from ..page import go, language, local_address, page, security_words, tell, text_of
from .joining import private
from .sign_in import in_or_second_step

if TYPE_CHECKING:
    from ...accounts.models import User
    from ...accounts.providers.flow import ProviderUser


@account.post("/with/<name>")
@limit("sign_in")
def go_with(name: str) -> Response:
    """On to the provider, by a page: our policy lets no form lead to other hosts."""
    provider = providers.find(name)
    person = ""
    if "connect" in request.form:
        require_fresh()
        person = signed_in().public_id
    errand = Errand(
        wanted=local_address(request.form.get("next"), ""),
        site=text_of(request.form, "site", 60),
        nonce=text_of(request.form, "nonce", 64),
        locale=text_of(request.form, "locale", 16),
        person=person,
    )
    try:
        if provider.site_key and errand.site not in ("", provider.site_key):
            raise NotAllowed("not_allowed.provider_elsewhere")
        state, address = flow.begin(provider, _back(provider))
    except DomainError as error:
        return _failed(provider, errand, error)
    coming.leave(provider, state, errand)
    return private(_page("go", provider, errand, address=address))


@account.post("/with/<name>/back")
@limit("sign_in_wait")
@no_csrf  # the provider's page posts it (`form_post`) without our cookie; `back` asks for it
def back_by_form(name: str) -> Response:
    """Redirect to `back`: only a GET brings the cookie of whoever went there."""
    names = ("state", "code", "iss", "error")
    sent = {each: request.form[each][:2000] for each in names if each in request.form}
    if called := _called(request.form.get("user", "")):
        sent["called"] = called
    return go("account.back", name=name, **sent)


@account.get("/with/<name>/back")
@limit("sign_in_wait")
def back(name: str) -> Response:
    """Take whoever comes back, only with this browser's state, once, from this provider."""
    provider = providers.find(name)
    state, given = request.args.get("state", "")[:200], request.args
    errand = coming.return_from(name, state)
    if "error" in given:  # some providers omit the state
        return _failed(provider, errand or Errand(), _not_done(provider, given["error"]))
    if errand is None:
        return _failed(provider, Errand(), NotAllowed("not_allowed.provider_state"))
    try:
        code, here = given.get("code", ""), _back(provider)
        said = flow.finish(provider, state=state, code=code, iss=given.get("iss"), back=here)
        if errand.person:
            return _connect(provider, said, errand)
        user = people.known(provider, said.subject)
        if user is not None:
            return _arrive(provider, user, errand)
    except DomainError as error:
        return _failed(provider, errand, error)
    coming.hold(provider, said, errand)
    step = "owner" if people.owner_of(provider, said) else "new"
    called = said.name or text_of(given, "called", 60)
    return private(_page(step, provider, errand, said=said, called=called))


@account.post("/with/<name>/new")
@limit("sign_in")
def join_with(name: str) -> Response:
    """Create the account of a new person, under the name they chose."""
    provider, said, errand = _held(name)
    called = text_of(request.form, "name", 200)
    try:
        key = errand.site or provider.site_key
        if not may_sign_up(by_key(key) if key else None):
            raise NotAllowed("not_allowed")
        user = people.join(provider, said, called, locale=language())
    except DomainError as error:
        return private(_page("new", provider, errand, said=said, called=called, error=error))
    coming.let_go()
    return _arrive(provider, user, errand)


@account.get("/with/<name>/connect")
@limit("read")
def connect_page(name: str) -> Response:
    """Ask the owner of the address, once signed in, whether to connect the two."""
    provider, said, errand = _held(name)
    me = viewer().user
    if me is None or viewer().kind != "session":
        return go("account.sign_in", next=path_here())
    if me.member_email != said.email:
        return _failed(provider, errand, NotAllowed("not_allowed.provider_address"))
    return private(_page("connect", provider, errand, said=said))


@account.post("/with/<name>/connect")
@limit("sign_in")
@requires()
@fresh
def connect(name: str) -> Response:
    """Connect the provider to the signed-in account, which must have the same address."""
    provider, said, errand = _held(name)
    me = signed_in()
    try:
        if said.email is None or me.member_email != said.email:
            raise NotAllowed("not_allowed.provider_address")
        people.connect(me, provider, said.subject)
    except DomainError as error:
        return _failed(provider, errand, error)
    coming.let_go()
    tell("good", security_words("connected.done", provider=provider.title))
    if not errand.nonce:
        return go("account.security", _anchor="connected")
    return _to_window(me, errand)


@account.post("/security/connected/remove")
@limit("manage")
@requires()
@fresh
def disconnect() -> Response:
    """Stop a provider from signing the person in, if another way is left."""
    realm, me = text_of(request.form, "realm", 60), signed_in()
    offered = {each.realm: each.title for each in providers.every()}
    title = offered.get(realm, "") or security_words("connected.unknown")
    by_email = mailer().reaches_people
    try:
        people.disconnect(me, realm, title=title, live=list(offered), by_email=by_email)
    except DomainError as error:
        tell("bad", error.say(language()))
    else:
        tell("good", security_words("connected.removed", provider=title))
    return go("account.security", _anchor="connected")


def _connect(provider: Provider, said: ProviderUser, errand: Errand) -> Response:
    """Finish connecting from one's own account: the same person, still signed in."""
    me = viewer().user
    if me is None or viewer().kind != "session" or me.public_id != errand.person:
        raise NotAllowed("not_allowed.provider_state")
    people.connect(me, provider, said.subject)
    tell("good", security_words("connected.done", provider=provider.title))
    return go("account.security", _anchor="connected")


def _arrive(provider: Provider, user: User, errand: Errand) -> Response:
    """Sign in; a provider that only one site has chosen signs in nobody who works on others."""
    if not provider.is_trusted and any(each.id != provider.site_id for each in sites_of(user)):
        return _failed(provider, errand, NotAllowed("not_allowed.provider_site"))
    if not errand.nonce:
        return in_or_second_step(user, errand.wanted, site_id=provider.site_id)
    if not sessions.sign_in(user, site_id=provider.site_id):
        return _window("second", errand)
    return _to_window(user, errand)


def _not_done(provider: Provider, said: str) -> NotAllowed:
    """Why the provider sent somebody back without a code."""
    why = "denied" if said in _DENIED else "canceled"
    return NotAllowed(f"not_allowed.provider_{why}", provider=provider.title)


#: Providers' error codes for “Deny” or “Cancel”; the last one is Apple's.
_DENIED = ("access_denied", "consent_required", "user_cancelled_authorize")


def _to_window(user: User, errand: Errand) -> Response:
    try:
        site = by_key(errand.site)
    except NotFound:
        return go("account.home")
    asks.hand_over(user, site_id=site.id, nonce=errand.nonce)
    return _window("done", errand)


def _window(act: str, errand: Errand) -> Response:
    return redirect(_window_address(errand, act), 303)  # type: ignore[return-value]


def _window_address(errand: Errand, act: str = "") -> str:
    locale = errand.locale or None
    return url_for(
        "embed_sign_in", site=errand.site, nonce=errand.nonce, locale=locale, act=act or None
    )


def _held(name: str) -> tuple[Provider, ProviderUser, Errand]:
    found = coming.held(name)
    if found is None:
        raise NotFound("not_found.provider_return")
    return providers.find(name), *found


def _back(provider: Provider) -> str:
    """Where the provider sends people: an address for each, so none can pass for another."""
    return public_address("account.back", name=provider.name)


def _called(user: str) -> str:
    """The name that Apple sends once, beside the token."""
    try:
        name = orjson.loads(user[:2000]).get("name", {})
        parts = [name.get(each) for each in ("firstName", "lastName")]
    except (orjson.JSONDecodeError, AttributeError):
        return ""
    return one_line(" ".join(each for each in parts if isinstance(each, str)))[:60]


def _failed(provider: Provider, errand: Errand, error: DomainError) -> Response:
    return private(_page("failed", provider, errand, error=error))


def _page(
    step: str,
    provider: Provider,
    errand: Errand,
    *,
    error: DomainError | None = None,
    address: str = "",
    said: ProviderUser | None = None,
    called: str = "",
) -> Response:
    again = url_for("account.security" if errand.person else "account.sign_in")
    answer = page(
        "account/with.html",
        status=422 if error else 200,
        answers_form=False,  # the address that it came from works once
        step=step,
        provider=provider,
        address=address,
        email=said.email if said else None,
        owner=by_email(said.email) if said and said.email and step == "connect" else None,
        called=called,
        error=error.say(language()) if error else None,
        again=_window_address(errand) if errand.nonce else again,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
