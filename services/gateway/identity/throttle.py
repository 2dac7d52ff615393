"""Slows down guessing: passwords per account and address, codes of cases per address.

A try is counted before it is judged, so that many at once gain nothing, and taken back when it was right.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network

from starlette.types import Scope

from services.gateway.problems import Problem
from shared import time
from shared.database import Database
from shared.privacy import BlindIndex

WINDOW = timedelta(minutes=15)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Limit:
    """How many wrong tries are free, for what."""

    purpose: str
    free: int


SIGN_IN = Limit("sign_in", 5)
ADDRESS = Limit("address", 100)
# A program asks from many workers at once, and its secret is too long to be guessed.
CLIENT = Limit("client", 50)
LOOKUP = Limit("lookup", 5)
# Registrations count although they are right: an office may register many people, a script must not try thousands.
REGISTER = Limit("register", 200)
RESET = Limit("reset", 4)
# Every question counts, right or wrong: an office may ask all day, a script must not have the server count for it.
CALCULATOR = Limit("calculator", 300)


def address_of(scope: Scope) -> str:
    """Where a request comes from, as tries are counted: of an IPv6 address its network, for a household has 2⁶⁴ of them."""
    address: str = (scope.get("client") or ("unknown",))[0]
    try:
        written = IPv6Address(address)
    except ValueError:
        return address
    # An IPv4 address may come in the form of the other.
    return str(written.ipv4_mapped or IPv6Network((int(written) >> 64 << 64, 64)))


class Throttle:
    """The tries that failed lately, by keyed digests: neither a login nor an address is stored."""

    def __init__(self, database: Database, blind_index: BlindIndex) -> None:
        self._database = database
        self._blind_index = blind_index

    async def count(self, limit: Limit, *what: str) -> None:
        """Count one try; raises `too_many_attempts` when it has to wait."""
        key, now = self._key(limit, what), time.now()
        async with self._database.acquire() as connection:
            counted = await connection.fetchval(
                """
                INSERT INTO attempts AS a (key, failures, first_failed_at, blocked_until)
                VALUES ($1, 1, $2::timestamptz, $3::timestamptz)
                ON CONFLICT (key) DO UPDATE SET
                    failures = CASE WHEN a.first_failed_at < $3 THEN 1 ELSE a.failures + 1 END,
                    first_failed_at = CASE WHEN a.first_failed_at < $3 THEN $2 ELSE a.first_failed_at END,
                    blocked_until = CASE WHEN a.first_failed_at < $3 OR a.failures < $4::integer THEN $3
                        ELSE $2 + least($5::interval * power(2, least(a.failures - $4, 20)), $6::interval) END
                WHERE a.blocked_until <= $2
                RETURNING failures
                """,
                key,
                now,
                _not_blocked(now),
                limit.free,
                FIRST_PAUSE,
                LONGEST_PAUSE,
            )
            if counted is not None:
                return
            until = await connection.fetchval("SELECT blocked_until FROM attempts WHERE key = $1", key)
        seconds = math.ceil((until - now).total_seconds()) if until else 1
        raise Problem("too_many_attempts", headers={"retry-after": str(max(seconds, 1))})

    async def forget(self, limit: Limit, *what: str) -> None:
        """The try was right: its count starts anew."""
        async with self._database.acquire() as connection:
            await connection.execute("DELETE FROM attempts WHERE key = $1", self._key(limit, what))

    async def take_back(self, limit: Limit, *what: str) -> None:
        """The try was right, others may not have been: one less."""
        async with self._database.acquire() as connection:
            await connection.execute(
                "UPDATE attempts SET failures = greatest(failures - 1, 0), blocked_until = $2 WHERE key = $1",
                self._key(limit, what),
                _not_blocked(time.now()),
            )

    async def sweep(self) -> None:
        """Delete counts that would start anew anyway, in bounded pieces: every address ever seen has one."""
        async with self._database.acquire() as connection:
            await connection.execute(
                """
                DELETE FROM attempts WHERE key IN (
                    SELECT key FROM attempts WHERE blocked_until < $1 ORDER BY blocked_until LIMIT 5000)
                """,
                time.now() - 2 * WINDOW,
            )

    def _key(self, limit: Limit, what: tuple[str, ...]) -> bytes:
        return self._blind_index.digest(f"attempt:{limit.purpose}", "\n".join(what).encode())


def _not_blocked(now: datetime) -> datetime:
    """The end of a block that is none: long past, so that a try that took its time a moment earlier is not refused."""
    return now - WINDOW
