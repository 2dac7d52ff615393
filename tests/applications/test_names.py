"""Names and numbers as people type them: taken in the form of their certificate, or refused with a word that helps."""

import pytest
from pydantic import TypeAdapter, ValidationError

from services.applications.contracts.fields import Address, CertificateType, Mobile, Name, certificate_number

NAME, MOBILE, ADDRESS = (TypeAdapter[str](kind) for kind in (Name, Mobile, Address))


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("𠮷田䶮", "𠮷田䶮"),
        ("买买提·吐尔逊", "买买提·吐尔逊"),
        ("买买提•吐尔逊", "买买提·吐尔逊"),
        ("买买提・吐尔逊", "买买提·吐尔逊"),
        ("买买提 ･ 吐尔逊", "买买提·吐尔逊"),
        ("买买提.吐尔逊", "买买提·吐尔逊"),
        ("买买提．吐尔逊", "买买提·吐尔逊"),
        ("王\u200b小明\ufeff", "王小明"),
        ("\u3000王小明\u3000", "王小明"),
        ("John A.  Smith", "John A. Smith"),
        ("安徽示例（集团）有限公司", "安徽示例（集团）有限公司"),
        ("〇三建筑Ⅱ公司", "〇三建筑Ⅱ公司"),
    ],
)
def test_a_name_is_taken_as_its_certificate_writes_it(typed: str, taken: str) -> None:
    assert NAME.validate_python(typed) == taken
    assert NAME.validate_json(f'"{typed}"', strict=True) == taken


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("王小明😀", "pictograph"),
        ("王❤️明", "pictograph"),
        ("王1️⃣", "pictograph"),
        ("👨\u200d👩\u200d👧", "pictograph"),
        ("王\ue123", "private_character"),
        ("王**", "masked_value"),
        ("王\u202e明", "control_character"),
        (" \u200b ", "string_too_short"),
    ],
)
def test_what_no_certificate_has_is_refused_with_a_word(typed: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        NAME.validate_python(typed)
    assert refused.value.errors()[0]["type"] == code


@pytest.mark.parametrize(
    "typed",
    [
        "138 5670 0001",
        "１３８５６７００００１",
        "138-5670-0001",
        "+86 138 5670 0001",
        "008613856700001",
        "\u200b13856700001",
    ],
)
def test_a_mobile_number_is_taken_however_it_is_grouped(typed: str) -> None:
    assert MOBILE.validate_python(typed) == "13856700001"


@pytest.mark.parametrize(
    ("kind", "typed", "taken"),
    [
        ("111", "３４１６０２ 19900101 0012", "341602199001010012"),
        ("111", "34160219900101001２", "341602199001010012"),
        ("414", "ｅ１２３４５６７８", "E12345678"),
    ],
)
def test_a_pasted_number_is_taken_in_narrow_signs(kind: str, typed: str, taken: str) -> None:
    assert certificate_number(CertificateType(kind), typed) == taken


def test_an_address_has_no_pictures() -> None:
    assert ADDRESS.validate_python("亳州市谯城区 3-2#楼 1 单元") == "亳州市谯城区 3-2#楼 1 单元"
    with pytest.raises(ValidationError):
        ADDRESS.validate_python("亳州市🏠")
