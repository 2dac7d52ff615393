"""Hearings and interested parties: the methods."""

from uuid import UUID

from services.applications.contracts import CaseReceipt
from services.applications.contracts.hearings import (
    CallHearing,
    CloseHearing,
    NameInterestedParty,
    RecordHearing,
    RecordStatement,
    RequestHearing,
    ScheduleHearing,
    TellHearingRights,
    WaiveHearing,
)
from services.applications.domain import commands as c
from services.applications.domain.case import Case
from services.applications.domain.documents import Secrets
from services.applications.domain.errors import NotAllowed
from services.applications.handlers import Doing, act, digest_of, held
from services.applications.methods.base import Methods
from services.applications.methods.texts import keep_text
from services.applications.store import hearings
from services.applications.store.parties import Party
from shared.identity import Role
from shared.runtime import Call, rpc


class HearingMethods(Methods):
    """Hearings and interested parties."""

    @rpc(Role.CLERK, Role.APPROVER)
    async def name_interested_party(self, call: Call, request: NameInterestedParty) -> CaseReceipt:
        """Name somebody whose major interests the matter directly concerns."""
        return await self._once(call, request, name_interested_party)

    @rpc(Role.APPROVER, Role.ORGAN_HEAD)
    async def tell_hearing_rights(self, call: Call, request: TellHearingRights) -> CaseReceipt:
        """Tell the applicant and every interested party of the right to a hearing."""
        return await self._once(call, request, tell_hearing_rights)

    @rpc(Role.APPLICANT, Role.CLERK)
    async def request_hearing(self, call: Call, request: RequestHearing) -> CaseReceipt:
        """Ask for a hearing: the applicant on line, everybody through a clerk."""
        return await self._once(call, request, request_hearing)

    @rpc(Role.APPLICANT, Role.CLERK)
    async def waive_hearing(self, call: Call, request: WaiveHearing) -> CaseReceipt:
        """Do without a hearing: the applicant on line, everybody through a clerk."""
        return await self._once(call, request, waive_hearing)

    @rpc(Role.APPROVER, Role.ORGAN_HEAD)
    async def call_hearing(self, call: Call, request: CallHearing) -> CaseReceipt:
        """Hold a hearing on the organ's own motion."""
        return await self._once(call, request, call_hearing)

    @rpc(Role.APPROVER, Role.ORGAN_HEAD)
    async def schedule_hearing(self, call: Call, request: ScheduleHearing) -> CaseReceipt:
        """Tell time, place and chair of the hearing."""
        return await self._once(call, request, schedule_hearing)

    @rpc(Role.APPROVER, Role.ORGAN_HEAD)
    async def record_hearing(self, call: Call, request: RecordHearing) -> CaseReceipt:
        """Record that the hearing was held, with the digest of its signed minutes."""
        return await self._once(call, request, record_hearing)

    @rpc(Role.APPROVER, Role.ORGAN_HEAD)
    async def close_hearing(self, call: Call, request: CloseHearing) -> CaseReceipt:
        """The hearing that was asked for is not held after all."""
        return await self._once(call, request, close_hearing)

    @rpc(Role.CLERK, Role.APPROVER)
    async def record_statement(self, call: Call, request: RecordStatement) -> CaseReceipt:
        """Record what the applicant or an interested party said."""
        return await self._once(call, request, record_statement)


async def name_interested_party(doing: Doing, request: NameInterestedParty) -> CaseReceipt:
    """LIC-17: who the person is stands encrypted among the parties; the record knows the pseudonym."""
    stored = await held(doing, request.case_id, request.expected_version)
    party_id = doing.office.people.person_id(request.certificate_type, request.certificate_number)
    receipt = await act(doing, stored, c.NameInterestedParty(party_id))
    place = len(stored.case.interested) + 1
    await hearings.insert_party(
        doing.connection, doing.office.parties, stored.case.id, _party(request, place)
    )
    return receipt


def _party(request: NameInterestedParty, place: int) -> Party:
    return Party(
        role=hearings.role_of(place),
        name=request.name,
        # Whoever is only interested sees nothing of the case by its certificate, which would open all of it.
        person_id=None,
        kind=request.kind,
        certificate_type=request.certificate_type.value,
        certificate_number=request.certificate_number,
        address=request.address,
        mobile=request.mobile,
    )


async def tell_hearing_rights(doing: Doing, request: TellHearingRights) -> CaseReceipt:
    """LIC-15."""
    case = await held(doing, request.case_id, request.expected_version)
    return await act(doing, case, c.TellHearingRights())


async def request_hearing(doing: Doing, request: RequestHearing) -> CaseReceipt:
    """LIC-15: within five days of being told."""
    stored = await held(doing, request.case_id, request.expected_version)
    return await act(doing, stored, c.RequestHearing(_who(doing, stored.case, request.party_id)))


async def waive_hearing(doing: Doing, request: WaiveHearing) -> CaseReceipt:
    """LIC-15: whoever was told may do without."""
    stored = await held(doing, request.case_id, request.expected_version)
    return await act(doing, stored, c.WaiveHearing(_who(doing, stored.case, request.party_id)))


def _who(doing: Doing, case: Case, party_id: UUID | None) -> UUID:
    if party_id is None or party_id == case.applicant_id:
        return case.applicant_id
    # On line people speak for the application alone; only at the counter somebody can show to be another party.
    if not doing.actor.has(Role.CLERK):
        raise NotAllowed(
            "only_for_oneself",
            "网上只能为本申请申请或者放弃听证；利害关系人请到窗口办理。",
            "On line one asks for one's own application only; interested parties please come to the counter.",
            pointer="/party_id",
        )
    return party_id


async def call_hearing(doing: Doing, request: CallHearing) -> CaseReceipt:
    """LIC-14."""
    case = await held(doing, request.case_id, request.expected_version)
    receipt = await act(doing, case, c.CallHearing(digest_of(request.reasons)))
    if request.reasons is not None:
        await keep_text(doing, receipt, "hearing_reasons", request.reasons)
    return receipt


async def schedule_hearing(doing: Doing, request: ScheduleHearing) -> CaseReceipt:
    """LIC-16: the notice bears place and chair."""
    case = await held(doing, request.case_id, request.expected_version)
    command = c.ScheduleHearing(
        request.held_on, request.chair, digest_of(request.place), request.announced_on
    )
    secrets = Secrets(reasons=request.place, recipient=request.chair_name)
    return await act(doing, case, command, secrets)


async def record_hearing(doing: Doing, request: RecordHearing) -> CaseReceipt:
    """LIC-16: the decision will rest on these minutes."""
    case = await held(doing, request.case_id, request.expected_version)
    command = c.RecordHearing(request.minutes_sha256, request.reviewers_heard, request.signed)
    return await act(doing, case, command)


async def close_hearing(doing: Doing, request: CloseHearing) -> CaseReceipt:
    """LIC-15."""
    case = await held(doing, request.case_id, request.expected_version)
    receipt = await act(doing, case, c.CloseHearing(request.ground, digest_of(request.words)))
    if request.words is not None:
        await keep_text(doing, receipt, "hearing_withdrawal", request.words)
    return receipt


async def record_statement(doing: Doing, request: RecordStatement) -> CaseReceipt:
    """LIC-17."""
    stored = await held(doing, request.case_id, request.expected_version)
    digest = digest_of(request.statement)
    assert digest is not None
    command = c.RecordStatement(request.party_id or stored.case.applicant_id, digest)
    receipt = await act(doing, stored, command)
    await keep_text(doing, receipt, "statement", request.statement)
    return receipt
