"""The steps of the review: the methods."""

from services.applications import access, appointing, deciding_together
from services.applications import contracts as v
from services.applications.contracts import CaseReceipt
from services.applications.contracts import powers as p
from services.applications.contracts import reviewing as r
from services.applications.domain import commands as c
from services.applications.handlers import Doing, act, digest_of, find, held
from services.applications.methods.base import Methods
from services.applications.powers import facts_for_review, keep_words
from services.applications.store.cases import StoredCase
from shared import time
from shared.identity import Role
from shared.messaging.commands import command as one_time
from shared.runtime import Call, rpc


class ReviewMethods(Methods):
    """The steps of the review."""

    @rpc(Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD)
    async def give_opinion(self, call: Call, request: r.GiveOpinion) -> CaseReceipt:
        """Answer one step of the review."""
        return await self._once(call, request, give_opinion)

    @rpc(Role.APPROVER, Role.ORGAN_HEAD)
    async def send_back(self, call: Call, request: r.SendBack) -> CaseReceipt:
        """Give the case back to an earlier step."""
        return await self._once(call, request, send_back)

    @rpc(Role.APPLICANT, Role.CLERK)
    async def request_recusal(self, call: Call, request: r.RequestRecusal) -> CaseReceipt:
        """Ask that somebody be taken off the case."""
        return await self._once(call, request, request_recusal)

    @rpc(Role.ORGAN_HEAD)
    async def decline_recusal(self, call: Call, request: r.DeclineRecusal) -> CaseReceipt:
        """Find no ground for the recusal that was asked for."""
        return await self._once(call, request, decline_recusal)

    @rpc(Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD)
    async def recuse(self, call: Call, request: r.Recuse) -> CaseReceipt:
        """Withdraw from a case, or take somebody off it."""
        return await self._once(call, request, recuse)

    @rpc(Role.APPLICANT, Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD, Role.SUPERVISOR)
    async def urge_case(self, call: Call, request: r.UrgeCase) -> CaseReceipt:
        """Ask that the case be moved on."""
        return await self._once(call, request, urge_case)

    @rpc(Role.APPROVER, Role.ORGAN_HEAD)
    async def assign_inspectors(self, call: Call, request: r.AssignInspectors) -> CaseReceipt:
        """Send at least two of the staff to check or to inspect."""
        return await self._once(call, request, assign_inspectors)

    @rpc(Role.CLERK, Role.APPROVER)
    async def record_site_check(self, call: Call, request: r.RecordSiteCheck) -> CaseReceipt:
        """Put on record what at least two of the staff found."""
        return await self._once(call, request, record_site_check)

    @rpc(Role.APPROVER, Role.ORGAN_HEAD)
    async def decide_batch(self, call: Call, request: r.DecideBatch) -> r.BatchReceipt:
        """The same decision for identical cases, each in a transaction of its own."""
        return await deciding_together.decide_batch(
            self._office, call.actor, access.command_id_of(call), request, call.traceparent
        )

    @rpc(Role.ORGAN_HEAD)
    async def appoint_to_post(self, call: Call, request: p.AppointToPost) -> p.PowerReceipt:
        """Appoint the holder and the stand-in of a post."""
        return await self._on_record(call, request, appointing.appoint)

    @rpc(Role.ORGAN_HEAD)
    async def delegate_power(self, call: Call, request: p.DelegatePower) -> p.PowerReceipt:
        """Put a delegation on record."""
        return await self._on_record(call, request, appointing.delegate)

    @rpc(Role.ORGAN_HEAD)
    async def revoke_delegation(self, call: Call, request: p.RevokeDelegation) -> p.PowerReceipt:
        """End a delegation before its time."""
        return await self._on_record(call, request, appointing.revoke)

    @rpc(Role.ORGAN_HEAD)
    async def record_absence(self, call: Call, request: p.RecordAbsence) -> p.PowerReceipt:
        """Put on record that somebody is away."""
        return await self._on_record(call, request, appointing.record_absence)

    @rpc(Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD)
    async def list_powers(self, call: Call, request: p.ListPowers) -> p.PowersView:
        """Who holds which power in the caller's unit."""
        return await self._ask(call, request, appointing.list_powers)

    @rpc(Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD)
    async def list_done_for_me(self, call: Call, request: p.ListDoneForMe) -> p.DoneForMeList:
        """What others did in the caller's place."""
        return await self._ask(call, request, appointing.list_done_for_me)

    async def _on_record(
        self, call: Call, request: appointing.Asked, record: appointing.Recorder
    ) -> p.PowerReceipt:
        this = one_time(access.command_id_of(call), call.operation, request)
        return await appointing.once(self._office, call.actor, this, request, record, call.traceparent)


async def give_opinion(doing: Doing, request: r.GiveOpinion) -> CaseReceipt:
    """One step of the review is answered."""
    case = await held(doing, request.case_id, request.expected_version)
    command = c.GiveOpinion(request.step, request.opinion, digest_of(request.words), request.stand_in_reason)
    return await _with_words(doing, case, command, request.words)


async def send_back(doing: Doing, request: r.SendBack) -> CaseReceipt:
    """An earlier step is to be done again."""
    case = await held(doing, request.case_id, request.expected_version)
    command = c.SendBack(request.to_step, request.reason_code, digest_of(request.words))
    return await _with_words(doing, case, command, request.words)


async def request_recusal(doing: Doing, request: r.RequestRecusal) -> CaseReceipt:
    """The applicant asks that somebody be taken off."""
    case = await held(doing, request.case_id, request.expected_version)
    command = c.RequestRecusal(digest_of(request.words) or "")
    return await _with_words(doing, case, command, request.words)


async def decline_recusal(doing: Doing, request: r.DeclineRecusal) -> CaseReceipt:
    """There is no ground."""
    case = await held(doing, request.case_id, request.expected_version)
    command = c.DeclineRecusal(digest_of(request.words) or "")
    return await _with_words(doing, case, command, request.words)


async def recuse(doing: Doing, request: r.Recuse) -> CaseReceipt:
    """Somebody is taken off."""
    case = await held(doing, request.case_id, request.expected_version)
    return await act(doing, case, c.Recuse(request.person, request.ground, request.asked_by))


async def urge_case(doing: Doing, request: r.UrgeCase) -> CaseReceipt:
    """Somebody urges; who urges need not have read the newest version."""
    stored = await find(doing, v.CaseReference(case_id=request.case_id), lock=True)
    return await act(doing, stored, c.Urge(request.step))


async def assign_inspectors(doing: Doing, request: r.AssignInspectors) -> CaseReceipt:
    """LIC-12."""
    case = await held(doing, request.case_id, request.expected_version)
    return await act(doing, case, c.AssignInspectors(request.people))


async def record_site_check(doing: Doing, request: r.RecordSiteCheck) -> CaseReceipt:
    """LIC-12."""
    case = await held(doing, request.case_id, request.expected_version)
    findings = digest_of(request.findings) or ""
    command = c.RecordSiteCheck(request.people, request.checked_on, findings, request.passed)
    return await _with_words(doing, case, command, request.findings)


async def _with_words(doing: Doing, case: StoredCase, command: c.Command, words: str | None) -> CaseReceipt:
    today = time.today()
    item = doing.office.known.item(case.case.item_code, case.case.item_version, today)
    facts = await facts_for_review(doing.connection, case.case, item, today)
    receipt = await act(doing, case, command, **facts)
    if words is not None:
        await keep_words(doing.office, doing.connection, case.case.id, words)
    return receipt
