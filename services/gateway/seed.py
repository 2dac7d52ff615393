"""Makes the demo accounts that are missing: `python -m services.gateway.seed`, in local and test mode only.

Prints them as JSON, so that whoever starts a local copy can show them.  Harmless to repeat: an account that is there
stays as it is, with whatever password it has by then.
"""

import asyncio
import json
import sys
from uuid import UUID, uuid5

from services.gateway.contracts import AccountChangedV1
from services.gateway.demo_accounts import CLIENTS, EVERYBODY, PEOPLE, DemoAccount
from services.gateway.identity.passwords import Passwords
from services.gateway.identity.store import Identities, NewAccount
from services.gateway.settings import GatewaySettings
from shared import time
from shared.database import Connection, Database
from shared.identity import system_actor
from shared.messaging import outbox
from shared.messaging.envelope import envelope
from shared.privacy import BlindIndex, Keyring
from shared.runtime.settings import load

# The same login has the same id in every local copy, so that examples can name it.
_NAMESPACE = UUID("7d0a4c1e-8c1a-5b8e-9a52-2f1a6d1c0b11")


async def seed(database: Database, identities: Identities, passwords: Passwords) -> int:
    """Make what is missing; how many that was."""
    made = 0
    for account in PEOPLE:
        made += await _seed_person(database, identities, passwords, account)
    for client in CLIENTS:
        made += await _seed_client(database, passwords, client)
    return made


async def _seed_person(
    database: Database, identities: Identities, passwords: Passwords, account: DemoAccount
) -> int:
    async with database.acquire() as connection:
        if await identities.login_exists(connection, account.login):
            return 0
    new = NewAccount(
        id=uuid5(_NAMESPACE, account.login),
        kind="applicant" if account.person else "staff",
        login=account.login,
        roles=account.roles,
        password_hash=await passwords.hash(account.password),
        display_name=account.name,
        unit=account.unit,
        certificate_type=account.person.get("certificate_type"),
        certificate_number=account.person.get("certificate_number"),
        verification="local" if account.person else None,
        mobile=account.person.get("mobile"),
        email=account.person.get("email"),
    )
    async with database.transaction() as connection:
        await identities.add(connection, new, time.now())
        await _tell(connection, new)
    return 1


async def _tell(connection: Connection, new: NewAccount) -> None:
    at = time.now()
    event = AccountChangedV1(
        account_id=new.id, change="seeded", verification=new.verification, version=1, changed_at=at
    )
    told = envelope(
        event,
        source="/gateway",
        event_id=uuid5(_NAMESPACE, f"seeded:{new.login}"),
        subject=str(new.id),
        sequence=int(at.timestamp() * 1000),
        recorded_at=at,
        actor=system_actor("gateway"),
    )
    await outbox.add(connection, [told])


async def _seed_client(database: Database, passwords: Passwords, client: DemoAccount) -> int:
    async with database.acquire() as connection:
        if await connection.fetchval("SELECT 1 FROM clients WHERE client_id = $1", client.login):
            return 0
        await connection.execute(
            """
            INSERT INTO clients (client_id, name, secret_hash, roles, unit, created_at)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
            """,
            client.login,
            client.name,
            await passwords.hash(client.password),
            sorted(client.roles),
            client.unit,
            time.now(),
        )
    return 1


async def _run(settings: GatewaySettings) -> None:
    database = Database(settings.database_url, size=2, application_name="tongban-gateway-seed")
    passwords = Passwords()
    await database.start()
    try:
        identities = Identities(
            Keyring.from_file(settings.secrets_dir / "parties.keyring.json"),
            BlindIndex.from_file(settings.secrets_dir / "blind-index.key"),
        )
        await seed(database, identities, passwords)
    finally:
        await database.stop()
        passwords.stop()


def main() -> int:
    """Seed, and print the accounts as JSON."""
    settings = load(GatewaySettings)
    if settings.mode == "production":
        sys.stderr.write("演示账号只用于本地和测试模式。 Demo accounts are for local and test mode only.\n")
        return 1
    asyncio.run(_run(settings))
    accounts = [{"login": one.login, "password": one.password, "who": one.who} for one in EVERYBODY]
    sys.stdout.write(json.dumps(accounts, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
