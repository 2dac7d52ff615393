"""Reasons from templates: each has places for the facts that the law asks for, and none can be left empty.

The sentence goes into a formal document, so it is Chinese whatever language the page speaks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.gateway.design.language import N_, _
from services.gateway.design.typed import Fault

SLOT = "slot."
LONGEST_FACT = 600


@dataclass(frozen=True, slots=True)
class Slot:
    """One fact that has to be written down."""

    name: str
    label_text: str
    hint_text: str = ""

    @property
    def field(self) -> str:
        """The field of the form."""
        return f"{SLOT}{self.name}"

    @property
    def label(self) -> str:
        return _(self.label_text)

    @property
    def hint(self) -> str:
        return _(self.hint_text) if self.hint_text else ""


@dataclass(frozen=True, slots=True)
class ReasonTemplate:
    """A sentence with named places; `zh` is what goes into the document."""

    code: str
    title_text: str
    zh: str
    slots: tuple[Slot, ...]

    @property
    def title(self) -> str:
        return _(self.title_text)

    @property
    def shape(self) -> str:
        """The sentence with its places named, to be read while they are filled in."""
        return self.zh.format(**{slot.name: f"【{slot.label}】" for slot in self.slots})


_LAW = Slot("law", N_("法律法规名称和条款"), N_("例如：《人民防空法》第二十二条"))
_CONDITION = Slot("condition", N_("条件名称"), N_("办事指南中的办理条件"))
_FACTS = Slot("facts", N_("具体事实"), N_("写明在哪份材料、哪一处发现了什么"))
TEMPLATES: tuple[ReasonTemplate, ...] = (
    ReasonTemplate(
        "conditions",
        N_("不符合条件"),
        zh="经审查，{facts}，不符合{law}规定的{condition}。",
        slots=(_FACTS, _LAW, _CONDITION),
    ),
    ReasonTemplate(
        "materials",
        N_("材料不实"),
        zh="提交的{paper}经核实与实际情况不符：{facts}，不能证明符合{condition}。",
        slots=(Slot("paper", N_("材料名称")), _FACTS, _CONDITION),
    ),
    ReasonTemplate(
        "scope",
        N_("不属范围"),
        zh="申请事项{facts}，依据{law}，不属于准予的范围。",
        slots=(_FACTS, _LAW),
    ),
)
_BY_CODE: Mapping[str, ReasonTemplate] = {template.code: template for template in TEMPLATES}


def template_of(code: str) -> ReasonTemplate | None:
    """The template of this code."""
    return _BY_CODE.get(code)


def unfilled(template: ReasonTemplate, values: Mapping[str, str]) -> list[Fault]:
    """The facts that are missing, each at its field."""
    return [
        Fault(slot.field, f"请填写{slot.label_text}", "Please write down this fact.")
        for slot in template.slots
        if not values.get(slot.field, "").strip()
    ]


def sentence(template: ReasonTemplate, values: Mapping[str, str]) -> str:
    """The sentence with its facts; what ends with a full stop inside loses it."""
    facts = {
        slot.name: values.get(slot.field, "").strip().rstrip("。.；;")[:LONGEST_FACT]
        for slot in template.slots
    }
    return template.zh.format(**facts)


def reasons_of(values: Mapping[str, str]) -> str:
    """What the form says as reasons: the template's sentence, and whatever was written beside it."""
    template = template_of(values.get("template", ""))
    more = values.get("reasons", "").strip()
    parts: Sequence[str] = (sentence(template, values), more) if template else (more,)
    return "\n".join(part for part in parts if part)


def faults_before(values: Mapping[str, str]) -> list[Fault]:
    """What can be said before the service is asked: no choice, no reasons, a fact left out."""
    if not values.get("result"):
        return [Fault("result", "请选择决定", "Choose the decision.")]
    template = template_of(values.get("template", ""))
    if template is not None and (faults := unfilled(template, values)):
        return faults
    if values["result"] == "refuse" and not reasons_of(values):
        return [
            Fault(
                "reasons",
                "理由：不予的决定必须说明理由（行政许可法第三十八条）",
                "A refusal must state its reasons (Administrative Licence Law, Article 38).",
            )
        ]
    return []
