"""The only SQL about accounts, partners' programs, sessions and resets; sealed columns are opened here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.gateway.identity.visitor import Account, Session, Visitor
from shared.database import Connection
from shared.identity import Actor, Role
from shared.privacy import BlindIndex, Keyring, mask_certificate, mask_email, mask_mobile, mask_name


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to store, its personal data still readable."""

    id: UUID
    kind: str
    login: str
    roles: frozenset[Role]
    password_hash: str
    display_name: str
    unit: str | None = None
    certificate_type: str | None = None
    certificate_number: str | None = None
    verification: str | None = None
    mobile: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is judged by."""

    account_id: UUID
    login: str
    password_hash: str
    disabled: bool
    version: int


class Identities:
    """Accounts and clients of this platform."""

    def __init__(self, keyring: Keyring, blind_index: BlindIndex) -> None:
        self._keyring = keyring
        self._blind_index = blind_index

    async def add(self, connection: Connection, new: NewAccount, at: datetime) -> None:
        """Store an account; raises `asyncpg.UniqueViolationError` when its login or certificate is taken."""
        sealed = {name: self._seal(new.id, name, getattr(new, name)) for name in SEALED}
        certificate_index, person_id = self._certificate(new)
        await connection.execute(
            """
            INSERT INTO accounts (id, kind, login, roles, unit, password_hash, display_name, certificate_type,
                certificate_number, certificate_index, person_id, verification, mobile, email, email_index,
                created_at, password_changed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)
            """,
            new.id,
            new.kind,
            new.login,
            sorted(new.roles),
            new.unit,
            new.password_hash,
            sealed["display_name"],
            new.certificate_type,
            sealed["certificate_number"],
            certificate_index,
            person_id,
            new.verification,
            sealed["mobile"],
            sealed["email"],
            self._blind_index.index("email", new.email) if new.email else None,
            at,
        )

    def _certificate(self, new: NewAccount) -> tuple[bytes | None, UUID | None]:
        if new.certificate_type is None or new.certificate_number is None:
            return None, None
        return (
            self._blind_index.index(f"account-certificate:{new.certificate_type}", new.certificate_number),
            self._blind_index.person_id(new.certificate_type, new.certificate_number),
        )

    async def login_exists(self, connection: Connection, login: str) -> bool:
        """Whether somebody has this login."""
        return bool(
            await connection.fetchval("SELECT EXISTS (SELECT 1 FROM accounts WHERE login = $1)", login)
        )

    async def credentials(self, connection: Connection, login: str) -> Credentials | None:
        """What belongs to this login."""
        row = await connection.fetchrow(
            "SELECT id, login, password_hash, disabled_at, version FROM accounts WHERE login = $1", login
        )
        if row is None:
            return None
        return Credentials(
            row["id"], row["login"], row["password_hash"], row["disabled_at"] is not None, row["version"]
        )

    async def credentials_of(self, connection: Connection, account_id: UUID) -> Credentials | None:
        """What belongs to this account."""
        login = await connection.fetchval("SELECT login FROM accounts WHERE id = $1", account_id)
        return None if login is None else await self.credentials(connection, login)

    async def set_password(
        self, connection: Connection, account_id: UUID, password_hash: str, at: datetime
    ) -> int:
        """Store another password and end every session; the account's new version."""
        await connection.execute("DELETE FROM sessions WHERE account_id = $1", account_id)
        version: int = await connection.fetchval(
            """
            UPDATE accounts SET password_hash = $2, password_changed_at = $3, version = version + 1
            WHERE id = $1 RETURNING version
            """,
            account_id,
            password_hash,
            at,
        )
        return version

    async def email_of(self, connection: Connection, account_id: UUID) -> str | None:
        """Where a letter to the account's owner goes."""
        sealed = await connection.fetchval("SELECT email FROM accounts WHERE id = $1", account_id)
        return self._open(account_id, "email", sealed)

    async def secret_of_client(self, connection: Connection, client_id: str) -> str | None:
        """The hash of a partner program's secret; `None` when there is no such program or it is switched off."""
        hashed: str | None = await connection.fetchval(
            "SELECT secret_hash FROM clients WHERE client_id = $1 AND disabled_at IS NULL", client_id
        )
        return hashed

    async def account_row(self, connection: Connection, account_id: UUID) -> asyncpg.Record:
        """The stored row of an account that exists."""
        row = await connection.fetchrow("SELECT * FROM accounts WHERE id = $1", account_id)
        assert row is not None
        return row

    def account(self, row: asyncpg.Record) -> Account:
        """The account as it may be shown: masked."""
        identifier: UUID = row["id"]
        name = self._open(identifier, "display_name", row["display_name"]) or ""
        number = self._open(identifier, "certificate_number", row["certificate_number"])
        mobile = self._open(identifier, "mobile", row["mobile"])
        email = self._open(identifier, "email", row["email"])
        return Account(
            id=identifier,
            login=row["login"],
            # Staff act in the name of their office and are named; an applicant's name is shown masked, as everywhere.
            display_name=name if row["kind"] == "staff" else mask_name(name),
            kind=row["kind"],
            certificate=number and mask_certificate(number),
            mobile=mobile and mask_mobile(mobile),
            email=email and mask_email(email),
            verification=row["verification"],
        )

    def visitor(self, row: asyncpg.Record, session: Session, token_sha256: bytes | None) -> Visitor:
        """The visitor who owns this account."""
        staff = row["kind"] == "staff"
        actor = Actor(
            f"staff:{row['login']}" if staff else f"account:{row['id']}",
            frozenset(Role(role) for role in row["roles"]),
            row["unit"],
            row["person_id"],
        )
        return Visitor(actor, session, self.account(row), token_sha256)

    def client_visitor(self, row: asyncpg.Record, token_sha256: bytes) -> Visitor:
        """The visitor that is a partner's program."""
        actor = Actor(
            f"client:{row['client_id']}", frozenset(Role(role) for role in row["roles"]), row["unit"]
        )
        account = Account(None, row["client_id"], row["name"], "client")
        return Visitor(actor, Session.CLIENT, account, token_sha256)

    def _seal(self, account_id: UUID, column: str, value: str | None) -> bytes | None:
        return (
            None if value is None else self._keyring.encrypt(value, context=f"accounts:{account_id}:{column}")
        )

    def _open(self, account_id: UUID, column: str, sealed: bytes | None) -> str | None:
        if sealed is None:
            return None
        return self._keyring.decrypt_text(sealed, context=f"accounts:{account_id}:{column}")


SEALED = ("display_name", "certificate_number", "mobile", "email")
