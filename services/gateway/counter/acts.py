"""The rarer acts of a counter on a case: what each is called, what it does, by which article, and what is typed for it.

The contract of the service is the form; whether an act is offered the service says (`allowed`), and the case itself
where an act would have nothing to act on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from services.applications.contracts import CaseReceipt, CaseView
from services.gateway import client
from services.gateway.client import Method
from services.gateway.design.language import N_, Words
from services.gateway.design.typed import nested
from services.gateway.design.words import CERTIFICATES, DEFECTS, KINDS, METHODS


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to type or to choose; `paper` and `party` are chosen from those of the case."""

    name: str
    label: str
    kind: Literal["text", "long", "date", "choice", "paper", "party"] = "text"
    hint: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)


def _always(case: CaseView) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its words, its consequence in a sentence, its article, its fields."""

    method: Method[Any, CaseReceipt]
    words: str
    consequence: str
    done: str
    sign: str
    law: tuple[str, str] | None = None
    fields: tuple[Field, ...] = ()
    ends: bool = False
    offered: Callable[[CaseView], bool] = _always
    shape: Callable[[Mapping[str, str]], dict[str, Any]] = nested

    @property
    def name(self) -> str:
        """The name of its method, which is its address too."""
        return self.method.name

    @property
    def labels(self) -> dict[str, str]:
        """What each field is called, for whoever has to put one right."""
        texts = Words({one.name: one.label for one in self.fields})
        return {name: texts[name] for name in texts}


def _late_papers(case: CaseView) -> bool:
    promise = case.tolerance
    return promise is not None and promise.fulfilled_on is not None and promise.confirmed_on is None


def _awaited_papers(case: CaseView) -> bool:
    return case.tolerance is not None and case.tolerance.request is None


def _hearing_told(case: CaseView) -> bool:
    return case.hearing is not None and case.hearing.state == "told"


def _recall_noticed(case: CaseView) -> bool:
    recall = case.recall
    return recall is not None and recall.recalled_on is None and recall.dropped_on is None


def _commitments(case: CaseView) -> bool:
    return any(one.accepted and one.checked_on is None for one in case.commitments)


def _has_agent(case: CaseView) -> bool:
    return any(party.role == "agent" for party in case.parties)


def _fault(values: Mapping[str, str]) -> dict[str, Any]:
    names = ("material_code", "reason", "explanation")
    defect = {name: values[name] for name in names if values.get(name, "").strip()}
    return {"defects": [defect]}


_REASONS = Field("reasons", N_("理由"), "long", N_("写明事实，会写进文书"))
_PARTY = Field("party_id", N_("谁提出"), "party")
_LICENSING_LAW = N_("行政许可法")
ACTS: tuple[Act, ...] = (
    Act(
        client.CONFIRM_SUPPLY,
        N_("补交材料审查合格"),
        N_("补交的容缺材料视为齐全，办件继续审查。"),
        N_("已确认补交材料合格"),
        "file-check",
        offered=_late_papers,
    ),
    Act(
        client.FAULT_SUPPLY,
        N_("补交材料不合格，再告知一次"),
        N_("将生成不合格告知书，申请人在补交期限内再补交一次；没有时间再补交的，终止办理。"),
        N_("已告知补交材料不合格"),
        "file-x",
        fields=(
            Field("material_code", N_("材料"), "paper"),
            Field("reason", N_("哪里不合格"), "choice", choices=DEFECTS),
            Field("explanation", N_("说明"), "long", N_("写明具体哪里不对、怎样改，会写进告知书")),
        ),
        offered=_late_papers,
        shape=_fault,
    ),
    Act(
        client.REQUEST_SUPPLY_EXTENSION,
        N_("因不可抗力申请延长补交期限"),
        N_("登记申请人的申请，由审批人员答复；答复前原期限不变。"),
        N_("已登记延期申请"),
        "clock",
        fields=(
            Field("until", N_("申请延长到"), "date"),
            Field("reasons", N_("不可抗力的情况"), "long", N_("写明发生了什么、为什么不能按期补交")),
        ),
        offered=_awaited_papers,
    ),
    Act(
        client.ISSUE_LICENCE,
        N_("制证"),
        N_("生成证件和编号，之后可以送达。"),
        N_("证件已生成"),
        "file-check",
        (_LICENSING_LAW, "39"),
    ),
    Act(
        client.CLOSE_CASE,
        N_("办结归档"),
        N_("办件归档，不再变动。"),
        N_("已办结归档"),
        "inbox",
    ),
    Act(
        client.URGE_CASE,
        N_("催办"),
        N_("登记申请人的催办，审批人员会看到。"),
        N_("已催办"),
        "bell",
    ),
    Act(
        client.CHANGE_CHANNEL,
        N_("转换办理渠道"),
        N_("办件换到另一渠道继续办理，已交的材料和期限都不变。"),
        N_("办理渠道已转换"),
        "share-2",
        fields=(
            Field(
                "channel",
                N_("转到"),
                "choice",
                choices=Words(
                    {
                        "online": N_("网上"),
                        "counter": N_("窗口"),
                        "service_point": N_("便民服务点"),
                        "home_visit": N_("上门服务"),
                    }
                ),
            ),
            Field("delivery", N_("结果怎样送达"), "choice", choices=METHODS),
        ),
    ),
    Act(
        client.GIVE_MANDATE,
        N_("登记委托代理"),
        N_("登记的人可以代申请人办理这个办件，到期自动终止；原来的经办人不再代理。"),
        N_("委托已登记"),
        "user-round",
        (_LICENSING_LAW, "29"),
        fields=(
            Field("agent.name", N_("经办人姓名")),
            Field("agent.certificate_type", N_("证件类型"), "choice", choices=CERTIFICATES),
            Field("agent.certificate_number", N_("证件号码")),
            Field("agent.mobile", N_("手机号码"), hint=N_("可以不填")),
            Field("agent.valid_until", N_("委托到哪一天"), "date", N_("不填则到办结为止")),
        ),
    ),
    Act(
        client.REVOKE_MANDATE,
        N_("撤销委托"),
        N_("经办人从现在起不能再办理这个办件。"),
        N_("委托已撤销"),
        "undo-2",
        offered=_has_agent,
    ),
    Act(
        client.RECORD_STATEMENT,
        N_("记录陈述意见"),
        N_("陈述和申辩记入办件，审批人员作出决定前应当听取。"),
        N_("陈述意见已记录"),
        "pencil",
        (_LICENSING_LAW, "36"),
        fields=(_PARTY, Field("statement", N_("陈述内容"), "long")),
    ),
    Act(
        client.NAME_INTERESTED_PARTY,
        N_("登记利害关系人"),
        N_("登记的人可以陈述、申辩和要求听证。"),
        N_("利害关系人已登记"),
        "users",
        (_LICENSING_LAW, "36"),
        fields=(
            Field("kind", N_("类型"), "choice", choices=KINDS),
            Field("name", N_("姓名或者名称")),
            Field("certificate_type", N_("证件类型"), "choice", choices=CERTIFICATES),
            Field("certificate_number", N_("证件号码")),
            Field("mobile", N_("手机号码"), hint=N_("可以不填")),
        ),
    ),
    Act(
        client.REQUEST_HEARING,
        N_("申请听证"),
        N_("行政机关应当在二十日内组织听证。"),
        N_("听证申请已登记"),
        "users",
        (_LICENSING_LAW, "47"),
        fields=(_PARTY,),
        offered=_hearing_told,
    ),
    Act(
        client.WAIVE_HEARING,
        N_("放弃听证"),
        N_("登记之后不再为这一方组织听证。"),
        N_("放弃听证已登记"),
        "x",
        (_LICENSING_LAW, "47"),
        fields=(_PARTY,),
        offered=_hearing_told,
    ),
    Act(
        client.HEAR_ON_RECALL,
        N_("听取持有人对收回结果的意见"),
        N_("意见记入办件，收回前应当听取。"),
        N_("意见已记录"),
        "pencil",
        fields=(Field("statement", N_("陈述内容"), "long"),),
        offered=_recall_noticed,
    ),
    Act(
        client.RECORD_POST_CHECK,
        N_("登记承诺的事后核查"),
        N_("承诺不实的，由审批人员依法处理；可以整改的，生成限期整改通知书。"),
        N_("核查结果已登记"),
        "list-checks",
        fields=(
            Field("material_code", N_("承诺的材料"), "paper"),
            Field(
                "finding",
                N_("核查结果"),
                "choice",
                choices=Words(
                    {
                        "true": N_("属实"),
                        "mendable": N_("不实，可以整改"),
                        "false": N_("不实"),
                    }
                ),
            ),
            Field("findings", N_("核查情况"), "long"),
            Field("mend_by", N_("整改期限"), "date", N_("可以整改时填写")),
        ),
        offered=_commitments,
    ),
    Act(
        client.REQUEST_RECUSAL,
        N_("申请回避"),
        N_("登记申请人的回避申请，由机关负责人决定。"),
        N_("回避申请已登记"),
        "ban",
        (_LICENSING_LAW, "48"),
        fields=(Field("words", N_("申请谁回避，为什么"), "long"),),
    ),
    Act(
        client.DECLARE_NOT_REQUIRED,
        N_("不受理：依法不需要许可"),
        N_("将生成不受理告知书，办件就此结束，不能恢复。"),
        N_("已告知不受理"),
        "info",
        (_LICENSING_LAW, "32"),
        fields=(_REASONS,),
        ends=True,
    ),
    Act(
        client.DECLARE_NOT_COMPETENT,
        N_("不予受理：不属于本机关职权"),
        N_("将生成不予受理决定书，写明应当向哪个机关申请和救济途径，办件就此结束，不能恢复。"),
        N_("已决定不予受理"),
        "share-2",
        (_LICENSING_LAW, "32"),
        fields=(
            Field("competent_organ", N_("应当向哪个机关申请"), hint=N_("写全称，会写进决定书")),
            Field("reasons", N_("理由"), "long", N_("可以不填")),
        ),
        ends=True,
    ),
)
BY_NAME: Mapping[str, Act] = {act.name: act for act in ACTS}


def offered(case: CaseView) -> list[Act]:
    """What may be done with this case beside its next step, the most frequent first."""
    return [act for act in ACTS if _allows(case, act) and act.offered(case)]


def _allows(case: CaseView, act: Act) -> bool:
    # The table of the engine calls it `urge`, the method `urge_case`.
    return act.name in case.allowed or (act is BY_NAME["urge_case"] and "urge" in case.allowed)
