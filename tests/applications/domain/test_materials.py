"""The material check against the pinned item version."""

import pytest

from services.applications.domain.errors import InvalidRequest
from services.applications.domain.materials import (
    Defect,
    HandedIn,
    check_materials,
    refuse_foreign,
    refuse_unseen,
)
from tests.applications.domain.cases import COMPLETE, ITEM, papers


@pytest.mark.parametrize(
    ("supplied", "main", "tolerable", "other"),
    [
        (COMPLETE, (), (), ()),
        # A paper that the organ fetches by sharing is never missing (在线政务服务若干规定 Art 7).
        ((*COMPLETE, "approval"), (), (), ()),
        (("plan", "mandate", "cad", "copy"), ("form",), (), ()),
        (("form", "plan", "mandate", "copy"), (), ("cad",), ()),
        (("form", "plan", "mandate", "cad"), (), (), ("copy",)),
        ((), ("form", "plan"), ("mandate", "cad"), ("copy",)),
    ],
)
def test_what_lacks_is_told_by_its_weight(supplied, main, tolerable, other):
    check = check_materials(ITEM, supplied)
    assert (check.missing_main, check.missing_tolerable, check.missing_other) == (main, tolerable, other)
    assert check.complete is (not (main or tolerable or other))


def test_a_paper_needed_only_under_a_condition_is_asked_for_by_a_clerk_alone():
    assert check_materials(ITEM, COMPLETE).complete
    assert check_materials(ITEM, COMPLETE, [Defect("expert", "missing")]).missing_main == ("expert",)


def test_a_faulty_main_paper_lacks_as_if_it_were_not_there():
    check = check_materials(ITEM, COMPLETE, [Defect("plan", "illegible")])
    assert check.main_lacking == ("plan",)
    assert check.not_tolerable == ("plan",)
    assert not check.complete


def test_a_faulty_tolerable_paper_may_follow_later():
    check = check_materials(ITEM, COMPLETE, [Defect("cad", "wrong_form")])
    assert check.lacking == ("cad",)
    assert check.not_tolerable == ()


def test_papers_outside_the_list_are_refused_with_their_place():
    # 行政许可法 Art 31: nothing unrelated may be collected.
    with pytest.raises(InvalidRequest) as refused:
        refuse_foreign(ITEM, papers("form", "passport", "plan", "form"))
    faults = [(fault.pointer, fault.code) for fault in refused.value.errors]
    assert faults == [
        ("/materials/1/code", "material_not_on_list"),
        ("/materials/3/code", "material_given_twice"),
    ]


@pytest.mark.parametrize(
    ("code", "form", "at_counter", "fault"),
    [
        ("form", "paper", True, None),
        ("form", "file", False, None),
        ("approval", "shared", False, None),
        # Nobody has seen a paper that was only named from afar (行政许可法 32), and the organ fetches only what is shared.
        ("form", "paper", False, "paper_not_seen"),
        ("plan", "shared", True, "material_not_shared"),
    ],
)
def test_a_paper_counts_when_somebody_has_it(code, form, at_counter, fault):
    handed_in = (HandedIn("mandate", "file"), HandedIn(code, form))
    if fault is None:
        refuse_unseen(ITEM, handed_in, at_counter=at_counter)
        return
    with pytest.raises(InvalidRequest, match="materials_not_accepted") as refused:
        refuse_unseen(ITEM, handed_in, at_counter=at_counter)
    assert [(one.pointer, one.code) for one in refused.value.errors] == [("/materials/1/form", fault)]
    assert all(one.zh and one.en for one in refused.value.errors)
