"""What an item must be before it is published. Every broken rule is named, not the first one only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.catalogue.domain import codes
from services.catalogue.domain.codes import Codes
from services.catalogue.domain.errors import Fault
from services.catalogue.domain.limits import Limit, outlasts, supply_working_days

# 行政许可法 Art 45: only these eight leave the statutory limit out of account.
EXCLUDABLE = frozenset(
    {"hearing", "bidding", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review"}
)


FEWEST_TOGETHER = 2


@dataclass(frozen=True, slots=True)
class Material:
    code: str
    main: bool
    tolerable: bool
    conditional: bool
    says_when: bool
    basis: tuple[str, ...]
    by_commitment: bool = False


@dataclass(frozen=True, slots=True)
class Tolerance:
    enabled: bool
    reserve_working_days: int
    most_supply_working_days: int
    decision_before_completion: bool
    signed_off: bool


@dataclass(frozen=True, slots=True)
class Commitment:
    """告知承诺制: whether a commitment may stand for some papers of the item, and whether that was signed off."""

    enabled: bool = False
    signed_off: bool = False


@dataclass(frozen=True, slots=True)
class Validity:
    """How long the certificate holds, and how long before its end its renewal is to be asked for."""

    months: int
    renew_before_days: int


@dataclass(frozen=True, slots=True)
class Procedure:
    kind: str
    excluded_from_limit: bool
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewStep:
    code: str
    kind: str
    after: tuple[str, ...] = ()
    needs: int = 1
    internal_limit: Limit | None = None


@dataclass(frozen=True, slots=True)
class FitAnswer:
    """What an answer to a question before the application leads to."""

    materials: tuple[str, ...] = ()
    ends: bool = False
    other_item: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """The part of an item's content that rules are about; its sentences need none."""

    codes: Codes
    item_type: str
    organ_uscc: str
    level: int
    basis: tuple[str, ...]
    conditions: tuple[tuple[str, ...], ...]
    materials: tuple[Material, ...]
    statutory_limit: Limit
    promised_limit: Limit
    tolerance: Tolerance
    procedures: tuple[Procedure, ...]
    fees: tuple[tuple[str, ...], ...]
    visits: int
    visits_explained: bool
    provisional: tuple[str, ...]
    review: tuple[ReviewStep, ...] = ()
    commitment: Commitment = Commitment()
    safety_sensitive: bool = False
    certificate: bool = False
    validity: Validity | None = None
    fit: tuple[tuple[FitAnswer, ...], ...] = ()


def faults_of(item: Item, content: Mapping[str, Any]) -> list[Fault]:
    """All rules that the item breaks; `content` is its plain form, to which provisional pointers must lead."""
    return [
        *_code_faults(item),
        *_limit_faults(item),
        *_material_faults(item),
        *_tolerance_faults(item),
        *_commitment_faults(item),
        *_validity_faults(item),
        *_procedure_faults(item),
        *_review_faults(item),
        *_citation_faults(item),
        *_fit_faults(item),
        *_provisional_faults(item, content),
    ]


def _code_faults(item: Item) -> Iterator[Fault]:
    given = item.codes
    if not codes.is_on_application(item.item_type):
        yield Fault(
            "/content/item_type",
            "item_type_not_on_application",
            "该类事项由机关依职权办理，不得列入依申请办理目录。",
            "Items of this type are on the organ's own motion and may not be applied for.",
        )
    if not codes.uscc_is_valid(item.organ_uscc):
        yield Fault(
            "/content/organ_uscc",
            "uscc_invalid",
            "实施主体统一社会信用代码校验不通过。",
            "The unified social credit code of the organ fails its checksum.",
        )
    if not codes.basic_code_is_valid(given.basic) or codes.type_in_basic_code(given.basic) != item.item_type:
        yield Fault(
            "/content/codes/basic",
            "basic_code_invalid",
            "基本编码应为12位数字，且第3—4位应与事项类型一致。",
            "The basic code must have 12 digits, the third and fourth equal to the item type.",
        )
    if not codes.implementation_code_is_valid(given.implementation) or (
        given.implementation != codes.implementation_code(item.organ_uscc, item.level, given.basic)
    ):
        yield Fault(
            "/content/codes/implementation",
            "implementation_code_invalid",
            "实施编码应由实施主体统一社会信用代码、行使层级和基本编码组成，共31位。",
            "The implementation code must be the organ's credit code, the level and the basic code: 31 characters.",
        )
    if not codes.handling_code_is_valid(given.handling, given.implementation):
        yield Fault(
            "/content/codes/handling",
            "handling_code_invalid",
            "业务办理项编码应为实施编码加01—99两位序号。",
            "The handling-item code must be the implementation code and a sequence 01–99.",
        )


def _limit_faults(item: Item) -> Iterator[Fault]:
    if outlasts(item.promised_limit, item.statutory_limit):
        yield Fault(
            "/content/promised_limit",
            "promise_beyond_statutory_limit",
            "承诺办结时限不得长于法定办结时限。",
            "The promised limit may not be longer than the statutory limit.",
        )
    if item.visits > 0 and not item.visits_explained:
        yield Fault(
            "/content/visits_reason",
            "visits_unexplained",
            "需要到现场办理的，应当说明原因。",
            "An item that needs a visit must say why.",
        )


def _material_faults(item: Item) -> Iterator[Fault]:
    for at, material in enumerate(item.materials):
        if material.tolerable and material.main:
            yield Fault(
                f"/content/materials/{at}/necessity",
                "main_material_tolerable",
                "主要材料不得容缺。",
                "A main material can never be tolerated as missing.",
            )
        if material.conditional != material.says_when:
            yield Fault(
                f"/content/materials/{at}/required_when",
                "material_condition_unclear",
                "非必要材料应当写明何种情形下需要提交；其他材料不得附条件。",
                "A conditional material must say when it is required; the others may not.",
            )
    for at in repeated([material.code for material in item.materials]):
        yield Fault(
            f"/content/materials/{at}/code",
            "material_code_repeated",
            "材料编号重复。",
            "Two materials have the same code.",
        )


def _tolerance_faults(item: Item) -> Iterator[Fault]:
    policy, flagged = item.tolerance, any(material.tolerable for material in item.materials)
    days = supply_working_days(
        item.promised_limit, policy.reserve_working_days, policy.most_supply_working_days
    )
    if policy.enabled != flagged:
        yield Fault(
            "/content/tolerance/enabled",
            "tolerance_without_list",
            "开启容缺受理的事项应当公布可容缺材料；未开启的不得标注可容缺材料。",
            "Tolerance must be enabled exactly when some material is on the tolerable list.",
        )
    if policy.enabled and days is None:
        yield Fault(
            "/content/tolerance",
            "tolerance_leaves_no_time",
            "承诺时限扣除预留审查时间后没有补交时间，不得容缺受理。",
            "The promise leaves no working day to supply papers and still decide: tolerance is not possible.",
        )
    if policy.decision_before_completion and not policy.signed_off:
        yield Fault(
            "/content/tolerance/legal_sign_off",
            "tolerant_approval_unsigned",
            "开启容缺审批应当附合法性审核意见。",
            "Deciding before the papers are complete needs the legal sign-off of the department.",
        )


def _commitment_faults(item: Item) -> Iterator[Fault]:
    # §5.4, 国办发〔2020〕42号: never where public safety, health, life or property are directly concerned.
    policy, flagged = item.commitment, any(material.by_commitment for material in item.materials)
    if policy.enabled and item.safety_sensitive:
        yield Fault(
            "/content/commitment/enabled",
            "commitment_where_safety_is_concerned",
            "直接涉及公共安全、人身健康、生命财产安全的事项不得实行告知承诺制（国办发〔2020〕42号）。",
            "An item that directly concerns public safety, health, life or property takes no commitments.",
        )
    if policy.enabled != flagged:
        yield Fault(
            "/content/commitment/enabled",
            "commitment_without_list",
            "实行告知承诺制的事项应当标明可以承诺代替的材料；未实行的不得标注。",
            "Commitments must be enabled exactly when some material may be replaced by one.",
        )
    if policy.enabled and not policy.signed_off:
        yield Fault(
            "/content/commitment/legal_sign_off",
            "commitment_unsigned",
            "实行告知承诺制应当附合法性审核意见。",
            "Taking commitments needs the legal sign-off of the department.",
        )


def _validity_faults(item: Item) -> Iterator[Fault]:
    # 行政许可法 39, 50: a validity stands on a certificate, and whoever renews it needs a day on which to ask.
    validity = item.validity
    if validity is None:
        return
    if not item.certificate:
        yield Fault(
            "/content/validity",
            "validity_without_certificate",
            "只有办理结果为证照的事项才有有效期。",
            "Only an item whose result is a certificate has a validity.",
        )
    if validity.renew_before_days >= validity.months * 28:
        yield Fault(
            "/content/validity/renew_before_days",
            "renewal_before_the_beginning",
            "申请延续的提前天数应当短于有效期。",
            "The days before the end in which renewal is asked for must be fewer than the validity has.",
        )


def _procedure_faults(item: Item) -> Iterator[Fault]:
    for at, procedure in enumerate(item.procedures):
        if procedure.excluded_from_limit and procedure.kind not in EXCLUDABLE:
            yield Fault(
                f"/content/special_procedures/{at}/excluded_from_limit",
                "procedure_may_not_stop_the_clock",
                "只有行政许可法第四十五条列明的程序所需时间才不计入办理期限。",
                "Only the procedures listed in Administrative Licence Law Art 45 leave the limit out of account.",
            )


# The name under which the decision itself stands in work lists.
DECISION = "decision"


def _review_faults(item: Item) -> Iterator[Fault]:
    """Steps that can be walked from the acceptance to the decision, each in less time than was promised."""
    codes_given = [step.code for step in item.review]
    for at in repeated(codes_given):
        yield Fault(
            f"/content/review/{at}/code", "step_repeated", "环节编号重复。", "Two steps have the same code."
        )
    for at, step in enumerate(item.review):
        place = f"/content/review/{at}"
        if step.code == DECISION:
            yield Fault(
                f"{place}/code",
                "step_name_reserved",
                "“decision”是决定环节的名称，请另取编号。",
                "“decision” names the decision itself; please take another code.",
            )
        # Only what stands before may be named, so that no steps can wait for each other.
        if not set(step.after) <= set(codes_given[:at]):
            yield Fault(
                f"{place}/after",
                "step_order_unclear",
                "前置环节应当是列在前面的环节。",
                "A step can only wait for steps that are listed before it.",
            )
        if step.kind == "countersign" and not step.after:
            yield Fault(
                f"{place}/after",
                "countersign_of_nothing",
                "会签环节应当写明会签哪些环节的意见。",
                "A countersignature must name the steps whose opinions it countersigns.",
            )
        if step.kind == "joint_approval" and step.needs < FEWEST_TOGETHER:
            yield Fault(
                f"{place}/needs",
                "joint_approval_of_one",
                "共同审批至少需要两人同意。",
                "A joint approval needs two people at least.",
            )
        if step.internal_limit is not None and outlasts(step.internal_limit, item.promised_limit):
            yield Fault(
                f"{place}/internal_limit",
                "step_beyond_promise",
                "环节时限不得长于承诺办结时限。",
                "A step may not take longer than the promise for the whole case.",
            )


def _citation_faults(item: Item) -> Iterator[Fault]:
    """优化营商环境条例 Arts 35, 44 and 行政许可法 Art 58: no condition, paper, procedure or fee without legal basis."""
    for at in repeated(item.basis):
        yield Fault(
            f"/content/basis/{at}/key", "basis_key_repeated", "依据编号重复。", "Two bases have the same key."
        )
    known = frozenset(item.basis)
    for pointer, cited in _citations(item):
        if not cited or not known.issuperset(cited):
            yield Fault(
                pointer,
                "basis_missing",
                "每项条件、材料、程序和收费都应当引用本事项已列明的设定依据。",
                "Each condition, material, procedure and fee must cite a basis that the item lists.",
            )


def _citations(item: Item) -> Iterator[tuple[str, tuple[str, ...]]]:
    groups: dict[str, Iterable[tuple[str, ...]]] = {
        "conditions": item.conditions,
        "materials": (material.basis for material in item.materials),
        "special_procedures": (procedure.basis for procedure in item.procedures),
        "fees": item.fees,
    }
    for group, citations in groups.items():
        for at, cited in enumerate(citations):
            yield f"/content/{group}/{at}/basis", cited


def _fit_faults(item: Item) -> Iterator[Fault]:
    """An answer asks for no paper that the item does not list: the list is closed (行政许可法 Art 31)."""
    listed = {material.code for material in item.materials}
    for question, answers in enumerate(item.fit):
        for at, answer in enumerate(answers):
            place = f"/content/fit/{question}/answers/{at}"
            if not listed.issuperset(answer.materials):
                yield Fault(
                    f"{place}/materials",
                    "fit_material_unknown",
                    "问答中涉及的材料不在本事项材料清单内。",
                    "The answer names a paper that the item does not list.",
                )
            if answer.other_item is not None and (
                not answer.ends or answer.other_item == item.codes.implementation
            ):
                yield Fault(
                    f"{place}/other_item",
                    "fit_leads_nowhere",
                    "问答指向其他事项的，应当说明原因，且不得指向本事项。",
                    "An answer that leads to another item must say so in words, and not lead back to this one.",
                )
        if all(answer.ends for answer in answers):
            yield Fault(
                f"/content/fit/{question}/answers",
                "fit_leads_nowhere",
                "每个问题应当至少有一个回答可以继续办理本事项。",
                "At least one answer to each question must lead on to this item.",
            )


def _provisional_faults(item: Item, content: Mapping[str, Any]) -> Iterator[Fault]:
    for at, pointer in enumerate(item.provisional):
        if not leads_somewhere(pointer, content):
            yield Fault(
                f"/content/provisional/{at}/path",
                "provisional_path_unknown",
                "暂定字段的路径在事项内容中不存在。",
                "The path of the provisional field does not exist in the content.",
            )


def leads_somewhere(pointer: str, content: Any) -> bool:
    """Whether a JSON pointer (RFC 6901, without escapes) names a value of the content."""
    if not pointer.startswith("/"):
        return False
    for part in pointer[1:].split("/"):
        if isinstance(content, Mapping) and part in content:
            content = content[part]
        elif isinstance(content, list | tuple) and part.isdecimal() and int(part) < len(content):
            content = content[int(part)]
        else:
            return False
    return True


def repeated(keys: Sequence[str]) -> list[int]:
    """The places of keys that were there before."""
    return [at for at, key in enumerate(keys) if key in keys[:at]]
