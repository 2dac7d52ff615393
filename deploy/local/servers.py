"""What the platform needs from a database server and a broker, private or given: databases, logins, accounts with few rights.

`PostgresServer` and `RabbitServer` are the private ones; tests start their own in a temporary folder with the same classes.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from deploy.local.faults import Fault
from deploy.local.ports import PortBook
from deploy.local.postgresql import PostgresServer
from deploy.local.rabbitmq import Account, RabbitServer
from deploy.services import SERVICES, database_of

__all__ = [
    "OWNER",
    "RELAY",
    "Account",
    "PortBook",
    "PostgresServer",
    "RabbitServer",
    "create_databases",
    "drop_databases",
    "platform_accounts",
    "service_account",
]

OWNER = "tongban"  # declares the topology
RELAY = "relay"  # the only account that may write to an exchange of events


def platform_accounts(passwords: Mapping[str, str]) -> list[Account]:
    """The owner first, then the relay, then one account per service with no right that it does not need."""
    services = [service_account(service, passwords[service]) for service in SERVICES]
    relay = Account(RELAY, passwords[RELAY], configure="^$", write=r"^[a-z]+\.events$", read="^$")
    return [Account(OWNER, passwords[OWNER]), relay, *services]


def service_account(service: str, password: str) -> Account:
    """Reads its own queues, calls and answers through nameko-rpc, makes only its own reply queues, publishes no event."""
    replies = rf"rpc\.reply-{re.escape(service)}-.*"
    return Account(
        service,
        password,
        configure=f"^{replies}$",
        write=f"^(nameko-rpc|{replies})$",
        read=rf"^(nameko-rpc|rpc-{service}|{service}\..*|{replies})$",
        # Answers go to a key that nobody can guess. Bound to `#`, a queue would hear every call with its token.
        bindings={"nameko-rpc": "^[0-9a-f-]+$"},
    )


def create_databases(admin_url: str, passwords: Mapping[str, str]) -> dict[str, str]:
    """Makes what is missing and returns each service's own address. Nobody but the owner may connect to a database."""
    try:
        with psycopg.connect(admin_url, autocommit=True, connect_timeout=10) as connection:
            for service in SERVICES:
                _create_database(connection, database_of(service), passwords[service])
    except psycopg.Error as error:
        where = f"{urlsplit(admin_url).hostname}:{urlsplit(admin_url).port or 5432}"
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise Fault(
            f"无法在 {where} 上建立数据库（{reason}）——请检查 DATABASE_URL：其账号需要 CREATEDB 和 CREATEROLE 权限。",
            f"The databases could not be made on {where} ({reason})"
            " – check DATABASE_URL: its login needs CREATEDB and CREATEROLE.",
        ) from error
    return {service: _with_login(admin_url, database_of(service), passwords[service]) for service in SERVICES}


def drop_databases(admin_url: str) -> None:
    """Deletes what `create_databases` made on a given server, so that no data stays whose keys are gone."""
    with psycopg.connect(admin_url, autocommit=True, connect_timeout=10) as connection:
        for service in SERVICES:
            name = sql.Identifier(database_of(service))
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(name))


def _create_database(connection: psycopg.Connection, name: str, password: str) -> None:
    identifier = sql.Identifier(name)
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    verb = sql.SQL("ALTER" if known else "CREATE")
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, identifier, sql.Literal(password))
    )
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return
    # An administrator who is no superuser may hand a database only to a role that he belongs to.
    connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(identifier))
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
            identifier, identifier
        )
    )
    connection.execute(sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(identifier))


def _with_login(admin_url: str, name: str, password: str) -> str:
    parts = urlsplit(admin_url)
    place = f"{parts.hostname}:{parts.port or 5432}"
    return urlunsplit(
        (parts.scheme, f"{name}:{quote(password, safe='')}@{place}", f"/{name}", parts.query, "")
    )
