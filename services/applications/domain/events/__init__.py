"""What happened to a case: the rows of its statutory record, without personal data; one module for each topic.

`effective_on` is the day from which the law counts the fact, which is not always the day it was recorded (a deemed
acceptance reaches back to the receipt).  Fields may be added with a default; anything else is a new schema version.
"""

from services.applications.domain.events import (
    core,
    exits,
    hearings,
    licences,
    mandates,
    procedures,
    recalculating,
    reviewing,
    tolerating,
)
from services.applications.domain.events.core import (
    Accepted,
    CaseEvent,
    CorrectionRequested,
    Decided,
    Delivered,
    DutyBreached,
    Issued,
    Lapsed,
    MaterialsSupplied,
    Submitted,
    SupplyReminded,
    Terminated,
    ToleranceExpired,
    Withdrawn,
)
from services.applications.domain.events.exits import (
    NotCompetent,
    NotRequired,
    Voided,
)
from services.applications.domain.events.hearings import (
    HearingCalled,
    HearingClosed,
    HearingHeld,
    HearingRequested,
    HearingRightsTold,
    HearingScheduled,
    InterestedPartyNamed,
    StatementRecorded,
)
from services.applications.domain.events.licences import (
    Closed,
    LicenceCancelled,
    LicenceChanged,
    LicenceExpired,
    LicenceIssued,
    LicenceRenewed,
    LicenceWithdrawn,
    LicenseeHeard,
    NotRevoked,
    RenewalDeemed,
    Revoked,
)
from services.applications.domain.events.mandates import (
    ChannelChanged,
    MandateGiven,
    MandateRevoked,
)
from services.applications.domain.events.procedures import (
    DeadlineExtended,
    ProcedureEnded,
    ProcedureProlonged,
    ProcedureStarted,
)
from services.applications.domain.events.recalculating import (
    ClocksRecomputed,
)
from services.applications.domain.events.reviewing import (
    ApprovalGiven,
    InspectorsAssigned,
    OpinionGiven,
    Recused,
    SentBack,
    SiteChecked,
    StepClock,
    Urged,
)
from services.applications.domain.events.tolerating import (
    PostChecked,
    RecallNoticed,
    ResultRecalled,
    SupplyConfirmed,
    SupplyExtended,
    SupplyFaulted,
)

EVENT_TYPES: dict[str, type[CaseEvent]] = {
    kind.__name__: kind
    for topic in (core, exits, hearings, licences, mandates, procedures, recalculating, reviewing, tolerating)
    for kind in topic.EVENTS
}

__all__ = [
    "EVENT_TYPES",
    "Accepted",
    "ApprovalGiven",
    "CaseEvent",
    "ChannelChanged",
    "ClocksRecomputed",
    "Closed",
    "CorrectionRequested",
    "DeadlineExtended",
    "Decided",
    "Delivered",
    "DutyBreached",
    "HearingCalled",
    "HearingClosed",
    "HearingHeld",
    "HearingRequested",
    "HearingRightsTold",
    "HearingScheduled",
    "InspectorsAssigned",
    "InterestedPartyNamed",
    "Issued",
    "Lapsed",
    "LicenceCancelled",
    "LicenceChanged",
    "LicenceExpired",
    "LicenceIssued",
    "LicenceRenewed",
    "LicenceWithdrawn",
    "LicenseeHeard",
    "MandateGiven",
    "MandateRevoked",
    "MaterialsSupplied",
    "NotCompetent",
    "NotRequired",
    "NotRevoked",
    "OpinionGiven",
    "PostChecked",
    "ProcedureEnded",
    "ProcedureProlonged",
    "ProcedureStarted",
    "RecallNoticed",
    "Recused",
    "RenewalDeemed",
    "ResultRecalled",
    "Revoked",
    "SentBack",
    "SiteChecked",
    "StatementRecorded",
    "StepClock",
    "Submitted",
    "SupplyConfirmed",
    "SupplyExtended",
    "SupplyFaulted",
    "SupplyReminded",
    "Terminated",
    "ToleranceExpired",
    "Urged",
    "Voided",
    "Withdrawn",
]
