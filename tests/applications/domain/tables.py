"""A case in every state, and an example of every command."""

from datetime import date

from services.applications.domain import commands as c
from services.applications.domain.decide import RULES
from services.applications.domain.materials import Defect
from services.applications.domain.state import State
from services.applications.domain.transitions import BY_COMMAND
from tests.applications.domain.cases import (
    APPLICANT,
    APPROVER,
    COMPLETE,
    DEFAULT_ID,
    FRIDAY,
    NEIGHBOUR_ID,
    ORGAN_HEAD,
    SUPERVISOR,
    accepted,
    at,
    decided,
    deemed,
    delivered,
    extended,
    heard,
    in_procedure,
    issued,
    later,
    noticed,
    papers,
    submitted,
    then,
    tolerated,
)

A_CASE_IN = {
    State.SUBMITTED: lambda: submitted(*COMPLETE),
    State.CORRECTION_NOTICED: noticed,
    State.ACCEPTED: accepted,
    State.ACCEPTED_TOLERANT: tolerated,
    State.ACCEPTED_DEEMED: deemed,
    State.IN_REVIEW: lambda: then(tolerated(), c.Supply(papers("cad"), "online"), at(later(3))),
    State.SPECIAL_PROCEDURE: in_procedure,
    State.EXTENDED: extended,
    State.DECIDED_GRANT: decided,
    State.DECIDED_REFUSE: lambda: decided("refuse"),
    State.DELIVERED: lambda: then(decided(), c.Deliver("window"), at(later(5))),
    State.WITHDRAWN: lambda: then(accepted(), c.Withdraw(), at(later(5), APPLICANT)),
    State.TERMINATED: lambda: then(tolerated(), c.ExpireTolerance(DEFAULT_ID), at(date(2026, 10, 12))),
    State.LAPSED_NO_CORRECTION: lambda: then(noticed(), c.LapseCorrection(), at(date(2026, 11, 20))),
    State.NOT_REQUIRED: lambda: then(submitted(), c.DeclareNotRequired("0" * 64), at(FRIDAY)),
    State.NOT_COMPETENT: lambda: then(submitted(), c.DeclareNotCompetent("亳州市水利局"), at(FRIDAY)),
    State.VOIDED: lambda: then(accepted(), c.VoidCase("0" * 64), at(later(4), SUPERVISOR)),
}

A_CASE_IN |= {
    State.ISSUED: lambda: issued(),
    State.CLOSED: lambda: then(delivered(), c.CloseCase(), at(later(6))),
    State.REVOKED: lambda: then(
        heard(), c.RevokeLicence("beyond_powers", "0" * 64), at(later(8), ORGAN_HEAD)
    ),
    State.WITHDRAWN_LICENCE: lambda: then(
        heard(), c.WithdrawLicence("law_changed", "0" * 64, "1" * 64), at(later(8), ORGAN_HEAD)
    ),
    State.CANCELLED: lambda: then(
        delivered(), c.CancelLicence("holder_ended", "0" * 64), at(later(8), APPROVER)
    ),
    State.CHANGED: lambda: then(delivered(), c.MarkChanged(DEFAULT_ID), at(later(8))),
    State.RENEWED: lambda: then(delivered(), c.MarkRenewed(DEFAULT_ID), at(later(8))),
}

# What the topics still have to bring; both sets end empty.
STATES_TO_COME: set[State] = set()
COMMANDS_TO_COME = set(BY_COMMAND) - set(RULES) - {c.Submit}

A_COMMAND = {
    c.Accept: c.Accept(),
    c.AcceptTolerantly: c.AcceptTolerantly(),
    c.RequestCorrection: c.RequestCorrection(),
    c.Supply: c.Supply(papers("cad"), "online"),
    c.Decide: c.Decide("grant"),
    c.Deliver: c.Deliver("window"),
    c.Withdraw: c.Withdraw(),
    c.DeemAccepted: c.DeemAccepted(),
    c.Remind: c.Remind(1),
    c.ExpireTolerance: c.ExpireTolerance(DEFAULT_ID),
    c.LapseCorrection: c.LapseCorrection(),
    c.DeclareNotRequired: c.DeclareNotRequired("0" * 64),
    c.DeclareNotCompetent: c.DeclareNotCompetent("亳州市水利局"),
    c.TerminateCase: c.TerminateCase("object_lost", "0" * 64),
    c.VoidCase: c.VoidCase("0" * 64),
    c.StartProcedure: c.StartProcedure("expert_review", 5, reasons_sha256="0" * 64),
    c.ProlongProcedure: c.ProlongProcedure(3, reasons_sha256="0" * 64),
    c.EndProcedure: c.EndProcedure(),
    c.ExtendDeadline: c.ExtendDeadline(10, "0" * 64),
    c.NameInterestedParty: c.NameInterestedParty(NEIGHBOUR_ID),
    c.TellHearingRights: c.TellHearingRights(),
    c.RequestHearing: c.RequestHearing(NEIGHBOUR_ID),
    c.WaiveHearing: c.WaiveHearing(NEIGHBOUR_ID),
    c.LapseHearingRight: c.LapseHearingRight(),
    c.CallHearing: c.CallHearing("0" * 64),
    c.ScheduleHearing: c.ScheduleHearing(date(2026, 10, 20), "staff:chair", "0" * 64, FRIDAY),
    c.RecordHearing: c.RecordHearing("0" * 64),
    c.CloseHearing: c.CloseHearing("withdrawn"),
    c.RecordStatement: c.RecordStatement(NEIGHBOUR_ID, "0" * 64),
    c.RecordBreach: c.RecordBreach("statutory"),
    c.RecomputeClocks: c.RecomputeClocks(),
    c.GiveOpinion: c.GiveOpinion("check", "pass"),
    c.SendBack: c.SendBack("check", "facts_unclear"),
    c.RequestRecusal: c.RequestRecusal("0" * 64),
    c.DeclineRecusal: c.DeclineRecusal("0" * 64),
    c.Recuse: c.Recuse("staff:clerk", "interest"),
    c.Urge: c.Urge(),
    c.AssignInspectors: c.AssignInspectors(("staff:one", "staff:two")),
    c.ConfirmSupply: c.ConfirmSupply(),
    c.FaultSupply: c.FaultSupply((Defect("cad", "illegible"),)),
    c.RequestSupplyExtension: c.RequestSupplyExtension(date(2026, 9, 28), "0" * 64),
    c.ExtendSupply: c.ExtendSupply(date(2026, 9, 28), "0" * 64),
    c.DeclineSupplyExtension: c.DeclineSupplyExtension("0" * 64, DEFAULT_ID),
    c.GrantBeforeCompletion: c.GrantBeforeCompletion(),
    c.NoticeRecall: c.NoticeRecall(),
    c.HearOnRecall: c.HearOnRecall("0" * 64),
    c.RecallResult: c.RecallResult("0" * 64),
    c.DropRecall: c.DropRecall("0" * 64),
    c.RecordPostCheck: c.RecordPostCheck("mandate", "true"),
    c.NotePostCheckOverdue: c.NotePostCheckOverdue(),
    c.RecordSiteCheck: c.RecordSiteCheck(("staff:one", "staff:two"), FRIDAY, "0" * 64, passed=True),
    c.IssueLicence: c.IssueLicence(),
    c.CloseCase: c.CloseCase(),
    c.HearLicensee: c.HearLicensee(later(4), waived=True),
    c.RevokeLicence: c.RevokeLicence("beyond_powers", "0" * 64),
    c.KeepLicence: c.KeepLicence("beyond_powers", "0" * 64),
    c.WithdrawLicence: c.WithdrawLicence("law_changed", "0" * 64, "1" * 64),
    c.CancelLicence: c.CancelLicence("holder_ended", "0" * 64),
    c.MarkChanged: c.MarkChanged(DEFAULT_ID),
    c.MarkRenewed: c.MarkRenewed(DEFAULT_ID),
    c.MarkExpired: c.MarkExpired(),
    c.GiveMandate: c.GiveMandate(DEFAULT_ID, FRIDAY),
    c.RevokeMandate: c.RevokeMandate(),
    c.ChangeChannel: c.ChangeChannel("counter"),
    c.DeemRenewed: c.DeemRenewed(later(3)),
    c.RecomputeClocks: c.RecomputeClocks(),
}
