"""Register, sign in and out, change or reset a password: what the identity API and the sign-in pages call."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import asyncpg

from services.gateway.contracts import AccountChangedV1, SignedInV1, SignedOutV1, SignInFailedV1
from services.gateway.identity import throttle
from services.gateway.identity.models import (
    AccountView,
    AskReset,
    ChangePassword,
    Registration,
    ResetPassword,
    SignIn,
)
from services.gateway.identity.resets import reset_letter, take_reset, write_reset
from services.gateway.identity.sessions import Begun
from services.gateway.identity.store import Credentials, NewAccount
from services.gateway.identity.visitor import ANONYMOUS, Account, Session, Visitor
from services.gateway.problems import Problem
from shared import time
from shared.database import Connection
from shared.errors import Refused
from shared.identity import Actor, Role
from shared.messaging import outbox
from shared.messaging.commands import Command
from shared.messaging.envelope import Event, envelope

if TYPE_CHECKING:
    from services.gateway.gateway import Gateway

RESET_LIFETIME = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who has just signed in: the new session and who it is."""

    begun: Begun
    visitor: Visitor


async def register(gateway: "Gateway", form: Registration, command_id: UUID, address: str) -> AccountView:
    """A new applicant's account; the certificate is verified by the provider in use."""
    await gateway.throttle.count(throttle.REGISTER, address)
    verification = await gateway.verifier.verify(form.name, form.certificate_type, form.certificate_number)
    new = NewAccount(
        id=uuid4(),
        kind="applicant",
        login=form.login,
        roles=frozenset({Role.APPLICANT}),
        password_hash=await gateway.passwords.hash(form.password),
        display_name=form.name,
        certificate_type=form.certificate_type.value,
        certificate_number=form.certificate_number,
        verification=verification.method,
        mobile=form.mobile,
        email=form.email,
    )

    async def store(connection: Connection) -> AccountView:
        await gateway.identities.add(connection, new, time.now())
        row = await gateway.identities.account_row(connection, new.id)
        visitor = gateway.identities.visitor(row, Session.NONE, None)
        await _tell_of_change(connection, visitor.actor, new.id, "registered", 1, verification.method)
        return view_of(visitor)

    # The request holds a certificate number: its digest is keyed, so that nobody can try out all numbers.
    content = form.model_dump_json(exclude={"password"}).encode()
    this = Command(command_id, "register_account", gateway.blind_index.digest("command", content))
    try:
        return await gateway.commands.run_once(gateway.database, this, AccountView, store)
    except asyncpg.UniqueViolationError as taken:
        raise _taken(taken.constraint_name or "") from None


def _taken(constraint: str) -> Refused:
    if constraint == "accounts_certificate":
        return Refused(
            "conflict",
            "certificate_registered",
            "该证件已经注册过账号；如忘记密码，请使用找回密码。",
            "This certificate already has an account. If the password is forgotten, reset it.",
            pointer="/certificate_number",
        )
    return Refused(
        "conflict",
        "login_taken",
        "该登录名已被使用，请换一个。",
        "This login is taken; choose another.",
        pointer="/login",
    )


async def sign_in(gateway: "Gateway", form: SignIn, address: str, session: Session) -> SignedIn:
    """Begin a session; the answer and its time are the same for a wrong password and for an unknown account."""
    login = form.login.strip()
    await gateway.throttle.count(throttle.ADDRESS, address)
    await gateway.throttle.count(throttle.SIGN_IN, login, address)
    async with gateway.database.acquire() as connection:
        known = await gateway.identities.credentials(connection, login)
    right = await gateway.passwords.matches(known.password_hash if known else None, form.password)
    if known is None or not right or known.disabled:
        await _refuse_sign_in(gateway, known, disabled=known is not None and right)
    assert known is not None
    async with gateway.database.transaction() as connection:
        begun = await gateway.sessions.begin(connection, session, account_id=known.account_id)
        row = await gateway.identities.account_row(connection, known.account_id)
        visitor = gateway.identities.visitor(row, session, None)
        await _tell(
            connection,
            visitor.actor,
            str(known.account_id),
            SignedInV1.model_validate(
                {"account_id": known.account_id, "session": session.value, "signed_in_at": time.now()}
            ),
        )
    await gateway.throttle.forget(throttle.SIGN_IN, login, address)
    await gateway.throttle.take_back(throttle.ADDRESS, address)
    return SignedIn(begun, visitor)


async def _refuse_sign_in(gateway: "Gateway", known: Credentials | None, *, disabled: bool) -> None:
    account_id = known.account_id if known else None
    event = SignInFailedV1(
        account_id=account_id, reason="disabled" if disabled else "wrong", failed_at=time.now()
    )
    async with gateway.database.transaction() as connection:
        await _tell(connection, ANONYMOUS.actor, str(account_id or "unknown-account"), event)
    raise Problem("sign_in_failed", headers={"www-authenticate": 'Bearer realm="tongban"'})


async def client_token(gateway: "Gateway", client_id: str, client_secret: str, address: str) -> Begun:
    """A bearer token for a partner's program (OAuth 2 client credentials, RFC 6749 §4.4)."""
    await gateway.throttle.count(throttle.ADDRESS, address)
    await gateway.throttle.count(throttle.CLIENT, client_id, address)
    async with gateway.database.acquire() as connection:
        stored = await gateway.identities.secret_of_client(connection, client_id)
    if not await gateway.passwords.matches(stored, client_secret):
        async with gateway.database.transaction() as connection:
            failed = SignInFailedV1(
                client_id=client_id if stored else None, reason="wrong", failed_at=time.now()
            )
            await _tell(connection, ANONYMOUS.actor, client_id if stored else "unknown-client", failed)
        raise Problem("invalid_client", headers={"www-authenticate": 'Basic realm="tongban"'})
    async with gateway.database.transaction() as connection:
        begun = await gateway.sessions.begin(connection, Session.CLIENT, client_id=client_id)
        actor = Actor(f"client:{client_id}", frozenset({Role.PROVINCE}))
        event = SignedInV1(client_id=client_id, session="client", signed_in_at=time.now())
        await _tell(connection, actor, client_id, event)
    await gateway.throttle.forget(throttle.CLIENT, client_id, address)
    await gateway.throttle.take_back(throttle.ADDRESS, address)
    return begun


async def sign_out(gateway: "Gateway", visitor: Visitor) -> None:
    """End the session that this request came with."""
    account = account_of(visitor)
    event = SignedOutV1(
        account_id=account.id,
        client_id=account.login if account.kind == "client" else None,
        signed_out_at=time.now(),
    )
    async with gateway.database.transaction() as connection:
        await gateway.sessions.end(connection, visitor)
        await _tell(connection, visitor.actor, str(account.id or account.login), event)


async def change_password(gateway: "Gateway", visitor: Visitor, form: ChangePassword, address: str) -> None:
    """Another password in place of the present one; every session of the account ends."""
    account = account_of(visitor)
    if account.id is None:
        raise Problem("forbidden")
    await gateway.throttle.count(throttle.SIGN_IN, account.login, address)
    async with gateway.database.acquire() as connection:
        known = await gateway.identities.credentials_of(connection, account.id)
    if known is None or not await gateway.passwords.matches(known.password_hash, form.present_password):
        raise Refused(
            "invalid",
            "present_password_wrong",
            "当前密码不正确。",
            "The present password is not right.",
            pointer="/present_password",
        )
    await _set_password(gateway, visitor.actor, account.id, form.new_password, "password_changed")
    await gateway.throttle.forget(throttle.SIGN_IN, account.login, address)


async def ask_reset(gateway: "Gateway", form: AskReset, address: str) -> None:
    """Send the owner a link, if there is such an account with an e-mail address; the answer never tells."""
    login = form.login.strip()
    await gateway.throttle.count(throttle.RESET, login, address)
    await gateway.throttle.count(throttle.ADDRESS, address)
    async with gateway.database.transaction() as connection:
        known = await gateway.identities.credentials(connection, login)
        email = await gateway.identities.email_of(connection, known.account_id) if known else None
        if known is None or known.disabled or email is None:
            return
        token = await write_reset(connection, known.account_id, RESET_LIFETIME)
        letter = reset_letter(email, f"{gateway.settings.address}/password-reset?token={token}")
        await gateway.mail.add(connection, letter, RESET_LIFETIME)
        await _tell_of_change(
            connection, ANONYMOUS.actor, known.account_id, "reset_requested", known.version, None
        )
    gateway.mail.wake()


async def reset_password(gateway: "Gateway", form: ResetPassword, address: str) -> None:
    """A new password by the token of the letter, which works once and for half an hour."""
    await gateway.throttle.count(throttle.ADDRESS, address)
    async with gateway.database.acquire() as connection:
        account_id = await take_reset(connection, form.token)
    if account_id is None:
        raise Problem(
            "reset_token_invalid",
            status=410,
            zh="重置链接无效、已使用或已过期，请重新申请。",
            en="The reset link is not valid, was used or has expired; ask for another.",
        )
    actor = Actor(f"account:{account_id}", frozenset({Role.APPLICANT}))
    await _set_password(gateway, actor, account_id, form.new_password, "password_reset")
    await gateway.throttle.take_back(throttle.ADDRESS, address)


async def _set_password(
    gateway: "Gateway", actor: Actor, account_id: UUID, password: str, change: str
) -> None:
    hashed = await gateway.passwords.hash(password)
    async with gateway.database.transaction() as connection:
        version = await gateway.identities.set_password(connection, account_id, hashed, time.now())
        await _tell_of_change(connection, actor, account_id, change, version, None)
    gateway.sessions.forget_account(account_id)


def account_of(visitor: Visitor) -> Account:
    """The account of somebody who is signed in."""
    assert visitor.account is not None
    return visitor.account


def view_of(visitor: Visitor) -> AccountView:
    """The account as its owner sees it."""
    account = account_of(visitor)
    return AccountView(
        account_id=account.id,
        login=account.login,
        display_name=account.display_name,
        kind=account.kind,
        roles=sorted(visitor.actor.roles),
        unit=visitor.actor.unit,
        certificate=account.certificate,
        mobile=account.mobile,
        email=account.email,
        verification=account.verification,
    )


async def _tell_of_change(
    connection: Connection,
    actor: Actor,
    account_id: UUID,
    change: str,
    version: int,
    verification: str | None,
) -> None:
    event = AccountChangedV1.model_validate(
        {
            "account_id": account_id,
            "change": change,
            "verification": verification,
            "version": version,
            "changed_at": time.now(),
        }
    )
    await _tell(connection, actor, str(account_id), event)


async def _tell(connection: Connection, actor: Actor, subject: str, event: Event) -> None:
    """Publish with the change itself; milliseconds number what happens to one account."""
    at: datetime = time.now()
    sequence = int(at.timestamp() * 1000)
    told = envelope(
        event,
        source="/gateway",
        event_id=uuid4(),
        subject=subject,
        sequence=sequence,
        recorded_at=at,
        actor=actor,
    )
    await outbox.add(connection, [told])
