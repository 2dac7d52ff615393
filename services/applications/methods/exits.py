"""Ways out that are no decision on the application: the methods."""

from services.applications.contracts import CaseReceipt
from services.applications.contracts.exits import (
    DeclareNotCompetent,
    DeclareNotRequired,
    TerminateCase,
    VoidCase,
)
from services.applications.domain import commands as c
from services.applications.domain.documents import Secrets
from services.applications.handlers import Doing, act, digest_of, held
from services.applications.methods.base import Methods
from shared.identity import Role
from shared.runtime import Call, rpc


class ExitMethods(Methods):
    """Ways out that are no decision on the application."""

    @rpc(Role.CLERK)
    async def declare_not_required(self, call: Call, request: DeclareNotRequired) -> CaseReceipt:
        """Tell at once that the matter needs no licence."""
        return await self._once(call, request, declare_not_required)

    @rpc(Role.CLERK)
    async def declare_not_competent(self, call: Call, request: DeclareNotCompetent) -> CaseReceipt:
        """Decide not to accept and name the right organ."""
        return await self._once(call, request, declare_not_competent)

    @rpc(Role.APPROVER, Role.ORGAN_HEAD)
    async def terminate_case(self, call: Call, request: TerminateCase) -> CaseReceipt:
        """End a case whose applicant or object is no more."""
        return await self._once(call, request, terminate_case)

    @rpc(Role.SUPERVISOR)
    async def void_case(self, call: Call, request: VoidCase) -> CaseReceipt:
        """Mark a record that was made in error as void."""
        return await self._once(call, request, void_case)


async def declare_not_required(doing: Doing, request: DeclareNotRequired) -> CaseReceipt:
    """LIC-01."""
    case = await held(doing, request.case_id, request.expected_version)
    command = c.DeclareNotRequired(digest_of(request.reasons))
    return await act(doing, case, command, Secrets(reasons=request.reasons))


async def declare_not_competent(doing: Doing, request: DeclareNotCompetent) -> CaseReceipt:
    """LIC-02."""
    case = await held(doing, request.case_id, request.expected_version)
    command = c.DeclareNotCompetent(request.competent_organ, digest_of(request.reasons))
    return await act(doing, case, command, Secrets(reasons=request.reasons or ""))


async def terminate_case(doing: Doing, request: TerminateCase) -> CaseReceipt:
    """The applicant or the object is no more."""
    case = await held(doing, request.case_id, request.expected_version)
    command = c.TerminateCase(request.ground, digest_of(request.reasons))
    return await act(doing, case, command, Secrets(reasons=request.reasons))


async def void_case(doing: Doing, request: VoidCase) -> CaseReceipt:
    """A record made in error."""
    case = await held(doing, request.case_id, request.expected_version)
    return await act(doing, case, c.VoidCase(digest_of(request.reasons)), Secrets(reasons=request.reasons))
