"""What the handlers work with: keys, known items and calendars, numbers, the credit source, the words of the organ.

One `Office` lives for the life of the process.
"""

import json
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from typing import Any

from services.applications import projections
from services.applications.credit.asking import CreditDesk
from services.applications.credit.platform import HttpCreditSource, read_key
from services.applications.domain.credit import GradePolicy
from services.applications.domain.facts import AS_WORKING_DAYS, HearingLimits
from services.applications.domain.item import Item, Limit
from services.applications.domain.values import Organ
from services.applications.projections import Known
from services.applications.settings import ApplicationsSettings
from services.applications.store import credit
from services.applications.store.cases import AccessCodes
from services.applications.store.credit import Listed
from services.applications.store.documents import DocumentOffice
from services.applications.store.numbers import CaseNumbers
from services.applications.store.parties import PartyBook
from shared.database import Connection, Database
from shared.deadlines import Calendar
from shared.messaging.commands import CommandLog
from shared.privacy import BlindIndex, Keyring


@dataclass
class Office:
    """The long-lived things of the case engine."""

    database: Database
    commands: CommandLog
    keyring: Keyring
    people: BlindIndex
    parties: PartyBook
    documents: DocumentOffice
    codes: AccessCodes
    numbers: CaseNumbers
    organ: Organ
    credit: CreditDesk = field(default_factory=CreditDesk)
    hearing: HearingLimits = AS_WORKING_DAYS
    known: Known = field(default_factory=Known)

    @property
    def calendar(self) -> Calendar:
        """The newest calendar known."""
        return self.known.calendar

    @classmethod
    def open(cls, database: Database, commands: CommandLog, settings: ApplicationsSettings) -> "Office":
        """The office of this process, with the keys of its secrets folder."""
        keyring = Keyring.from_file(settings.secrets_dir / "parties.keyring.json")
        people = BlindIndex.from_file(settings.secrets_dir / "blind-index.key")
        return cls(
            database=database,
            commands=commands,
            keyring=keyring,
            people=people,
            parties=PartyBook(keyring, people),
            documents=DocumentOffice(keyring, settings.organ_word),
            codes=AccessCodes(keyring),
            numbers=CaseNumbers(database, settings.case_number_block),
            organ=Organ(settings.reconsideration_organ, settings.court, settings.reconsideration_url),
            credit=_credit_desk(settings),
            hearing=HearingLimits(
                Limit(AS_WORKING_DAYS.request.length, settings.hearing_request_unit),
                Limit(AS_WORKING_DAYS.hold.length, settings.hearing_hold_unit),
            ),
        )

    async def refresh(self, connection: Connection | None = None) -> None:
        """Read items and calendars again when any replica has learned something."""
        if connection is None:
            async with self.database.acquire() as own:
                await self.refresh(own)
            return
        if await projections.changes(connection) == self.known.changes:
            return
        known = await projections.read_known(connection)
        # Two may read at once, and the one that began earlier must not have the last word.
        if known.changes > self.known.changes:
            self.known = known

    async def item_in_force(
        self, code: str, version: int | None, on: date, connection: Connection | None = None
    ) -> Item:
        """The version of an item that an application of this day is about."""
        if code not in self.known.versions:
            # Published a moment ago, perhaps: look once before saying that there is no such item.
            await self.refresh(connection)
        return self.known.in_force(code, version, on)

    async def load_demo_credit(self, connection: Connection) -> None:
        """Put the synthetic records of the demonstration on the local register."""
        text = resources.files("services.applications").joinpath("credit_seed.json").read_text("utf-8")
        listed = [self._listed(record) for record in json.loads(text)["records"]]
        await credit.seed(connection, listed, "demo")

    def _listed(self, record: dict[str, Any]) -> Listed:
        return Listed(
            person_id=self.people.person_id(record["certificate_type"], record["certificate_number"]),
            kind=record["kind"],
            list_item=record["list_item"],
            recorded_on=date.fromisoformat(record["recorded_on"]),
        )


def _credit_desk(settings: ApplicationsSettings) -> CreditDesk:
    """Everybody who is asked about credit: always the local register, and the city's platform when it is named."""
    outside = []
    if settings.credit_url:
        source = HttpCreditSource(
            settings.credit_url,
            read_key(settings.secrets_dir),
            client_id=settings.credit_client,
            timeout_seconds=settings.credit_timeout_seconds,
            ca_file=settings.credit_ca_file,
        )
        outside.append(source)
    policy = GradePolicy(settings.credit_grade_policy)
    return CreditDesk(outside, policy, settings.credit_reuse, settings.credit_valid)
