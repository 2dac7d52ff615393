"""Whom an item serves is asked at intake."""

from dataclasses import replace

import pytest

from services.applications.domain.errors import OutcomeNotAllowed
from services.applications.domain.serving import refuse_unserved
from tests.applications.domain.cases import ITEM


@pytest.mark.parametrize(
    ("served", "kind", "refused"),
    [
        ((), "natural", False),
        ((), "legal", False),
        (("natural_person",), "natural", False),
        (("natural_person",), "legal", True),
        (("enterprise", "institution"), "natural", True),
        (("enterprise", "institution"), "legal", False),
        (("natural_person", "enterprise"), "natural", False),
        (("natural_person", "enterprise"), "legal", False),
    ],
)
def test_an_applicant_of_a_kind_that_the_item_does_not_serve_is_told_what_to_do(
    served: tuple[str, ...], kind: str, refused: bool
):
    item = replace(ITEM, served=frozenset(served))
    if not refused:
        refuse_unserved(item, kind)
        return
    with pytest.raises(OutcomeNotAllowed, match="applicant_not_served") as told:
        refuse_unserved(item, kind)
    assert told.value.pointer == "/applicant/kind"
    assert "请以" in told.value.zh
    assert "Please apply" in told.value.en
