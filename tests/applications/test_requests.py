"""What a request may hold: each fault has a stable code and words in both languages."""

import json
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from services.applications import contracts as v
from services.applications.contracts.fields import certificate_number
from tests.applications.conftest import COMPANY, CONTACT, ZHANG

GOOD: dict[str, Any] = {
    "item_code": "11341600762764234C3000180002001",
    "channel": "online",
    "applicant": ZHANG,
    "contact": CONTACT,
    "materials": [
        {
            "code": "A01-01",
            "upload_id": "01900000-0000-7000-8000-000000000001",
            "digest": "0" * 64,
            "media_type": "application/pdf",
            "size_bytes": 1000,
        }
    ],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The good request with one thing changed."""
    request: dict[str, Any] = json.loads(json.dumps(GOOD))
    *steps, last = path.split("/")
    place: Any = request
    for step in steps:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[last] = value
    return request


def faults(model: type[BaseModel], plain: Any) -> list[tuple[str, str]]:
    """Where and what is wrong."""
    with pytest.raises(ValidationError) as refused:
        model.model_validate_json(json.dumps(plain))
    return [("/".join(str(step) for step in fault["loc"]), fault["type"]) for fault in refused.value.errors()]


def test_a_good_request_is_good_for_people_and_for_organisations():
    assert v.SubmitCase.model_validate_json(json.dumps(GOOD)).applicant.name == "张三丰"
    company = v.SubmitCase.model_validate_json(json.dumps(GOOD | {"applicant": COMPANY}))
    assert company.applicant.certificate_type is v.CertificateType.CREDIT_CODE


@pytest.mark.parametrize(
    ("path", "value", "place", "code"),
    [
        # GB 11643: the last place is a check digit, places 7 to 14 a birth date.
        ("applicant/certificate_number", "341602199001010013", "applicant", "certificate_checksum"),
        ("applicant/certificate_number", "341602199002310014", "applicant", "certificate_checksum"),
        ("applicant/certificate_number", "34160219900101", "applicant", "certificate_format"),
        # Full-width digits are taken; digits of other scripts are none.
        ("applicant/certificate_number", "٣٤١٦٠٢١٩٩٠٠١٠١٠٠١٢", "applicant", "certificate_format"),
        (
            "applicant/certificate_number",
            "341602********0012",
            "applicant/certificate_number",
            "masked_value",
        ),
        ("applicant/certificate_type", "USCC", "applicant", "certificate_type_for_kind"),
        ("applicant/certificate_type", "999", "applicant/certificate_type", "enum"),
        ("applicant/name", "张**", "applicant/name", "masked_value"),
        ("applicant/name", "张\x00三", "applicant/name", "control_character"),
        ("applicant/name", "张\n三", "applicant/name", "control_character"),
        ("applicant/name", "", "applicant/name", "string_too_short"),
        ("applicant/name", "三" * 201, "applicant/name", "string_too_long"),
        ("applicant/name", 7, "applicant/name", "string_type"),
        ("contact/mobile", "12345678901", "contact/mobile", "mobile_format"),
        ("contact/mobile", "138****1234", "contact/mobile", "masked_value"),
        ("contact/email", "nobody@nowhere", "contact/email", "email_format"),
        ("contact/surprise", "x", "contact/surprise", "extra_forbidden"),
        ("item_code", "A 01", "item_code", "string_pattern_mismatch"),
        ("item_version", 10**30, "item_version", "less_than_equal"),
        ("item_version", 0, "item_version", "greater_than_equal"),
        ("channel", "telepathy", "channel", "literal_error"),
        ("channel", "province", "", "external_number_and_channel"),
        ("external_no", "AH-1", "", "external_number_and_channel"),
        ("materials/0/digest", None, "materials/0", "upload_missing"),
        ("materials/0/size_bytes", 21 * 1024 * 1024, "materials/0/size_bytes", "less_than_equal"),
        ("materials/0/upload_id", "1", "materials/0/upload_id", "uuid_parsing"),
        ("summary", "事" * 501, "summary", "string_too_long"),
    ],
)
def test_a_fault_has_a_stable_code_and_its_place(path, value, place, code):
    assert (place, code) in faults(v.SubmitCase, changed(path, value))


@pytest.mark.parametrize(
    ("certificate", "number", "where"),
    [
        ("111", "341602198503120023", "最后一位"),
        ("111", "341602198530120022", "第7至14位（出生日期）"),
        ("111", "314602198503120022", "第2和3位（可能颠倒了）"),
        ("USCC", "91341600MA2TQ0X1OM", "第17位"),
        ("USCC", "9134", "现在是4位"),
    ],
)
def test_a_wrong_number_is_said_with_the_places_to_look_at(certificate, number, where):
    with pytest.raises(PydanticCustomError) as refused:
        certificate_number(v.CertificateType(certificate), number)
    assert where in refused.value.context["zh"]
    # The sentence may be written down somewhere; the number may not.
    assert number not in refused.value.context["zh"]


def test_an_organisation_has_a_checked_credit_code_and_a_representative():
    wrong = COMPANY | {"certificate_number": "91341600MA2T00015X"}
    assert faults(v.SubmitCase, changed("applicant", wrong)) == [("applicant", "certificate_checksum")]
    nobody = {key: value for key, value in COMPANY.items() if key != "representative"}
    assert faults(v.SubmitCase, changed("applicant", nobody)) == [("applicant", "representative_required")]


def test_lone_surrogates_are_refused_in_whatever_way_they_come():
    text = json.dumps(changed("applicant/name", "X")).replace('"X"', '"\\ud800"')
    with pytest.raises(ValidationError):
        v.SubmitCase.model_validate_json(text)
    with pytest.raises(ValidationError):
        v.SubmitCase.model_validate(changed("applicant/name", "\ud800"))


def test_our_own_faults_are_told_in_both_languages():
    with pytest.raises(ValidationError) as refused:
        v.SubmitCase.model_validate(changed("contact/mobile", "1"))
    (fault,) = refused.value.errors()
    assert fault["ctx"]["zh"].endswith("。")
    assert fault["msg"] == fault["ctx"]["en"]


def test_a_small_x_and_spaces_in_a_certificate_are_one_number():
    applicant = v.Applicant(
        kind="natural", name="张三", certificate_type="111", certificate_number="11010519491231 002x"
    )
    assert applicant.certificate_number == "11010519491231002X"


def test_an_undertaking_without_tolerance_makes_no_sense():
    undertaking = {
        "signed_name": "张三丰",
        "knows_requirements": True,
        "everything_is_true": True,
        "own_will": True,
        "accepts_consequences": True,
    }
    assert faults(v.SubmitCase, changed("undertaking", undertaking)) == [
        ("", "undertaking_without_tolerance")
    ]
    half = undertaking | {"own_will": False}
    assert ("undertaking/own_will", "literal_error") in faults(v.SubmitCase, changed("undertaking", half))


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"case_no": "11341600762764234C"},
        {"access_code": "ABCDEFGH"},
        {"case_id": "01900000-0000-7000-8000-000000000001", "access_code": "ABCDEFGH"},
        {
            "case_id": "01900000-0000-7000-8000-000000000001",
            "case_no": "11341600762764234C",
            "access_code": "ABCDEFGH",
        },
    ],
)
def test_a_case_is_named_in_one_way(plain):
    assert faults(v.GetCase, plain) == [("", "case_reference")]


def test_an_access_code_may_be_typed_in_small_letters():
    assert v.GetCase(case_no="11341600762764234C", access_code=" abcdefgh ").access_code == "ABCDEFGH"
    assert faults(v.GetCase, {"case_no": "11341600762764234C", "access_code": "ABCDEFGO"}) == [
        ("access_code", "string_pattern_mismatch")
    ]


def test_a_refusal_needs_reasons():
    plain = {"case_id": "01900000-0000-7000-8000-000000000001", "expected_version": 2, "result": "refuse"}
    assert faults(v.DecideCase, plain) == [("", "reasons_required")]


@pytest.mark.parametrize("reason", ["incomplete_content", "wrong_content", "other"])
def test_a_fault_that_its_word_does_not_explain_needs_an_explanation(reason):
    # 行政许可法 Art 32(4): the notice tells everything that is to be corrected.
    defect = {"material_code": "A01-01", "reason": reason}
    plain = {
        "case_id": "01900000-0000-7000-8000-000000000001",
        "expected_version": 1,
        "defects": [defect],
    }
    assert faults(v.RequestCorrection, plain) == [("defects/0", "explanation_required")]
    defect["explanation"] = "面积与总平面图不一致"
    assert v.RequestCorrection.model_validate(plain).defects[0].explanation == "面积与总平面图不一致"
