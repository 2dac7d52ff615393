"""The printed form of documents: who gets the PDF, what is recorded first, and what anybody may verify."""

import base64
import hashlib
from datetime import date
from uuid import UUID

import httpx
import pytest

from services.applications.contracts import DocumentLine, DocumentView
from services.applications.contracts.printing import ReissuedDocument
from services.documents.contracts import Comparison, PdfView, Verification
from services.gateway.identity.throttle import ADDRESS
from services.gateway.identity.visitor import Session
from shared.identity import Role
from tests.gateway.conftest import ScriptedServices, Visitors

CASE = "01900000-0000-7000-8000-0000000000c1"
DOCUMENT = UUID("01900000-0000-7000-8000-0000000000d1")
PDF = b"%PDF-1.7 made up"
SHA256 = hashlib.sha256(PDF).hexdigest()
NUMBER = "亳人防许受〔2026〕12号"
READY = PdfView(
    document_id=DOCUMENT,
    state="ready",
    kind="acceptance_notice",
    number=NUMBER,
    content=base64.b64encode(PDF).decode(),
    sha256=SHA256,
)
PENDING = PdfView(
    document_id=DOCUMENT,
    state="pending",
    number=NUMBER,
    retry_after_seconds=2,
    zh="正在印制",
    en="being printed",
)
VOID = PdfView(
    document_id=DOCUMENT, state="void", number=NUMBER, zh="有一个字（U+E000）没有字形", en="U+E000"
)
VERIFIED = Verification(
    document_id=DOCUMENT,
    state="valid",
    kind="acceptance_notice",
    number=NUMBER,
    title="受理通知书",
    organ="亳州市国防动员办公室",
    issued_on=date(2026, 9, 18),
    sha256=SHA256,
    size=len(PDF),
    signed_by="CN=测试",
)


def document(*, masked: bool = False, void_reason: str | None = None) -> DocumentView:
    return DocumentView(
        document_id=DOCUMENT,
        case_id=UUID(CASE),
        case_no="11341600762764234C3000180002001202609180001",
        kind="acceptance_notice",
        number=NUMBER,
        title="受理通知书",
        title_en="Notice of acceptance",
        template_version=1,
        issued_on=date(2026, 9, 18),
        lines=(DocumentLine(style="title", text="受理通知书"),),
        sha256="0" * 64,
        masked=masked,
        void_reason=void_reason,
    )


async def sign_in(http: httpx.AsyncClient, visitors: Visitors, role: Role) -> None:
    http.cookies.set("tongban_session", await visitors.token(role, kind=Session.COOKIE))


async def token_of(http: httpx.AsyncClient, place: str) -> str:
    page = (await http.get(place)).text
    return page.split('name="csrf_token" value="')[1].split('"')[0]


async def test_the_people_of_a_case_download_the_pdf(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    services.answers = {"get_document": document(), "get_pdf": READY}
    headers = await visitors.headers(Role.APPLICANT)
    answer = await http.get(f"/api/v1/applicant/cases/{CASE}/documents/{DOCUMENT}/pdf", headers=headers)
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'attachment; filename="acceptance_notice-2026-12.pdf"'
    await sign_in(http, visitors, Role.APPLICANT)
    page = await http.get(f"/my/cases/{CASE}/documents/{DOCUMENT}")
    assert f"/my/cases/{CASE}/documents/{DOCUMENT}.pdf" in page.text
    answer = await http.get(f"/my/cases/{CASE}/documents/{DOCUMENT}.pdf")
    assert (answer.status_code, answer.content) == (200, PDF)


async def test_while_it_is_being_made_the_answer_says_when_to_come_again(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    services.answers = {"get_document": document(), "get_pdf": PENDING}
    headers = await visitors.headers(Role.APPLICANT)
    answer = await http.get(f"/api/v1/applicant/cases/{CASE}/documents/{DOCUMENT}/pdf", headers=headers)
    assert (answer.status_code, answer.headers["retry-after"]) == (202, "2")
    assert answer.json()["state"] == "pending"
    await sign_in(http, visitors, Role.APPLICANT)
    page = await http.get(f"/my/cases/{CASE}/documents/{DOCUMENT}.pdf")
    assert (page.status_code, page.headers["retry-after"]) == (202, "2")
    assert "正在印制" in page.text


async def test_a_void_document_has_no_pdf_and_says_why(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    services.answers = {"get_document": document(void_reason="没有字形"), "get_pdf": VOID}
    headers = await visitors.headers(Role.APPLICANT)
    answer = await http.get(f"/api/v1/applicant/cases/{CASE}/documents/{DOCUMENT}/pdf", headers=headers)
    assert answer.status_code == 410
    assert "U+E000" in answer.json()["detail"]
    await sign_in(http, visitors, Role.APPLICANT)
    page = (await http.get(f"/my/cases/{CASE}/documents/{DOCUMENT}")).text
    assert "已经作废" in page
    assert ".pdf" not in page


async def test_whoever_sees_a_document_masked_does_not_get_its_pdf(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    services.answers = {"get_document": document(masked=True), "get_pdf": READY}
    headers = await visitors.headers(Role.APPLICANT)
    answer = await http.get(f"/api/v1/applicant/cases/{CASE}/documents/{DOCUMENT}/pdf", headers=headers)
    assert answer.status_code == 403
    assert "get_pdf" not in {call.method for call in services.calls}


@pytest.mark.parametrize(
    ("role", "room", "api"), [(Role.CLERK, "desk", "counter"), (Role.APPROVER, "review", "approver")]
)
async def test_staff_say_why_and_the_look_is_recorded_before_the_pdf_is_fetched(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices, role: Role, room: str, api: str
) -> None:
    services.answers = {"get_document": document(), "get_pdf": READY}
    headers, place = await visitors.headers(role), f"/api/v1/{api}/cases/{CASE}/documents/{DOCUMENT}/pdf"
    assert (await http.post(place, headers=headers, json={})).status_code == 422
    assert (await http.get(place, headers=headers)).status_code == 405
    answer = await http.post(place, headers=headers, json={"purpose": "打印交申请人"})
    assert (answer.status_code, answer.content) == (200, PDF)
    first, second = services.calls
    assert (first.method, first.request.model_dump()["purpose"]) == ("get_document", "打印交申请人")
    assert second.method == "get_pdf"

    await sign_in(http, visitors, role)
    page = f"/{room}/cases/{CASE}/documents/{DOCUMENT}"
    services.answers["get_document"] = document(masked=True)
    csrf = await token_of(http, page)
    services.answers["get_document"] = document()
    form = {"csrf_token": csrf, "purpose": "打印交申请人"}
    assert (await http.post(f"{page}.pdf", data=form)).content == PDF
    assert (await http.post(f"{page}.pdf", data={"csrf_token": csrf})).status_code == 422


async def test_staff_issue_a_void_document_anew(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices, key: dict[str, str]
) -> None:
    anew = UUID("01900000-0000-7000-8000-0000000000d2")
    services.answers = {
        "get_document": document(void_reason="没有字形"),
        "reissue_document": ReissuedDocument(
            case_id=UUID(CASE), document_id=anew, number="亳人防许受〔2026〕13号", replaces=DOCUMENT
        ),
    }
    headers = await visitors.headers(Role.CLERK)
    place = f"/api/v1/counter/cases/{CASE}/documents/{DOCUMENT}/reissue"
    assert (await http.post(place, headers=headers, json={"reason": "已装字体"})).status_code == 400
    answer = await http.post(place, headers=headers | key, json={"reason": "已装字体"})
    assert answer.json()["number"] == "亳人防许受〔2026〕13号"
    await sign_in(http, visitors, Role.CLERK)
    page = f"/desk/cases/{CASE}/documents/{DOCUMENT}"
    form = {"csrf_token": await token_of(http, page), "reason": "已装字体", "key": "abcdefgh"}
    answer = await http.post(f"{page}/reissue", data=form)
    assert answer.headers["location"] == f"/desk/cases/{CASE}/documents/{anew}"


async def test_anybody_verifies_a_document_and_compares_a_file(
    http: httpx.AsyncClient, services: ScriptedServices
) -> None:
    services.answers = {
        "verify_document": VERIFIED,
        "compare_pdf": Comparison(document_id=DOCUMENT, same=True),
    }
    place = f"/api/v1/public/documents/{DOCUMENT}"
    answer = (await http.get(place)).json()
    assert (answer["state"], answer["number"], answer["sha256"]) == ("valid", NUMBER, SHA256)
    for sent in (
        await http.post(f"{place}/digest", json={"sha256": SHA256}),
        await http.post(f"{place}/file", content=PDF, headers={"content-type": "application/pdf"}),
    ):
        assert sent.json()["same"] is True
        assert services.calls[-1].request.model_dump()["sha256"] == SHA256
    assert (await http.post(f"{place}/digest", json={"sha256": "no"})).status_code == 422
    too_large = b"0" * (21 * 1024 * 1024)
    answer = await http.post(f"{place}/file", content=too_large, headers={"content-type": "application/pdf"})
    assert answer.status_code == 413


async def test_the_page_behind_the_qr_code_says_what_holds_and_takes_a_file(
    http: httpx.AsyncClient, services: ScriptedServices
) -> None:
    services.answers = {
        "verify_document": VERIFIED,
        "compare_pdf": Comparison(document_id=DOCUMENT, same=False),
    }
    page = await http.get(f"/verify/{DOCUMENT}")
    assert page.status_code == 200
    assert "现行有效" in page.text
    assert NUMBER in page.text
    csrf = await token_of(http, f"/verify/{DOCUMENT}")
    answer = await http.post(
        f"/verify/{DOCUMENT}",
        data={"csrf_token": csrf},
        files={"file": ("a.pdf", b"other", "application/pdf")},
    )
    assert "不一致" in answer.text
    answer = await http.post(f"/verify/{DOCUMENT}", data={"csrf_token": csrf})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("void", "已经作废"),
        ("pending", "正在印制"),
        ("revoked", "撤销"),
        ("withdrawn_licence", "撤回"),
        ("cancelled", "注销"),
    ],
)
async def test_the_page_says_so_when_a_document_does_not_hold(
    http: httpx.AsyncClient, services: ScriptedServices, state: str, words: str
) -> None:
    services.answers = {
        "verify_document": VERIFIED.model_copy(update={"state": state, "void_code": "glyph_missing"})
    }
    page = (await http.get(f"/verify/{DOCUMENT}")).text
    assert words in page
    assert "现行有效" not in page


async def test_guessing_ids_is_slowed_down_and_verifying_real_ones_is_not(
    http: httpx.AsyncClient, services: ScriptedServices
) -> None:
    services.answers = {"verify_document": VERIFIED}
    for _ in range(ADDRESS.free + 5):
        assert (await http.get(f"/api/v1/public/documents/{DOCUMENT}")).status_code == 200
    services.answers = {}
    statuses = [
        (await http.get(f"/api/v1/public/documents/{DOCUMENT}")).status_code for _ in range(ADDRESS.free + 5)
    ]
    assert statuses[0] == 404
    assert statuses[-1] == 429
