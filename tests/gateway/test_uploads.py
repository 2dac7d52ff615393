"""Uploads: what the content is decides, an id is worth something to its owner only, a digest to nobody."""

import io
import zipfile
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.applications import contracts as c
from services.gateway import examples
from services.gateway.gateway import Gateway
from services.gateway.identity.sessions import digest_of
from services.gateway.problems import Problem
from shared.blobs import MAX_BYTES
from shared.identity import Role
from tests.gateway.conftest import ScriptedServices, Visitors
from tests.shared.test_blobs_pictures import huge, locked_pdf, moving, saved, telling, written

UPLOADS = "/api/v1/uploads"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def docx() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return content.getvalue()


async def upload(
    http: httpx.AsyncClient, who: dict[str, str], content: bytes, **headers: str
) -> httpx.Response:
    every = {"content-type": "application/octet-stream", "idempotency-key": str(uuid4()), **who}
    every |= {name.replace("_", "-"): value for name, value in headers.items()}
    return await http.post(UPLOADS, content=content, headers=every)


async def test_a_file_comes_back_as_a_download_to_its_owner_only(
    http: httpx.AsyncClient, visitors: Visitors, gateway: Gateway
) -> None:
    me, other = [await visitors.headers(Role.APPLICANT) for _ in range(2)]
    stored = await upload(http, me, PDF, content_disposition="attachment; filename*=UTF-8''%E8%A1%A8.pdf")
    view = stored.json()
    assert stored.status_code == 201
    assert (view["media_type"], view["size_bytes"], view["file_name"]) == (
        "application/pdf",
        len(PDF),
        "表.pdf",
    )
    answer = await http.get(f"{UPLOADS}/{view['upload_id']}/content", headers=me)
    assert answer.content == PDF
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]
    for path in ("", "/content"):
        refused = await http.get(f"{UPLOADS}/{view['upload_id']}{path}", headers=other)
        assert refused.status_code == 404
    [row] = await gateway.database.fetch("SELECT * FROM uploads")
    assert "表" not in repr(dict(row))


async def test_a_form_with_one_file_is_the_same(http: httpx.AsyncClient, visitors: Visitors) -> None:
    me = {**await visitors.headers(Role.APPLICANT), "idempotency-key": str(uuid4())}
    answer = await http.post(
        UPLOADS, files={"file": ("../../etc/a\0b.docx", docx(), "text/html")}, headers=me
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["media_type"].endswith("wordprocessingml.document")
    assert "/" not in answer.json()["file_name"]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "file_empty"),
        (b"<html><script>alert(1)</script>", 422, "file_type_refused"),
        (b"MZ\x90\x00", 422, "file_type_refused"),
        (b"PK\x03\x04 no archive", 422, "file_type_refused"),
        (PDF + b" " * MAX_BYTES, 413, "file_too_large"),
    ],
)
async def test_a_file_that_is_not_taken_says_why(
    content: bytes, status: int, code: str, http: httpx.AsyncClient, visitors: Visitors, gateway: Gateway
) -> None:
    answer = await upload(http, await visitors.headers(Role.APPLICANT), content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await gateway.database.fetch("SELECT 1 FROM uploads") == []


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=x", b"garbage"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n"),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\ncontent-disposition: form-data; name=a\r\n\r\ntext\r\n--x--\r\n",
        ),
        ("multipart/form-data; boundary=" + "y" * 500, b"--y"),
        ("multipart/form-data; boundary=%E9", b"--y"),
    ],
)
async def test_a_form_that_is_none_is_malformed(
    content_type: str, content: bytes, http: httpx.AsyncClient, visitors: Visitors
) -> None:
    me = await visitors.headers(Role.APPLICANT)
    answer = await upload(http, me, content, content_type=content_type)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_form")


@pytest.mark.parametrize("name", ["undefined''a", "idna''" + "a" * 100, "punycode''%ff", "hex''zz", "'"])
async def test_a_file_name_in_an_encoding_that_cannot_read_it_is_no_name(
    name: str, http: httpx.AsyncClient, visitors: Visitors
) -> None:
    me = await visitors.headers(Role.APPLICANT)
    answer = await upload(http, me, PDF, content_disposition=f"attachment; filename*={name}")
    assert answer.status_code == 201


async def test_the_same_upload_again_is_the_same(http: httpx.AsyncClient, visitors: Visitors) -> None:
    me = await visitors.headers(Role.APPLICANT)
    first, second = [await upload(http, me, PDF, idempotency_key="the-very-same") for _ in range(2)]
    assert first.json() == second.json()
    other = await upload(http, me, PDF + b"\n", idempotency_key="the-very-same")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def application(upload_id: str) -> dict[str, Any]:
    return {**examples.ONLINE_CASE, "materials": [{"code": "A01-01", "upload_id": upload_id}]}


async def test_a_submission_carries_what_was_uploaded_and_nothing_that_was_claimed(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    services.answers["submit_case"] = c.CaseReceipt(
        case_id=uuid4(), case_no="X" * 43, version=1, state="SUBMITTED", submitted_at=datetime.now(UTC)
    )
    me = await visitors.headers(Role.APPLICANT)
    view = (await upload(http, me, PDF)).json()
    key = {"idempotency-key": str(uuid4())}
    answer = await http.post("/api/v1/applicant/cases", json=application(view["upload_id"]), headers=me | key)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"].startswith("/api/v1/applicant/cases/")
    request = services.calls[0].request
    assert isinstance(request, c.SubmitCase)
    [material] = request.materials
    assert (material.digest, material.media_type, material.size_bytes) == (
        view["digest"],
        "application/pdf",
        len(PDF),
    )


async def test_a_foreign_upload_is_refused_by_its_place(
    http: httpx.AsyncClient, visitors: Visitors, services: ScriptedServices
) -> None:
    me, other = [await visitors.headers(Role.APPLICANT) for _ in range(2)]
    view = (await upload(http, other, PDF)).json()
    key = {"idempotency-key": str(uuid4())}
    answer = await http.post("/api/v1/applicant/cases", json=application(view["upload_id"]), headers=me | key)
    assert (answer.status_code, answer.json()["code"]) == (422, "upload_unknown")
    assert answer.json()["errors"][0]["pointer"] == "/materials/0/upload_id"
    claimed = {"code": "A01-01", "upload_id": view["upload_id"], "digest": view["digest"]}
    body = {**examples.ONLINE_CASE, "materials": [claimed]}
    answer = await http.post("/api/v1/applicant/cases", json=body, headers=me | key)
    assert answer.json()["errors"][0]["code"] == "extra_forbidden"
    assert services.calls == []


async def test_ending_the_session_keeps_the_uploads(
    http: httpx.AsyncClient, visitors: Visitors, gateway: Gateway
) -> None:
    token = await visitors.token(Role.APPLICANT)
    me = {"authorization": f"Bearer {token}"}
    view = (await upload(http, me, PDF)).json()
    await http.delete("/api/v1/sessions/current", headers=me)
    assert await gateway.sessions.recognise(token, cookie=False) is None
    assert len(digest_of(token)) == 32
    assert (
        len(await gateway.database.fetch("SELECT 1 FROM uploads WHERE id = $1::uuid", view["upload_id"])) == 1
    )


async def test_a_photo_is_put_upright_and_says_what_a_reader_may_mind(
    http: httpx.AsyncClient, visitors: Visitors
) -> None:
    me = await visitors.headers(Role.APPLICANT)
    view = (await upload(http, me, saved(written(400, 500), exif=telling(6)))).json()
    assert (view["media_type"], view["advice"]) == ("image/jpeg", ["small"])
    again = (await http.get(f"{UPLOADS}/{view['upload_id']}", headers=me)).json()
    assert again["advice"] == ["small"]
    content = (await http.get(f"{UPLOADS}/{view['upload_id']}/content", headers=me)).content
    assert b"Spy" not in content


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"<html>", "a.jpg", "file_not_what_named"),
        (b"\xff\xd8\xff\xe0 no photo", "a.jpg", "image_broken"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "IMG_1.HEIC", "file_heic"),
        (moving(), "a.png", "image_animated"),
        (huge(), "a.png", "image_too_many_pixels"),
        (locked_pdf(), "a.pdf", "pdf_password"),
    ],
)
async def test_a_bad_file_says_what_is_wrong_and_what_to_do(
    content: bytes, name: str, code: str, http: httpx.AsyncClient, visitors: Visitors, gateway: Gateway
) -> None:
    me = await visitors.headers(Role.APPLICANT)
    answer = await upload(http, me, content, content_disposition=f"attachment; filename={name}")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, code)
    assert problem["detail"]
    assert problem["detail_en"]
    assert await gateway.database.fetch("SELECT 1 FROM uploads") == []


async def test_several_photos_become_one_paper_and_nothing_else_does(gateway: Gateway) -> None:
    ids = [
        (await gateway.uploads.add("account:1", saved(written(width)), None, uuid4())).upload_id
        for width in (900, 950)
    ]
    joined = await gateway.uploads.combine("account:1", ids, "合同.pdf", uuid4())
    assert joined.media_type == "application/pdf"
    with pytest.raises(Problem):
        await gateway.uploads.combine("account:2", ids, "合同.pdf", uuid4())
    with pytest.raises(Problem) as refused:
        await gateway.uploads.combine("account:1", [*ids, joined.upload_id], "合同.pdf", uuid4())
    assert refused.value.code == "photos_only"
