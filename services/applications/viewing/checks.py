"""The material check for a page: each paper of the list with what was handed in, and what the facts call for."""

from collections.abc import Sequence
from typing import Any

from services.applications.contracts import MaterialCheck, MaterialView, Reason
from services.applications.domain.item import Item, Material
from services.applications.domain.materials import Defect, Paper
from services.applications.domain.outcome import Assessment
from services.applications.domain.wording import DEFECT_WORDS

DEFECT_WORDS_EN = {
    "missing": "is missing, please hand it in",
    "illegible": "can't be read, please hand in a clear copy",
    "wrong_form": "has not the required form",
    "incomplete_content": "is not filled in completely",
    "wrong_content": "is wrong in content",
    "expired": "has expired",
    "not_sealed": "lacks a signature or seal",
    "other": "does not meet the requirements",
}


def check_view(
    item: Item,
    assessment: Assessment,
    *,
    asked: bool,
    papers: Sequence[Paper] = (),
    defects: Sequence[Defect] = (),
    tolerated: Sequence[str] = (),
) -> MaterialCheck:
    """The material check: what lacks, whether it may follow later, and which outcome the facts call for."""
    check = assessment.check
    by_code = {paper.code: paper for paper in papers}
    return MaterialCheck(
        item_code=item.code,
        item_version=item.version,
        item_name=item.name,
        materials=tuple(
            _material(m, by_code.get(m.code), assessment, defects, tolerated) for m in item.materials
        ),
        missing_main=check.missing_main,
        missing_tolerable=check.missing_tolerable,
        missing_other=check.missing_other,
        defective=check.defective,
        tolerance_asked=asked,
        tolerance_possible=assessment.tolerance_possible,
        tolerance_reasons=tuple(Reason(code=r.code, zh=r.zh, en=r.en) for r in assessment.against_tolerance),
        proposed_outcome=assessment.outcome.value,
        may=(assessment.outcome.value,),
        supply_due_on=assessment.supply.due_on if assessment.supply else None,
        commitment_reasons=tuple(
            Reason(code=r.code, zh=r.zh, en=r.en) for r in assessment.against_commitment
        ),
    )


def _material(
    material: Material,
    paper: Paper | None,
    assessment: Assessment,
    defects: Sequence[Defect],
    tolerated: Sequence[str],
) -> MaterialView:
    found = [defect for defect in defects if defect.material_code == material.code]
    fields: dict[str, Any] = {
        "code": material.code,
        "name": material.name,
        "name_en": material.name_en,
        "main": material.main,
        "tolerable": material.tolerable,
        "shareable": material.shareable,
        "status": _status(material, paper, assessment, tolerated),
        "defects": [_defect(defect) for defect in found],
    }
    if paper is not None:
        given = paper.handed_in
        fields |= {
            "form": given.form,
            "upload_id": given.upload_id,
            "digest": given.digest,
            "media_type": given.media_type,
            "size_bytes": given.size_bytes,
            "supplied_at": paper.supplied_at,
        }
    return MaterialView.model_validate(fields)


def _status(material: Material, paper: Paper | None, assessment: Assessment, tolerated: Sequence[str]) -> str:
    if material.code in assessment.check.defective:
        return "defective"
    if paper is not None:
        return "supplied"
    if material.code in assessment.check.lacking:
        return "tolerated" if material.code in tolerated else "missing"
    return "shared" if material.shareable else "optional"


def _defect(defect: Defect) -> Reason:
    return Reason(
        code=defect.reason, zh=f"{DEFECT_WORDS[defect.reason]}。", en=f"It {DEFECT_WORDS_EN[defect.reason]}."
    )
