"""What the papers amount to against the pinned item version.

The check is pure bookkeeping over the published list; whether the papers are good is for a person to say, and what
that person finds comes back in here as defects.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.applications.domain.errors import Fault, InvalidRequest
from services.applications.domain.item import Item, Material

MISSING = "missing"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A paper as it arrives; electronic ones have an upload with its digest."""

    code: str
    form: str
    upload_id: UUID | None = None
    digest: str | None = None
    media_type: str | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the case; `supplied_in` is the version of the case that brought it."""

    handed_in: HandedIn
    supplied_at: datetime
    supplied_in: int

    @property
    def code(self) -> str:
        """The material this paper is for."""
        return self.handed_in.code


@dataclass(frozen=True, slots=True)
class Defect:
    """Something to correct on one material; the explanation for the applicant stands in the notice only."""

    material_code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Check:
    """The papers of a case against the list: what lacks, and of what weight."""

    missing_main: tuple[str, ...]
    missing_tolerable: tuple[str, ...]
    missing_other: tuple[str, ...]
    defective: tuple[str, ...]
    defective_main: tuple[str, ...]
    defective_not_tolerable: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether the papers are complete and nobody found fault with one."""
        return not (self.missing_main or self.missing_tolerable or self.missing_other or self.defective)

    @property
    def lacking(self) -> tuple[str, ...]:
        """Everything that is to come, whatever its weight."""
        return (*self.missing_main, *self.missing_other, *self.missing_tolerable, *self.defective)

    @property
    def main_lacking(self) -> tuple[str, ...]:
        """Main papers that are missing or faulty: with one of them no grant and no tolerance is possible."""
        return (*self.missing_main, *self.defective_main)

    @property
    def not_tolerable(self) -> tuple[str, ...]:
        """What lacks and may not lag."""
        return (*self.missing_main, *self.missing_other, *self.defective_not_tolerable)


# What most checks find.
NOTHING_LACKS = Check((), (), (), (), (), ())


def check_materials(item: Item, supplied: Iterable[str], defects: Sequence[Defect] = ()) -> Check:
    """Compare the supplied codes with the list; a shareable paper is fetched by the organ and never missing."""
    present = frozenset(supplied)
    called_for = {defect.material_code for defect in defects if defect.reason == MISSING}
    faulty = {defect.material_code for defect in defects if defect.material_code in present}
    missing = [m for m in item.materials if m.code not in present and _is_due(m, called_for)]
    if not missing and not faulty:
        return NOTHING_LACKS
    defective = [m for m in item.materials if m.code in faulty]
    return Check(
        missing_main=_codes(m for m in missing if m.main),
        missing_tolerable=_codes(m for m in missing if not m.main and m.tolerable),
        missing_other=_codes(m for m in missing if not m.main and not m.tolerable),
        defective=_codes(defective),
        defective_main=_codes(m for m in defective if m.main),
        defective_not_tolerable=_codes(m for m in defective if m.main or not m.tolerable),
    )


def _is_due(material: Material, called_for: set[str]) -> bool:
    return (material.required and not material.shareable) or material.code in called_for


def _codes(materials: Iterable[Material]) -> tuple[str, ...]:
    return tuple(material.code for material in materials)


def refuse_foreign(item: Item, papers: Sequence[HandedIn], pointer: str = "/materials") -> None:
    """Papers that the list does not name are not taken: nothing unrelated may be collected (行政许可法 Art 31)."""
    known = item.by_code
    faults = [
        _foreign(f"{pointer}/{place}/code", paper.code)
        for place, paper in enumerate(papers)
        if paper.code not in known
    ]
    seen: set[str] = set()
    for place, paper in enumerate(papers):
        if paper.code in seen:
            faults.append(_twice(f"{pointer}/{place}/code", paper.code))
        seen.add(paper.code)
    if faults:
        raise InvalidRequest(
            "materials_not_accepted",
            "提交的材料与该事项的材料清单不符，请按清单更正。",
            "The papers do not fit the item's published list. Please correct them by the list.",
            errors=faults,
        )


def refuse_unseen(item: Item, papers: Sequence[HandedIn], *, at_counter: bool) -> None:
    """A paper counts when somebody has it: a file, the paper in a clerk's hand, or what the organ itself fetches.

    Whoever applies from afar could otherwise call a case complete of which nothing was handed in, and after five
    working days of silence it would be accepted by law (行政许可法 Art 32).
    """
    faults = []
    for place, paper in enumerate(papers):
        material = item.by_code.get(paper.code)
        if paper.form == "paper" and not at_counter:
            faults.append(Fault(f"/materials/{place}/form", "paper_not_seen", *_NOT_SEEN))
        if paper.form == "shared" and material is not None and not material.shareable:
            faults.append(Fault(f"/materials/{place}/form", "material_not_shared", *_NOT_SHARED))
    if faults:
        raise InvalidRequest(
            "materials_not_accepted",
            "有材料并未实际提交，请上传文件。",
            "Some papers were not really handed in. Please upload them.",
            errors=faults,
        )


_NOT_SEEN = (
    "纸质材料应在窗口当面提交；网上申请请上传文件。",
    "A paper original is handed in at the counter; online, upload the file.",
)
_NOT_SHARED = (
    "该材料不能由本机关共享获取，请上传文件。",
    "The organ cannot obtain this paper by data sharing; please upload it.",
)


def _foreign(pointer: str, code: str) -> Fault:
    return Fault(
        pointer,
        "material_not_on_list",
        f"材料“{code}”不在该事项的材料清单中，不得收取（行政许可法第三十一条）。",
        f"The paper “{code}” is not on the item's list and may not be collected (Administrative Licence Law, Art. 31).",
    )


def _twice(pointer: str, code: str) -> Fault:
    return Fault(
        pointer,
        "material_given_twice",
        f"材料“{code}”重复提交。",
        f"The paper “{code}” was given more than once.",
    )
