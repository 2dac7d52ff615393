"""Ways out that are no decision on the application: no licence needed, not competent, object lost, void."""

from collections.abc import Mapping

from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.case import Case
from services.applications.domain.changes import Change, to_state
from services.applications.domain.errors import InvalidRequest, OutcomeNotAllowed
from services.applications.domain.facts import Facts, Rule
from services.applications.domain.state import State


def declare_not_required(case: Case, command: c.DeclareNotRequired, facts: Facts) -> list[e.CaseEvent]:
    # LIC-01, Art 32¶1(1): what needs no licence is told at once not to be accepted; it is no refusal.
    _require_words(command.reasons_sha256)
    return [
        e.NotRequired(
            effective_on=facts.now.on, declared_by=facts.by.id, reasons_sha256=command.reasons_sha256
        )
    ]


def declare_not_competent(case: Case, command: c.DeclareNotCompetent, facts: Facts) -> list[e.CaseEvent]:
    # LIC-02, Art 32¶1(2): a written decision, which names the right organ.
    if not command.competent_organ.strip():
        raise InvalidRequest(
            "competent_organ_required",
            "不予受理决定应当告知申请人向有关行政机关申请，请写明该机关名称（行政许可法第三十二条第一款第二项）。",
            "A decision not to accept must name the organ to apply to (Administrative Licence Law, Art. 32).",
            pointer="/competent_organ",
        )
    return [
        e.NotCompetent(
            effective_on=facts.now.on,
            declared_by=facts.by.id,
            competent_organ=command.competent_organ,
            reasons_sha256=command.reasons_sha256,
        )
    ]


def terminate(case: Case, command: c.TerminateCase, facts: Facts) -> list[e.CaseEvent]:
    # §4.3: the applicant died or was dissolved, or the matter has lost its object.
    _require_words(command.reasons_sha256)
    return [e.Terminated(effective_on=facts.now.on, reason=command.ground)]


def void(case: Case, command: c.VoidCase, facts: Facts) -> list[e.CaseEvent]:
    # §4.3: only a supervisor, with a reason; the record stays and says so.
    _require_words(command.reasons_sha256)
    return [e.Voided(effective_on=facts.now.on, voided_by=facts.by.id, reasons_sha256=command.reasons_sha256)]


def _require_words(reasons_sha256: str | None) -> None:
    if reasons_sha256 is None:
        raise OutcomeNotAllowed(
            "reasons_required",
            "请写明理由，理由将载入文书和办件记录。",
            "Please state the reasons; they go into the document and the record.",
            pointer="/reasons",
        )


RULES: Mapping[type[c.Command], Rule] = {
    c.DeclareNotRequired: declare_not_required,
    c.DeclareNotCompetent: declare_not_competent,
    c.TerminateCase: terminate,
    c.VoidCase: void,
}

CHANGES: Mapping[type[e.CaseEvent], Change] = {
    e.NotRequired: to_state(State.NOT_REQUIRED),
    e.NotCompetent: to_state(State.NOT_COMPETENT),
    e.Voided: to_state(State.VOIDED),
}
