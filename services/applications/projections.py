"""What this service knows from the catalogue: item versions and calendars, kept here so that it works alone.

The rows are fed by events in any order and hold whole published versions; `Known` is the copy in memory that every
command reads.  A counter row tells each replica that something changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from services.applications.domain.errors import DomainError, InvalidRequest
from services.applications.domain.item import (
    CommitmentPolicy,
    Item,
    Limit,
    Material,
    ProcedureRule,
    ReviewStep,
    TolerancePolicy,
    Validity,
)
from services.catalogue.contracts import (
    CalendarPublishedV1,
    ItemPublishedV1,
    ItemType,
    ItemWithdrawnV1,
    Necessity,
)
from services.catalogue.contracts import Limit as PublishedLimit
from services.catalogue.contracts import Material as PublishedMaterial
from services.catalogue.contracts.codes import ResultKind
from services.catalogue.contracts.item import ItemContent, SpecialProcedure
from services.catalogue.contracts.item import ReviewStep as PublishedStep
from shared.database import Connection
from shared.deadlines.calendar import Calendar, CalendarYear
from shared.deadlines.clock import Unit
from shared.deadlines.shipped import shipped_calendar
from shared.errors import Refused

_UNITS = frozenset(unit.value for unit in Unit) - {Unit.HOUR.value}


def item_of(published: ItemPublishedV1, today: date) -> Item:
    """The published version as the case engine reads it."""
    content = published.item.content
    return Item(
        code=published.item.code,
        version=published.item.version,
        name=content.name.zh,
        name_en=content.name.en,
        # A unit is the organ that handles the item, by its credit code: that outlives every renaming.
        unit=content.organ_uscc,
        organ_name=published.organ.name_on(today).name.zh,
        materials=tuple(_material(material) for material in content.materials),
        statutory=_limit(content.statutory_limit),
        promised=_limit(content.promised_limit),
        correction=_limit(content.correction_limit),
        tolerance=TolerancePolicy(
            content.tolerance.enabled,
            content.tolerance.reserve_working_days,
            content.tolerance.most_supply_working_days,
            content.tolerance.decision_before_completion and content.tolerance.legal_sign_off is not None,
        ),
        is_licence=content.item_type is ItemType.LICENCE,
        result_name=content.result.name.zh,
        enquiry_phone=content.contacts.enquiry_phone,
        served=frozenset(served.value for served in content.served_objects),
        safety_sensitive=content.safety_sensitive,
        joint_handling=content.joint_handling,
        number_limited=content.number_limited,
        major_interest_of_others=content.major_interest_of_others,
        hearing_required=content.hearing_required,
        site_check_required=content.site_check_required,
        procedures=tuple(_procedure(procedure, content) for procedure in content.special_procedures),
        review=tuple(_step(step) for step in content.review),
        commitment=_commitment(content),
        validity=None
        if content.validity is None
        else Validity(content.validity.months, content.validity.renew_before_days),
        certificate=content.result.kind is ResultKind.CERTIFICATE,
    )


def _procedure(procedure: SpecialProcedure, content: ItemContent) -> ProcedureRule:
    cited = [basis for basis in content.basis if basis.key in procedure.basis]
    return ProcedureRule(
        kind=procedure.kind.value,
        excluded=procedure.excluded_from_limit,
        length=None if procedure.length is None else _limit(procedure.length),
        basis="；".join(f"{basis.law} {basis.article or ''}".strip() for basis in cited),
        always=procedure.applies_when is None,
    )


def _step(step: PublishedStep) -> ReviewStep:
    return ReviewStep(
        code=step.code,
        name=step.name.zh,
        name_en=step.name.en,
        kind=step.kind.value,
        after=step.after,
        section=step.section,
        post=step.post,
        role=step.role.value,
        needs=step.needs,
        internal_limit=None if step.internal_limit is None else _limit(step.internal_limit),
    )


def _commitment(content: ItemContent) -> CommitmentPolicy:
    policy = content.commitment
    # 国办发〔2020〕42号: never where public safety is directly concerned, whatever the version says.
    if policy is None or not policy.enabled or policy.legal_sign_off is None or content.safety_sensitive:
        return CommitmentPolicy()
    return CommitmentPolicy(enabled=True, post_check_days=policy.post_check_days)


def _material(material: PublishedMaterial) -> Material:
    return Material(
        code=material.code,
        name=material.name.zh,
        name_en=material.name.en,
        main=material.main,
        required=material.necessity is not Necessity.CONDITIONAL,
        tolerable=material.tolerable,
        shareable=material.by_sharing,
        form=material.form.value,
        by_commitment=material.by_commitment,
    )


def _limit(limit: PublishedLimit) -> Limit:
    if limit.unit.value not in _UNITS:
        # Nothing is guessed: an item whose clock we cannot run goes to a person.
        raise Refused(
            "invalid",
            "limit_unit_unknown",
            f"事项时限的单位“{limit.unit.value}”暂不支持。",
            f"Limits in “{limit.unit.value}” are not supported.",
        )
    return Limit(limit.amount, limit.unit.value)


async def save_item(connection: Connection, published: ItemPublishedV1) -> None:
    """Keep a published version; a version never changes, so the first copy stays."""
    item_of(published, published.item.content.effective_on)  # refuses what the engine could not work with
    await connection.execute(
        """
        INSERT INTO item_versions (code, version, effective_on, body) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING
        """,
        published.item.code,
        published.item.version,
        published.item.content.effective_on,
        published.model_dump(mode="json"),
    )
    await count_change(connection)


async def save_withdrawal(connection: Connection, withdrawn: ItemWithdrawnV1) -> None:
    """Keep the newest withdrawal of an item."""
    await connection.execute(
        """
        INSERT INTO withdrawn_items (code, version, effective_on) VALUES ($1, $2, $3)
        ON CONFLICT (code) DO UPDATE SET version = excluded.version, effective_on = excluded.effective_on
        WHERE withdrawn_items.version < excluded.version
        """,
        withdrawn.code,
        withdrawn.version,
        withdrawn.effective_on,
    )
    await count_change(connection)


async def save_calendar(connection: Connection, published: CalendarPublishedV1) -> bool:
    """Keep the newest version of a calendar year; False when this one was known, or a newer one."""
    year = published.calendar
    saved = await connection.fetchval(
        """
        INSERT INTO calendar_years (year, version, body) VALUES ($1, $2, $3)
        ON CONFLICT (year) DO UPDATE SET version = excluded.version, body = excluded.body
        WHERE calendar_years.version < excluded.version RETURNING true
        """,
        year.year,
        year.version,
        year.model_dump(mode="json"),
    )
    await count_change(connection)
    return bool(saved)


async def count_change(connection: Connection) -> None:
    """Let every replica read again what it keeps in memory."""
    await connection.execute("UPDATE projection_changes SET changes = changes + 1")


async def changes(connection: Connection) -> int:
    """How often the projections have changed; `Known` is read again when this has moved."""
    counted: int = await connection.fetchval("SELECT changes FROM projection_changes")
    return counted


@dataclass(frozen=True)
class Known:
    """All that a command asks about items and calendars, in memory."""

    versions: dict[str, dict[int, tuple[date, ItemPublishedV1]]] = field(default_factory=dict)
    withdrawn: dict[str, tuple[int, date]] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=shipped_calendar)
    # Everybody who ever was banned from a licence; whether a ban holds is asked of the database.
    banned: frozenset[UUID] = frozenset()
    changes: int = -1
    _items: dict[tuple[str, int, date], Item] = field(default_factory=dict)

    def item(self, code: str, version: int, today: date) -> Item:
        """A version that some case has pinned, in force or not."""
        key = (code, version, today)
        item = self._items.get(key)
        if item is None:
            known = self.versions.get(code, {}).get(version)
            if known is None:
                raise _unknown_item()
            item = self._items[key] = item_of(known[1], today)
        return item

    def in_force(self, code: str, version: int | None, today: date) -> Item:
        """The version to submit under today; a version that is not (or no longer) in force is refused."""
        versions = self.versions.get(code)
        if not versions:
            raise _unknown_item()
        self._refuse_withdrawn(code, today)
        newest = max((v for v, (effective_on, _) in versions.items() if effective_on <= today), default=None)
        if newest is None:
            raise _not_in_force(None)
        if version is not None and version != newest:
            raise _not_in_force(newest)
        return self.item(code, newest, today)

    def _refuse_withdrawn(self, code: str, today: date) -> None:
        withdrawal = self.withdrawn.get(code)
        if withdrawal and withdrawal[1] <= today and withdrawal[0] >= max(self.versions[code]):
            raise DomainError(
                "item_withdrawn",
                "该事项已取消，不再接收新的申请。",
                "The item was withdrawn; no new application can be made.",
                pointer="/item_code",
                withdrawn_on=withdrawal[1].isoformat(),
            )


async def read_known(connection: Connection) -> Known:
    """Everything known now."""
    counted = await changes(connection)
    items = await connection.fetch("SELECT code, version, effective_on, body FROM item_versions")
    withdrawn = await connection.fetch("SELECT code, version, effective_on FROM withdrawn_items")
    years = await connection.fetch("SELECT body FROM calendar_years")
    banned = await connection.fetch("SELECT DISTINCT person_id FROM bans")
    versions: dict[str, dict[int, tuple[date, ItemPublishedV1]]] = {}
    for row in items:
        published = ItemPublishedV1.model_validate(row["body"])
        versions.setdefault(row["code"], {})[row["version"]] = (row["effective_on"], published)
    return Known(
        versions=versions,
        withdrawn={row["code"]: (row["version"], row["effective_on"]) for row in withdrawn},
        calendar=_calendar(row["body"] for row in years),
        banned=frozenset(row["person_id"] for row in banned),
        changes=counted,
    )


def _calendar(records: Iterable[dict[str, Any]]) -> Calendar:
    # The shipped years are the ground on which the published ones lie, so that no clock stands still without them.
    calendar = shipped_calendar()
    for record in records:
        calendar = calendar.with_year(CalendarYear.from_record(record))
    return calendar


def _unknown_item() -> InvalidRequest:
    return InvalidRequest(
        "unknown_item",
        "没有这个事项，请核对事项编码。",
        "There is no such service item. Please check its code.",
        pointer="/item_code",
    )


def _not_in_force(newest: int | None) -> DomainError:
    return DomainError(
        "item_version_not_in_force",
        "该事项的这个版本现在不适用，请按现行版本重新填写。",
        "This version of the item is not in force; please fill in the current one.",
        pointer="/item_version",
        current_version=newest,
    )
