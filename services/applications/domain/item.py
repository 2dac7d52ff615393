"""What a case needs to know of its service item: the version that was in force when it was submitted, for ever."""

from dataclasses import dataclass
from functools import cached_property

# The last digits of an implementation code: the same matter, whichever organ handles it (domain rules §3.3).
BASIC_DIGITS = 12
FORM_WORDS = {"paper": "纸质", "electronic": "电子", "both": "纸质或者电子"}


@dataclass(frozen=True, slots=True)
class Limit:
    """A period as the item states it; `unit` is one of the clock engine's."""

    length: int
    unit: str


@dataclass(frozen=True, slots=True)
class Material:
    """One paper of the published list.

    `main` decides a statutory condition, safety or the applicant's identity and may never lag.  `required` is false
    for papers that are needed only under a condition.  A `shareable` paper is fetched by the organ itself and may not
    be asked for again (在线政务服务若干规定 Art 7).  `form` is how it may come: on paper, electronically, or both.
    """

    code: str
    name: str
    name_en: str
    main: bool
    required: bool = True
    tolerable: bool = False
    shareable: bool = False
    form: str = "both"
    by_commitment: bool = False


@dataclass(frozen=True, slots=True)
class TolerancePolicy:
    """Whether the item is on the public list for tolerant acceptance, and the days of §5.3(4)."""

    enabled: bool = False
    reserve_working_days: int = 2
    most_supply_working_days: int = 5
    # 容缺审批: a result before completion; off unless a legal sign-off stands with the version.
    decision_before_completion: bool = False


@dataclass(frozen=True, slots=True)
class CommitmentPolicy:
    """告知承诺: whether a commitment may stand for a paper, and how long the check after the decision may take."""

    enabled: bool = False
    post_check_days: int = 60


@dataclass(frozen=True, slots=True)
class ProcedureRule:
    """A special procedure that the published item names (行政许可法 45)."""

    kind: str
    excluded: bool
    length: Limit | None = None
    basis: str = ""
    # Whether every case needs it; otherwise the item says under which condition.
    always: bool = True


@dataclass(frozen=True, slots=True)
class ReviewStep:
    """One step of the review; `after` names the steps that it waits for."""

    code: str
    name: str
    name_en: str
    kind: str = "opinion"
    after: tuple[str, ...] = ()
    section: str | None = None
    post: str | None = None
    role: str = "approver"
    needs: int = 1
    internal_limit: Limit | None = None


@dataclass(frozen=True, slots=True)
class Validity:
    """How long a licence holds, and how many days before its end renewal is to be asked for (Art 50)."""

    months: int
    renew_before_days: int = 30


@dataclass(frozen=True)
class Item:
    """One immutable version of a service item."""

    code: str
    version: int
    name: str
    name_en: str
    unit: str
    organ_name: str
    materials: tuple[Material, ...]
    statutory: Limit
    promised: Limit
    correction: Limit
    tolerance: TolerancePolicy = TolerancePolicy()
    is_licence: bool = True
    result_name: str = ""
    enquiry_phone: str = ""
    # Empty: nobody is excluded (older versions do not say whom they serve).
    served: frozenset[str] = frozenset()
    safety_sensitive: bool = False
    joint_handling: bool = False
    number_limited: bool = False
    major_interest_of_others: bool = False
    hearing_required: bool = False
    site_check_required: bool = False
    procedures: tuple[ProcedureRule, ...] = ()
    review: tuple[ReviewStep, ...] = ()
    commitment: CommitmentPolicy = CommitmentPolicy()
    validity: Validity | None = None
    # Whether the result is a certificate that is made out before it is delivered.
    certificate: bool = False

    @cached_property
    def by_code(self) -> dict[str, Material]:
        """The materials by their code."""
        return {material.code: material for material in self.materials}

    @property
    def supply_working_days(self) -> int:
        """The rule of §5.3(4): min(promise - k, 5) working days for papers that follow later."""
        most = self.tolerance.most_supply_working_days
        if self.promised.unit != "working_day":
            return most
        return max(0, min(self.promised.length - self.tolerance.reserve_working_days, most))

    def article(self, number: str) -> str:
        """An article of the licence law: it binds licences; other items follow it by analogy (参照)."""
        return f"行政许可法 {number}" if self.is_licence else f"参照行政许可法 {number}"

    def names(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """The published names of these materials, in the given order."""
        return tuple(self.by_code[code].name for code in codes if code in self.by_code)

    def names_and_forms(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """The names with the form in which each is taken, as a notice that asks for them must tell."""
        known = [self.by_code[code] for code in codes if code in self.by_code]
        return tuple(f"{material.name}（{FORM_WORDS[material.form]}）" for material in known)

    def listed(self, codes: tuple[str, ...]) -> tuple[str, str]:
        """The names of these materials as one Chinese and one English enumeration."""
        known = [self.by_code[code] for code in codes if code in self.by_code]
        return "、".join(m.name for m in known), ", ".join(m.name_en for m in known)


def basic_code(item_code: str) -> str:
    """The basic code within an implementation code: what “the same licence” means to a ban."""
    return item_code[-BASIC_DIGITS:]
