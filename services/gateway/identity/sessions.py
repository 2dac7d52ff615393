"""Sessions: an opaque token in a cookie or a header, of which the database keeps the digest only.

Whoever was recognised is remembered for a few seconds in this process, because every request asks; signing out here
forgets at once, and another replica follows when its memory ends.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

import asyncpg

from services.gateway.identity.store import Identities
from services.gateway.identity.visitor import Session, Visitor
from services.gateway.problems import Problem
from services.gateway.settings import GatewaySettings
from shared import time
from shared.database import Connection, Database

REMEMBERED_SECONDS = 10.0
MOST_REMEMBERED = 10_000
TOUCHED_EVERY = timedelta(seconds=60)
_TOKEN_BYTES = 32


def digest_of(token: str) -> bytes:
    """What the database knows of a token."""
    return hashlib.sha256(token.encode()).digest()


@dataclass(frozen=True, slots=True)
class Begun:
    """A new session: the token, which exists nowhere else, and when it ends."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Remembered:
    visitor: Visitor
    until: float
    expires_at: datetime


class Sessions:
    """Begins, recognises and ends sessions."""

    def __init__(self, database: Database, identities: Identities, settings: GatewaySettings) -> None:
        self._database = database
        self._identities = identities
        self._idle = timedelta(minutes=settings.session_idle_minutes)
        self._length = {
            Session.COOKIE: timedelta(hours=settings.session_hours),
            Session.BEARER: timedelta(minutes=settings.bearer_minutes),
            Session.CLIENT: timedelta(minutes=settings.bearer_minutes),
        }
        self._remembered: dict[bytes, _Remembered] = {}

    async def begin(
        self,
        connection: Connection,
        kind: Session,
        *,
        account_id: UUID | None = None,
        client_id: str | None = None,
    ) -> Begun:
        """A session of this account or program, in the caller's transaction."""
        token, now = secrets.token_urlsafe(_TOKEN_BYTES), time.now()
        expires_at = now + self._length[kind]
        await connection.execute(
            """
            INSERT INTO sessions (token_sha256, kind, account_id, client_id, created_at, last_seen_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $5, $6)
            """,
            digest_of(token),
            kind.value,
            account_id,
            client_id,
            now,
            expires_at,
        )
        return Begun(token, expires_at)

    async def recognise(self, token: str, *, cookie: bool) -> Visitor | None:
        """Whoever holds this token; `None` when it is unknown, ended, or of the other kind."""
        digest = digest_of(token)
        known = self._remembered.get(digest)
        if known is None or known.until < monotonic() or known.expires_at <= time.now():
            known = await self._look_up(digest)
        if known is None or (known.visitor.session is Session.COOKIE) is not cookie:
            return None
        return known.visitor

    async def _look_up(self, digest: bytes) -> _Remembered | None:
        self._remembered.pop(digest, None)
        async with self._database.acquire() as connection:
            session = await connection.fetchrow("SELECT * FROM sessions WHERE token_sha256 = $1", digest)
            if session is None or self._ends_at(session) <= time.now():
                return None
            visitor = await self._visitor(connection, session)
            if visitor is None:
                return None
            await self._touch(connection, session)
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        found = _Remembered(visitor, monotonic() + REMEMBERED_SECONDS, self._ends_at(session))
        self._remembered[digest] = found
        return found

    def _ends_at(self, session: asyncpg.Record) -> datetime:
        """When the session ends if nothing more is heard of it; a program's ends at its time, however busy it is."""
        expires_at: datetime = session["expires_at"]
        if session["kind"] != Session.COOKIE:
            return expires_at
        idle_until: datetime = session["last_seen_at"] + self._idle
        return min(expires_at, idle_until)

    async def _visitor(self, connection: Connection, session: asyncpg.Record) -> Visitor | None:
        if session["client_id"] is not None:
            row = await connection.fetchrow(
                "SELECT * FROM clients WHERE client_id = $1 AND disabled_at IS NULL", session["client_id"]
            )
            return None if row is None else self._identities.client_visitor(row, session["token_sha256"])
        row = await connection.fetchrow(
            "SELECT * FROM accounts WHERE id = $1 AND disabled_at IS NULL", session["account_id"]
        )
        if row is None:
            return None
        return self._identities.visitor(row, Session(session["kind"]), session["token_sha256"])

    async def _touch(self, connection: Connection, session: asyncpg.Record) -> None:
        now = time.now()
        if now - session["last_seen_at"] >= TOUCHED_EVERY:
            await connection.execute(
                "UPDATE sessions SET last_seen_at = $2 WHERE token_sha256 = $1", session["token_sha256"], now
            )

    async def end(self, connection: Connection, visitor: Visitor) -> None:
        """End this session."""
        if visitor.token_sha256 is not None:
            self._remembered.pop(visitor.token_sha256, None)
            await connection.execute("DELETE FROM sessions WHERE token_sha256 = $1", visitor.token_sha256)

    def forget_account(self, account_id: UUID) -> None:
        """Recognise none of the account's sessions from memory any more."""
        ended = [
            digest
            for digest, known in self._remembered.items()
            if known.visitor.account is not None and known.visitor.account.id == account_id
        ]
        for digest in ended:
            del self._remembered[digest]

    async def sweep(self) -> None:
        """Delete what has ended."""
        async with self._database.acquire() as connection:
            await connection.execute("DELETE FROM sessions WHERE expires_at < $1", time.now())


class Csrf:
    """The token that a form or script of our own pages sends along, which another site cannot know.

    It is derived from what the browser's cookie holds, so nothing is stored: from the session when somebody is
    signed in, from a random visitor cookie on the forms before that.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, bound_to: bytes) -> str:
        """The token for this session digest, or for the digest of the visitor cookie."""
        return hmac.new(self._key, b"csrf\0" + bound_to, hashlib.sha256).hexdigest()

    def check(self, visitor: Visitor, token: str | None) -> None:
        """Raises `csrf_token_invalid` unless the token belongs to the visitor's session."""
        self.check_bound(visitor.token_sha256 or b"", token)

    def check_bound(self, bound_to: bytes, token: str | None) -> None:
        """The same for a form before sign-in."""
        expected = self.token(bound_to)
        if token is None or not hmac.compare_digest(expected.encode(), token.encode("utf-8", "replace")):
            raise Problem("csrf_token_invalid")
