"""The licence after the decision: the methods."""

from services.applications.contracts import CaseReceipt
from services.applications.contracts.licences import (
    CancelLicence,
    CloseCase,
    HearLicensee,
    IssueLicence,
    KeepLicence,
    RevokeLicence,
    WithdrawLicence,
)
from services.applications.domain import commands as c
from services.applications.domain.documents import Secrets
from services.applications.domain.state import ACCEPTED_STATES, BEFORE_ACCEPTANCE
from services.applications.handlers import Doing, act, digest_of, held
from services.applications.methods.base import Methods
from services.applications.store import licences
from shared.identity import Role
from shared.runtime import Call, rpc


class LicenceMethods(Methods):
    """The licence after the decision."""

    @rpc(Role.CLERK, Role.APPROVER)
    async def issue_licence(self, call: Call, request: IssueLicence) -> CaseReceipt:
        """Make out the certificate of a grant."""
        return await self._once(call, request, issue_licence)

    @rpc(Role.CLERK)
    async def close_case(self, call: Call, request: CloseCase) -> CaseReceipt:
        """File a delivered case."""
        return await self._once(call, request, close_case)

    @rpc(Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD)
    async def hear_licensee(self, call: Call, request: HearLicensee) -> CaseReceipt:
        """Record what the holder says about the loss of the licence, or that it was waived."""
        return await self._once(call, request, hear_licensee)

    @rpc(Role.ORGAN_HEAD)
    async def revoke_licence(self, call: Call, request: RevokeLicence) -> CaseReceipt:
        """Revoke a licence on a ground of Article 69."""
        return await self._once(call, request, revoke_licence)

    @rpc(Role.ORGAN_HEAD)
    async def keep_licence(self, call: Call, request: KeepLicence) -> CaseReceipt:
        """Decide not to revoke for the sake of the public interest."""
        return await self._once(call, request, keep_licence)

    @rpc(Role.ORGAN_HEAD)
    async def withdraw_licence(self, call: Call, request: WithdrawLicence) -> CaseReceipt:
        """Take back a lawful licence for the public good."""
        return await self._once(call, request, withdraw_licence)

    @rpc(Role.APPROVER, Role.ORGAN_HEAD)
    async def cancel_licence(self, call: Call, request: CancelLicence) -> CaseReceipt:
        """Strike a licence off."""
        return await self._once(call, request, cancel_licence)


async def issue_licence(doing: Doing, request: IssueLicence) -> CaseReceipt:
    """Art 39."""
    case = await held(doing, request.case_id, request.expected_version)
    return await act(doing, case, c.IssueLicence())


async def close_case(doing: Doing, request: CloseCase) -> CaseReceipt:
    """Nothing of the case is open any more."""
    case = await held(doing, request.case_id, request.expected_version)
    return await act(doing, case, c.CloseCase())


async def hear_licensee(doing: Doing, request: HearLicensee) -> CaseReceipt:
    """LIC-22: told and heard before the licence is taken away; the words themselves stand in the file on paper."""
    case = await held(doing, request.case_id, request.expected_version)
    command = c.HearLicensee(request.told_on, request.waived, digest_of(request.statement))
    return await act(doing, case, command)


async def revoke_licence(doing: Doing, request: RevokeLicence) -> CaseReceipt:
    """LIC-22."""
    case = await held(doing, request.case_id, request.expected_version)
    command = c.RevokeLicence(request.ground, digest_of(request.reasons))
    return await act(doing, case, command, Secrets(reasons=request.reasons))


async def keep_licence(doing: Doing, request: KeepLicence) -> CaseReceipt:
    """LIC-22, Art 69¶3."""
    case = await held(doing, request.case_id, request.expected_version)
    command = c.KeepLicence(request.ground, digest_of(request.reasons))
    return await act(doing, case, command, Secrets(reasons=request.reasons))


async def withdraw_licence(doing: Doing, request: WithdrawLicence) -> CaseReceipt:
    """Art 8."""
    case = await held(doing, request.case_id, request.expected_version)
    command = c.WithdrawLicence(request.ground, digest_of(request.reasons), digest_of(request.compensation))
    return await act(
        doing, case, command, Secrets(reasons=request.reasons, compensation=request.compensation)
    )


async def cancel_licence(doing: Doing, request: CancelLicence) -> CaseReceipt:
    """LIC-23."""
    case = await held(doing, request.case_id, request.expected_version)
    command = c.CancelLicence(request.ground, digest_of(request.reasons))
    pending = await _renewal_pending(doing, request)
    return await act(doing, case, command, Secrets(reasons=request.reasons), renewal_pending=pending)


_UNDECIDED = frozenset(state.value for state in BEFORE_ACCEPTANCE | ACCEPTED_STATES)


async def _renewal_pending(doing: Doing, request: CancelLicence) -> bool:
    return await licences.renewal_is_open(doing.connection, request.case_id, sorted(_UNDECIDED))
