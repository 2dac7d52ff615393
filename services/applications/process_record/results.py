"""How a case came to its end, and by which code each receiver knows that (domain rules §4.2).

The codes of the widespread dictionary are the default; some provinces define 1, 6 and 7 otherwise, so each receiver has a
column of its own.
"""

from collections.abc import Mapping

from services.applications.contracts.process_record import Receiver, ResultCode, ResultRow
from services.applications.domain import events as e
from services.applications.process_record.facts import Recorded, Sources, numbers_of

GRANTED, REFUSED, NOT_COMPETENT, NOT_REQUIRED = "granted", "refused", "not_competent", "not_required"
NO_CORRECTION, WITHDRAWN, TERMINATED, VOIDED = "no_correction", "withdrawn", "terminated", "voided"

# 0 出证办结, 1 退回办结, 2 作废办结, 3 删除办结, 4 转报办结, 5 补正不来办结, 6 办结.
_NATIONAL: Mapping[str, ResultCode] = {
    GRANTED: "0",
    REFUSED: "1",
    NOT_COMPETENT: "1",
    NOT_REQUIRED: "1",
    NO_CORRECTION: "5",
    WITHDRAWN: "6",
    TERMINATED: "6",
    VOIDED: "2",
}
RESULT_CODES: Mapping[Receiver, Mapping[str, ResultCode]] = {
    "national": _NATIONAL,
    "refused_1_not_accepted_6": {**_NATIONAL, NOT_COMPETENT: "6", NOT_REQUIRED: "6"},
    "granted_6_refused_7": {**_NATIONAL, GRANTED: "6", REFUSED: "7"},
}
WORDS = {
    GRANTED: "准予",
    REFUSED: "不予",
    NOT_COMPETENT: "不予受理（不属本机关职权范围）",
    NOT_REQUIRED: "不受理（依法不需要取得许可）",
    NO_CORRECTION: "逾期未补正，视为放弃申请",
    WITHDRAWN: "申请人撤回申请",
    TERMINATED: "终止办理",
    VOIDED: "登记有误，作废",
}
# The events that bring a case to its end; what happens to a licence afterwards is no other end of the case.
_OUTCOMES: Mapping[str, str] = {
    "RenewalDeemed": GRANTED,
    "NotCompetent": NOT_COMPETENT,
    "NotRequired": NOT_REQUIRED,
    "Lapsed": NO_CORRECTION,
    "Withdrawn": WITHDRAWN,
    "Terminated": TERMINATED,
    "Voided": VOIDED,
}


def outcome_of(one: Recorded) -> str | None:
    """How this event ended the case, if it did."""
    if isinstance(one.event, e.Decided):
        return GRANTED if one.event.result == "grant" else REFUSED
    return _OUTCOMES.get(one.name)


def result_row(sources: Sources, receiver: Receiver) -> ResultRow | None:
    """`up_pro_result`, once the case has come to an end."""
    ends = [(one, outcome) for one in sources.events if (outcome := outcome_of(one)) is not None]
    if not ends:
        return None
    one, outcome = ends[-1]
    granted = outcome == GRANTED
    delivered, licence = sources.last("Delivered"), sources.case.licence
    method = delivered.event.method if delivered and isinstance(delivered.event, e.Delivered) else None
    return ResultRow(
        project_no=sources.case.case_no,
        result_type=RESULT_CODES[receiver][outcome],
        result_date=one.at,
        result_explain=WORDS[outcome],
        result_cetr_name=(sources.item.result_name or None) if granted else None,
        result_cetr_no=_number(sources, one) if granted else None,
        is_delivery_results="1" if method == "post" else "0",
        handle_user_name=one.post,
        valid_from=licence.valid_from if licence else None,
        valid_until=licence.valid_until if licence else None,
        issuing_org_name=sources.item.organ_name if granted else None,
        is_charged="1" if sources.published.content.fees else "0",
    )


def _number(sources: Sources, decided: Recorded) -> str | None:
    """The number of the certificate when one was made out, else that of the decision."""
    licence = sources.case.licence
    own = licence.number if licence else None
    return own or numbers_of(decided.event.documents, "decision_grant", "renewal_deemed_notice")
