"""Each rule of publication refuses what breaks it, names the place, and lets the sound item pass."""

from dataclasses import replace
from typing import Any

import pytest

from services.catalogue.domain.codes import Codes
from services.catalogue.domain.item import (
    Commitment,
    Item,
    Material,
    Procedure,
    ReviewStep,
    Tolerance,
    Validity,
    faults_of,
    leads_somewhere,
)
from services.catalogue.domain.limits import Limit

IMPLEMENTATION = "11341600762764234C3000180002002"
PLAN = Material("M1", main=True, tolerable=False, conditional=False, says_when=False, basis=("law",))
LICENCE_COPY = Material("M2", main=False, tolerable=True, conditional=False, says_when=False, basis=("law",))
COMMITTED = replace(LICENCE_COPY, by_commitment=True)
SOUND = Item(
    codes=Codes("000180002002", IMPLEMENTATION, f"{IMPLEMENTATION}01"),
    item_type="01",
    organ_uscc="11341600762764234C",
    level=3,
    basis=("law", "fee"),
    conditions=(("law",),),
    materials=(PLAN, LICENCE_COPY),
    statutory_limit=Limit(20, "working_day"),
    promised_limit=Limit(5, "working_day"),
    tolerance=Tolerance(True, 2, 5, decision_before_completion=False, signed_off=False),
    procedures=(Procedure("expert_review", True, ("law",)), Procedure("site_visit", False, ("law",))),
    fees=(("fee",),),
    visits=0,
    visits_explained=False,
    provisional=("/promised_limit",),
)
CHECK = ReviewStep("check", "opinion", internal_limit=Limit(5, "working_day"))
REVIEW = (
    CHECK,
    ReviewStep("plan", "opinion", after=("check",)),
    ReviewStep("build", "opinion", after=("check",)),
    ReviewStep("sign", "countersign", after=("plan", "build")),
    ReviewStep("board", "joint_approval", after=("sign",), needs=2),
)
CONTENT = {"promised_limit": {"amount": 5}}
UNTOLERANT = replace(SOUND.tolerance, enabled=False)


def test_a_sound_item_passes() -> None:
    assert faults_of(SOUND, CONTENT) == []
    assert faults_of(replace(SOUND, review=REVIEW), CONTENT) == []
    committed = replace(SOUND, materials=(PLAN, COMMITTED), commitment=Commitment(True, True))
    assert faults_of(committed, CONTENT) == []


@pytest.mark.parametrize(
    "changes,code,pointer",
    [
        ({"item_type": "02"}, "item_type_not_on_application", "/content/item_type"),
        ({"item_type": "07"}, "basic_code_invalid", "/content/codes/basic"),
        ({"organ_uscc": "11341600762764234D"}, "uscc_invalid", "/content/organ_uscc"),
        ({"level": 4}, "implementation_code_invalid", "/content/codes/implementation"),
        (
            {"codes": replace(SOUND.codes, handling=f"{IMPLEMENTATION}00")},
            "handling_code_invalid",
            "/content/codes/handling",
        ),
        (
            {"promised_limit": Limit(21, "working_day")},
            "promise_beyond_statutory_limit",
            "/content/promised_limit",
        ),
        ({"visits": 1}, "visits_unexplained", "/content/visits_reason"),
        (
            {"materials": (replace(PLAN, tolerable=True), LICENCE_COPY)},
            "main_material_tolerable",
            "/content/materials/0/necessity",
        ),
        (
            {"materials": (replace(PLAN, conditional=True), LICENCE_COPY)},
            "material_condition_unclear",
            "/content/materials/0/required_when",
        ),
        (
            {"materials": (PLAN, replace(LICENCE_COPY, says_when=True))},
            "material_condition_unclear",
            "/content/materials/1/required_when",
        ),
        (
            {"materials": (PLAN, LICENCE_COPY, replace(PLAN, main=True))},
            "material_code_repeated",
            "/content/materials/2/code",
        ),
        ({"tolerance": UNTOLERANT}, "tolerance_without_list", "/content/tolerance/enabled"),
        ({"materials": (PLAN,)}, "tolerance_without_list", "/content/tolerance/enabled"),
        ({"promised_limit": Limit(2, "working_day")}, "tolerance_leaves_no_time", "/content/tolerance"),
        (
            {"tolerance": replace(SOUND.tolerance, decision_before_completion=True)},
            "tolerant_approval_unsigned",
            "/content/tolerance/legal_sign_off",
        ),
        (
            {"procedures": (Procedure("site_visit", True, ("law",)),)},
            "procedure_may_not_stop_the_clock",
            "/content/special_procedures/0/excluded_from_limit",
        ),
        ({"review": (CHECK, CHECK)}, "step_repeated", "/content/review/1/code"),
        ({"review": (replace(CHECK, code="decision"),)}, "step_name_reserved", "/content/review/0/code"),
        ({"review": (replace(CHECK, after=("sign",)),)}, "step_order_unclear", "/content/review/0/after"),
        ({"review": (replace(CHECK, after=("check",)),)}, "step_order_unclear", "/content/review/0/after"),
        (
            {"review": (CHECK, ReviewStep("sign", "countersign"))},
            "countersign_of_nothing",
            "/content/review/1/after",
        ),
        (
            {"review": (ReviewStep("board", "joint_approval"),)},
            "joint_approval_of_one",
            "/content/review/0/needs",
        ),
        (
            {"review": (replace(CHECK, internal_limit=Limit(6, "working_day")),)},
            "step_beyond_promise",
            "/content/review/0/internal_limit",
        ),
        # §5.4: no commitments where safety is concerned, none without the papers and the sign-off.
        (
            {"materials": (PLAN, COMMITTED), "commitment": Commitment(True, True), "safety_sensitive": True},
            "commitment_where_safety_is_concerned",
            "/content/commitment/enabled",
        ),
        ({"commitment": Commitment(True, True)}, "commitment_without_list", "/content/commitment/enabled"),
        ({"materials": (PLAN, COMMITTED)}, "commitment_without_list", "/content/commitment/enabled"),
        (
            {"materials": (PLAN, COMMITTED), "commitment": Commitment(True, False)},
            "commitment_unsigned",
            "/content/commitment/legal_sign_off",
        ),
        # Art 39, 50: a validity stands on a certificate, and leaves a day on which to ask for its renewal.
        ({"validity": Validity(24, 30)}, "validity_without_certificate", "/content/validity"),
        (
            {"validity": Validity(1, 30), "certificate": True},
            "renewal_before_the_beginning",
            "/content/validity/renew_before_days",
        ),
        ({"basis": ("law", "fee", "law")}, "basis_key_repeated", "/content/basis/2/key"),
        ({"conditions": (("law",), ())}, "basis_missing", "/content/conditions/1/basis"),
        (
            {"materials": (PLAN, replace(LICENCE_COPY, basis=()))},
            "basis_missing",
            "/content/materials/1/basis",
        ),
        (
            {"procedures": (Procedure("hearing", True, ("x",)),)},
            "basis_missing",
            "/content/special_procedures/0/basis",
        ),
        ({"fees": (("law", "nothing"),)}, "basis_missing", "/content/fees/0/basis"),
        ({"provisional": ("/promise",)}, "provisional_path_unknown", "/content/provisional/0/path"),
    ],
)
def test_each_broken_rule_is_named_with_its_place(changes: dict[str, Any], code: str, pointer: str) -> None:
    faults = faults_of(replace(SOUND, **changes), CONTENT)
    assert (code, pointer) in [(fault.code, fault.pointer) for fault in faults]
    assert all(fault.zh and fault.en for fault in faults)


def test_all_faults_are_told_at_once() -> None:
    broken = replace(SOUND, visits=1, conditions=((),), promised_limit=Limit(30, "working_day"))
    assert {fault.code for fault in faults_of(broken, CONTENT)} == {
        "visits_unexplained",
        "basis_missing",
        "promise_beyond_statutory_limit",
    }


def test_an_item_that_tolerates_nothing_needs_no_time_to_supply() -> None:
    item = replace(SOUND, tolerance=UNTOLERANT, materials=(PLAN,), promised_limit=Limit(1, "working_day"))
    assert faults_of(item, CONTENT) == []


@pytest.mark.parametrize(
    "pointer,found",
    [
        ("/a", True),
        ("/a/1/b", True),
        ("/a/2", False),
        ("/a/-1", False),
        ("/c", False),
        ("a", False),
        ("", False),
        ("/a/1/b/0", False),  # a text is not a list of characters
    ],
)
def test_a_pointer_leads_to_a_value_or_nowhere(pointer: str, found: bool) -> None:
    assert leads_somewhere(pointer, {"a": [{}, {"b": "text"}]}) is found
