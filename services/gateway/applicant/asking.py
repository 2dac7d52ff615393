"""What can be asked of the office about one's own case, each on a page of its own: words, fields, and the command it is."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel

from services.applications import contracts as c
from services.applications.contracts import hearings as h
from services.applications.contracts import tolerating as t
from services.gateway import reviewing_forms
from services.gateway.applicant import actions, possible
from services.gateway.design.language import N_
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor

Send = Callable[[Gateway, Visitor, c.CaseView, int, BaseModel, UUID], Awaitable[c.CaseReceipt]]


@dataclass(frozen=True, slots=True)
class Asking:
    """One thing to ask for; `form` is the body of the same operation of the API, `words` the name of its text."""

    title: str
    explained: str
    button: str
    done: str
    form: type[BaseModel]
    send: Send
    offered: Callable[[c.CaseView], bool]
    words: str = ""
    label: str = ""
    until: str = ""
    until_label: str = ""
    # The article of the licensing law.
    law: str = ""


ASKINGS: Mapping[str, Asking] = {
    "hearing": Asking(
        title=N_("申请听证"),
        explained=N_(
            "听证是在作出决定以前，当面听取您和利害关系人的意见。听证不收费用；提出以后，我们会在法定期限内组织，并提前七日通知您时间和地点。"
        ),
        button=N_("申请听证"),
        done=N_("听证申请已提交"),
        form=h.WhoAsks,
        send=actions.request_hearing,
        offered=possible.hearing_offered,
        law="47",
    ),
    "no-hearing": Asking(
        title=N_("我放弃听证"),
        explained=N_(
            "放弃以后不再举行听证，审批人员会直接作出决定；您仍然可以提交书面意见。放弃以后不能再申请。"
        ),
        button=N_("我放弃听证"),
        done=N_("已登记放弃听证"),
        form=h.WhoAsks,
        send=actions.waive_hearing,
        offered=possible.hearing_offered,
        law="47",
    ),
    "recusal": Asking(
        title=N_("申请回避"),
        explained=N_(
            "工作人员是当事人或者当事人的近亲属、与本办件有利害关系，或者有其他关系可能影响公正的，您可以申请回避。由机关负责人决定并答复。"
        ),
        button=N_("提交回避申请"),
        done=N_("回避申请已提交"),
        form=reviewing_forms.Statement,
        send=actions.request_recusal,
        offered=lambda case: "request_recusal" in case.allowed,
        words="words",
        label=N_("请写明申请谁回避、为什么"),
        law="48",
    ),
    "more-time": Asking(
        title=N_("因不可抗力申请延长补交期限"),
        explained=N_(
            "自然灾害、封路等不可抗力使您不能按承诺的日期补交材料时，可以申请延长。答复以前，办件不会因为逾期被终止。"
        ),
        button=N_("发送"),
        done=N_("延长补交期限的申请已提交"),
        form=t.ExtensionToAsk,
        send=actions.ask_for_more_time,
        offered=possible.more_time_offered,
        words="reasons",
        label=N_("发生了什么，为什么不能按时补交"),
        until="until",
        until_label=N_("希望延长到哪一天"),
    ),
    "recall": Asking(
        title=N_("陈述意见"),
        explained=N_(
            "我们已告知您拟收回办理结果。作出决定以前，您可以说明情况、提出理由；您的意见会记录在案并认真研究。"
        ),
        button=N_("提交意见"),
        done=N_("您的意见已记录在案"),
        form=t.HolderStatement,
        send=actions.state_on_recall,
        offered=possible.recall_to_be_answered,
        words="statement",
        label=N_("您的意见"),
        law="7",
    ),
    "urge": Asking(
        title=N_("催办"),
        explained=N_("催办会提醒正在办理的工作人员和他们的负责人，并记录在案。每天可以催办一次。"),
        button=N_("催办"),
        done=N_("已催办，工作人员会看到"),
        form=reviewing_forms.Urging,
        send=actions.urge,
        offered=lambda case: "urge" in case.allowed,
    ),
}
