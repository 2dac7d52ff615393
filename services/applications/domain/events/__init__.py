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
    HearingWaived,
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
    RecusalDeclined,
    RecusalRequested,
    Recused,
    SentBack,
    SiteChecked,
    Urged,
)
from services.applications.domain.events.tolerating import (
    PostChecked,
    PostCheckOverdue,
    RecallDropped,
    RecallHeard,
    RecallNoticed,
    ResultRecalled,
    RevocationDue,
    SupplyConfirmed,
    SupplyExtended,
    SupplyExtensionDeclined,
    SupplyExtensionRequested,
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
    "HearingWaived",
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
    "PostCheckOverdue",
    "PostChecked",
    "ProcedureEnded",
    "ProcedureProlonged",
    "ProcedureStarted",
    "RecallDropped",
    "RecallHeard",
    "RecallNoticed",
    "RecusalDeclined",
    "RecusalRequested",
    "Recused",
    "RenewalDeemed",
    "ResultRecalled",
    "RevocationDue",
    "Revoked",
    "SentBack",
    "SiteChecked",
    "StatementRecorded",
    "Submitted",
    "SupplyConfirmed",
    "SupplyExtended",
    "SupplyExtensionDeclined",
    "SupplyExtensionRequested",
    "SupplyFaulted",
    "SupplyReminded",
    "Terminated",
    "ToleranceExpired",
    "Urged",
    "Voided",
    "Withdrawn",
]
