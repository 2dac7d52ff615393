"""Ratings: the method."""

from services.applications.contracts import CaseReceipt
from services.applications.contracts.rating import RateCase
from services.applications.domain import commands as c
from services.applications.handlers import Doing, act, digest_of, held
from services.applications.methods.base import Methods
from services.applications.powers import keep_words
from shared.identity import Role
from shared.runtime import Call, rpc


class RatingMethods(Methods):
    """Ratings."""

    @rpc(Role.APPLICANT)
    async def rate_case(self, call: Call, request: RateCase) -> CaseReceipt:
        """Rate the handling of one's own case."""
        return await self._once(call, request, rate_case)


async def rate_case(doing: Doing, request: RateCase) -> CaseReceipt:
    """What somebody writes about the staff may name people: the event holds its digest only."""
    stored = await held(doing, request.case_id, request.expected_version)
    tags = tuple(dict.fromkeys(request.tags))
    receipt = await act(doing, stored, c.Rate(request.level, tags, digest_of(request.words)))
    if request.words is not None:
        await keep_words(doing.office, doing.connection, stored.case.id, request.words)
    return receipt
