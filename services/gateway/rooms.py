"""The rooms of the API, each with all its topics.

A topic declares its operations on its room when it is imported, so every module with operations is named here.
"""

from services.gateway import uploads_api
from services.gateway.applicant import api as applicant
from services.gateway.applicant import hearings_api as applicant_hearings
from services.gateway.applicant import mandates_api as applicant_mandates
from services.gateway.applicant import rating_api as applicant_rating
from services.gateway.applicant import reviewing_api as applicant_reviewing
from services.gateway.applicant import tolerance_api as applicant_tolerance
from services.gateway.approver import api as approver
from services.gateway.approver import exits_api as approver_exits
from services.gateway.approver import hearings_api as approver_hearings
from services.gateway.approver import licences_api as approver_licences
from services.gateway.approver import procedures_api as approver_procedures
from services.gateway.approver import reviewing_api as approver_reviewing
from services.gateway.approver import tolerance_api as approver_tolerance
from services.gateway.counter import api as counter
from services.gateway.counter import credit_api as counter_credit
from services.gateway.counter import exits_api as counter_exits
from services.gateway.counter import hearings_api as counter_hearings
from services.gateway.counter import licences_api as counter_licences
from services.gateway.counter import reviewing_api as counter_reviewing
from services.gateway.counter import tolerance_api as counter_tolerance
from services.gateway.identity import api as identity
from services.gateway.keeper import api as keeper
from services.gateway.keeper import calendar_api as keeper_calendar
from services.gateway.keeper import credit_api as keeper_credit
from services.gateway.operator import api as operator
from services.gateway.province import api as province
from services.gateway.public import api as public
from services.gateway.public import clock_api as public_clock
from services.gateway.public import tolerance_api as public_tolerance
from services.gateway.supervisor import api as supervisor

# To import a topic is all it takes; they are named so that none is taken for an unused import.
TOPICS = (
    applicant_hearings,
    applicant_mandates,
    applicant_rating,
    applicant_reviewing,
    applicant_tolerance,
    approver_exits,
    approver_hearings,
    approver_licences,
    approver_procedures,
    approver_reviewing,
    approver_tolerance,
    counter_credit,
    counter_exits,
    counter_hearings,
    counter_licences,
    counter_reviewing,
    counter_tolerance,
    keeper_calendar,
    keeper_credit,
    public_clock,
    public_tolerance,
)
# The busiest rooms stand first in the document too.
ROOMS = [
    public.room,
    identity.room,
    uploads_api.room,
    applicant.room,
    counter.room,
    approver.room,
    province.room,
    keeper.room,
    supervisor.room,
    operator.room,
]
