"""Parts of pages that need no server: typed forms, faults in words, icons, places to go on to, proofs."""

import base64
import hashlib
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.datastructures import FormData

from services.applications.contracts import Applicant, Contact
from services.audit.contracts import InclusionProof
from services.gateway.design import assets, icons
from services.gateway.design.render import ENVIRONMENT, ROOMS, own_place
from services.gateway.design.typed import faults_of, nested, parse, values_of
from services.gateway.operator import proofs
from services.gateway.problems import Problem
from services.gateway.supplying import clean_name

GATEWAY = assets.DESIGN.parent
TEMPLATES = sorted(GATEWAY.rglob("templates/*.html"))


def test_names_with_dots_become_parts_of_a_model_and_empty_fields_vanish() -> None:
    typed = {"applicant.name": "张三", "applicant.address": " ", "summary": "x"}
    assert nested(typed) == {"applicant": {"name": "张三"}, "summary": "x"}


def test_a_fault_names_its_question_once() -> None:
    with pytest.raises(Problem) as refused:
        parse(Contact, {"name": "张三", "mobile": "12"})
    found = faults_of(refused.value, {"contact.mobile": "手机号码"}, within="contact")
    assert [fault.field for fault in found] == ["contact.mobile"]
    assert found[0].zh.count("手机号码") == 1


def test_a_fault_of_the_whole_goes_to_the_field_that_must_change() -> None:
    applicant = {"kind": "natural", "name": "张三", "certificate_type": "111"}
    with pytest.raises(Problem) as refused:
        parse(Applicant, {**applicant, "certificate_number": "341602199001010013"})
    labels = {"applicant.certificate_number": "证件号码"}
    found = faults_of(refused.value, labels, within="applicant")
    assert [fault.field for fault in found] == ["applicant.certificate_number"]


def test_passwords_and_tokens_are_never_put_back_into_a_form() -> None:
    form = FormData([("login", "zhang"), ("password", "secret"), ("csrf_token", "x"), ("key", "y")])
    assert values_of(form) == {"login": "zhang"}


@pytest.mark.parametrize(
    "place",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/a\\b",
        "javascript:alert(1)",
        "/a b",
        "/a\n",
        "",
    ],
)
def test_nobody_is_led_to_another_site(place: str) -> None:
    assert own_place(place, "/") == "/"


def test_own_pages_are_followed() -> None:
    assert own_place("/my/cases?cursor=x", "/") == "/my/cases?cursor=x"


def test_file_names_are_shown_without_paths_and_control_characters() -> None:
    assert clean_name("C:\\fake\\申请\u202e表.pdf") == "申请表.pdf"
    assert clean_name("/etc/x\n.pdf") == "x.pdf"
    assert clean_name("\u200b") is None


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: f"{file.parent.parent.name}-{file.stem}")
def test_templates_hold_no_script_no_style_and_no_other_host(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style", text)
    assert not re.search(r"(?:src|href)=[\"']https?://", text)


def test_every_template_can_be_read() -> None:
    for template in TEMPLATES:
        room = template.parent.parent.name
        name = f"{room}/{template.name}" if room in ROOMS else template.name
        ENVIRONMENT.get_template(name)


def test_only_icons_in_use_are_shipped_and_none_is_missing() -> None:
    shipped = {file.stem for file in icons.FOLDER.glob("*.svg")}
    words = "".join(file.read_text(encoding="utf-8") for file in TEMPLATES)
    named = set(re.findall(r"\"([a-z0-9-]+)\"", words))
    assert shipped <= named
    for name in re.findall(r"icon\(\"([a-z0-9-]+)\"", words):
        assert name in shipped


def test_every_post_form_carries_its_protection_token() -> None:
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text, flags=re.DOTALL):
            assert "csrf_field()" in form or "form_fields(" in form, (template.name, form[:80])


def note(key: Ed25519PrivateKey, size: int, root: bytes) -> str:
    text = f"example.test/log\n{size}\n{base64.b64encode(root).decode()}\n"
    signature = base64.b64encode(b"\0\0\0\0" + key.sign(text.encode())).decode()
    return f"{text}\n— example.test/log {signature}\n"


def two_leaves() -> tuple[bytes, bytes, bytes]:
    first, second = (hashlib.sha256(b"\0" + leaf).digest() for leaf in (b"first", b"second"))
    return first, second, hashlib.sha256(b"\1" + first + second).digest()


def test_a_right_proof_holds() -> None:
    key = Ed25519PrivateKey.generate()
    first, _, root = two_leaves()
    proof = InclusionProof(
        leaf="second",
        index=1,
        tree_size=2,
        proof=[base64.b64encode(first).decode()],
        checkpoint=note(key, 2, root),
    )
    assert proofs.verify(proof, key.public_key()).holds


@pytest.mark.parametrize(
    "change",
    [
        {"leaf": "other"},
        {"index": 0},
        {"index": 2},
        {"tree_size": 3},
        {"proof": []},
        {"proof": ["!"]},
        {"checkpoint": "no note"},
    ],
)
def test_a_proof_that_was_touched_does_not_hold(change: dict[str, object]) -> None:
    key = Ed25519PrivateKey.generate()
    first, _, root = two_leaves()
    fields = {
        "leaf": "second",
        "index": 1,
        "tree_size": 2,
        "proof": [base64.b64encode(first).decode()],
        "checkpoint": note(key, 2, root),
    }
    assert not proofs.verify(InclusionProof.model_validate(fields | change), key.public_key()).holds


def test_a_checkpoint_of_another_key_is_not_believed() -> None:
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    first, _, root = two_leaves()
    proof = InclusionProof(
        leaf="second",
        index=1,
        tree_size=2,
        proof=[base64.b64encode(first).decode()],
        checkpoint=note(other, 2, root),
    )
    assert not proofs.verify(proof, key.public_key()).holds


def test_the_gateway_agrees_with_the_log_on_trees_of_many_sizes() -> None:
    leaves = [str(number).encode() for number in range(20)]

    def root(part: list[bytes]) -> bytes:
        if len(part) == 1:
            return hashlib.sha256(b"\0" + part[0]).digest()
        split = 1 << (len(part) - 1).bit_length() - 1
        return hashlib.sha256(b"\1" + root(part[:split]) + root(part[split:])).digest()

    def path(index: int, part: list[bytes]) -> list[bytes]:
        if len(part) == 1:
            return []
        split = 1 << (len(part) - 1).bit_length() - 1
        if index < split:
            return [*path(index, part[:split]), root(part[split:])]
        return [*path(index - split, part[split:]), root(part[:split])]

    for size in range(1, 21):
        for index in range(size):
            tree = leaves[:size]
            assert proofs.is_included(index, size, tree[index], path(index, tree), root(tree))
            assert not proofs.is_included(index, size, b"x", path(index, tree), root(tree))
