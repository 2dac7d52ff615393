"""Asking every source about a person's credit, keeping each answer, and taking them together.

Sources outside are asked before a transaction begins and never inside one: their answer is kept, and inside the
transaction the newest kept answer is read together with the local register.  A kept answer that has become old is no
answer, so a path that forgets to ask makes nobody eligible.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import TypeAdapter

from services.applications.credit import register
from services.applications.credit.sources import CreditSource, Subject
from services.applications.domain.credit import CreditAnswer, CreditFacts, GradePolicy, taken_together
from services.applications.store import credit as rows
from shared.database import Connection, Database

_ANSWER = TypeAdapter(CreditAnswer)


@dataclass
class CreditDesk:
    """Everybody who is asked about credit, and how their answers count."""

    outside: Sequence[CreditSource] = ()
    policy: GradePolicy = field(default_factory=GradePolicy)
    # An answer this young is used again (a dry run and the submission right after it ask once) …
    reuse: timedelta = timedelta(minutes=10)
    # … and one this old is none any more.
    valid: timedelta = timedelta(hours=24)
    # Somebody who was silent is not asked again by each look at a page.
    patience: timedelta = timedelta(minutes=1)

    async def ask(
        self, database: Database, subject: Subject, at: datetime, *, again: bool = False
    ) -> CreditFacts:
        """Ask everybody now, outside any transaction; `again` asks although there is a young answer."""
        answers = await asyncio.gather(
            *(self._ask_one(database, source, subject, at, again=again) for source in self.outside)
        )
        async with database.acquire() as connection:
            own = await register.read(connection, subject.person_id, at)
        return taken_together([own, *answers], self.policy)

    async def known(self, connection: Connection, person_id: UUID, at: datetime) -> CreditFacts:
        """The register now, and the newest kept answer of everybody else; nobody outside is asked."""
        own = await register.read(connection, person_id, at)
        kept = [await self._kept(connection, source.name, person_id, at) for source in self.outside]
        return taken_together([own, *kept], self.policy)

    async def needs_asking(self, connection: Connection, person_id: UUID, at: datetime) -> bool:
        """Whether anybody outside has to be asked, because what is kept is too old or says nothing."""
        for source in self.outside:
            newest = await _newest(connection, source.name, person_id)
            if newest is None or at - newest.queried_at > (self.valid if newest.answered else self.patience):
                return True
        return False

    async def close(self) -> None:
        """Let go of connections."""
        for source in self.outside:
            await source.close()

    async def _ask_one(
        self, database: Database, source: CreditSource, subject: Subject, at: datetime, *, again: bool
    ) -> CreditAnswer:
        if not again:
            async with database.acquire() as connection:
                newest = await _newest(connection, source.name, subject.person_id)
            if newest is not None and newest.answered and timedelta() <= at - newest.queried_at <= self.reuse:
                return newest
        answer = await source.ask(subject, at)
        async with database.acquire() as connection:
            await _keep(connection, subject.person_id, answer)
        return answer

    async def _kept(self, connection: Connection, source: str, person_id: UUID, at: datetime) -> CreditAnswer:
        newest = await _newest(connection, source, person_id)
        if newest is None:
            return CreditAnswer(source, at, answered=False, fault="not_asked")
        if newest.answered and at - newest.queried_at > self.valid:
            return replace(newest, answered=False, records=(), grade=None, graded_on=None, fault="too_old")
        return newest


async def _newest(connection: Connection, source: str, person_id: UUID) -> CreditAnswer | None:
    body = await rows.newest_answer(connection, person_id, source)
    return None if body is None else _ANSWER.validate_python(body)


async def _keep(connection: Connection, person_id: UUID, answer: CreditAnswer) -> None:
    body = _ANSWER.dump_python(answer, mode="json")
    await rows.insert_answer(
        connection, person_id, answer.source, answer.queried_at, answered=answer.answered, body=body
    )
