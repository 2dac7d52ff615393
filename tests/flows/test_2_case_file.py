"""A case as its statutory record and as a file: fetched by its people and its staff, checked without the platform."""

import hashlib
import io
import json
import subprocess
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import rfc8785

from deploy.commands.case_bundle import BundleReport, verify_bundle
from deploy.demo.stage import Stage
from deploy.demo.story import Story
from deploy.demo.visitors import Json
from services.gateway.demo_accounts import (
    APPLICANT,
    APPROVER,
    CLERK,
    OPERATOR,
    SECOND_APPLICANT,
    DemoAccount,
)
from shared.testing.platform import RunningPlatform
from tests.flows.cases import settled_effects, submit_online
from tests.flows.conftest import Rows, Silent, run

PURPOSE = {"purpose": "移交档案"}
SECONDS = 5.0


@pytest.fixture(scope="module")
def case(platform: RunningPlatform) -> Json:
    """Handed in from home with its files, accepted and granted."""
    platform.wait_until_ready()
    with httpx.Client(base_url=platform.url, timeout=20) as http:
        return granted(Stage(http, platform.home, Story(Silent())))


def granted(stage: Stage) -> Json:
    receipt = submit_online(stage, APPLICANT)
    path = f"/counter/cases/{receipt['case_id']}/acceptance"
    accepted = stage.visitor(CLERK).post(path, version=receipt["version"])
    path = f"/approver/cases/{receipt['case_id']}/decision"
    stage.visitor(APPROVER).post(path, {"result": "grant"}, version=accepted["version"])
    settled_effects(stage, receipt["case_id"])
    return receipt


@pytest.fixture(scope="module")
def public_key(platform: RunningPlatform) -> str:
    """The log's public key, as anybody may have it."""
    return (platform.home.secrets / "audit.public.key").read_text()


def fetched(stage: Stage, account: DemoAccount, method: str, path: str, **more: Any) -> httpx.Response:
    """The plain answer, whatever it is."""
    return stage.visitor(account).ask(method, path, **more)


def bundle_of(stage: Stage, case: Json) -> bytes:
    """The applicant's own file."""
    answer = fetched(stage, APPLICANT, "GET", f"/applicant/cases/{case['case_id']}/bundle")
    assert answer.status_code == 200, answer.text
    return answer.content


def names_in(bundle: bytes) -> set[str]:
    return set(zipfile.ZipFile(io.BytesIO(bundle)).namelist())


def changed(bundle: bytes, change: Callable[[dict[str, bytes]], None]) -> io.BytesIO:
    """The same file after somebody has been at it."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    change(contents)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    made.seek(0)
    return made


def test_the_applicant_has_the_own_case_as_a_file_in_seconds(
    stage: Stage, case: Json, public_key: str
) -> None:
    began = time.monotonic()
    bundle = bundle_of(stage, case)
    assert time.monotonic() - began < SECONDS
    report = verify_bundle(io.BytesIO(bundle), public_key)
    assert report.faults == []
    assert report.case_no == case["case_no"]
    assert report.events == report.proved_events == 3
    assert report.proved_documents >= 3
    names = names_in(bundle)
    assert {"case.json", "process-record.json", "events.json", "MANIFEST.json"} <= names
    assert any(name.startswith("papers/") for name in names)
    assert any(name.startswith("documents/") and name.endswith(".json") for name in names)
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        record = json.loads(archive.read("process-record.json"))
    assert record["up_pro_accept"]["applyer_name"] == APPLICANT.person["name"]
    assert record["up_pro_result"]["result_type"] == "0"


def test_staff_get_it_with_a_purpose_and_the_look_is_recorded(
    stage: Stage, case: Json, public_key: str, rows: Rows
) -> None:
    path = f"/counter/cases/{case['case_id']}/bundle"
    assert fetched(stage, CLERK, "POST", path, json={}).status_code == 422
    assert fetched(stage, CLERK, "GET", path).status_code == 405
    answer = fetched(stage, CLERK, "POST", path, json=PURPOSE)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="{case["case_no"]}.zip"'
    assert verify_bundle(io.BytesIO(answer.content), public_key).ok
    looks = rows("applications", "SELECT viewed FROM looks WHERE case_id = %s", case["case_id"])
    assert [look["viewed"] for look in looks] == ["bundle"]


def test_nobody_else_gets_it(stage: Stage, case: Json) -> None:
    case_id = case["case_id"]
    assert fetched(stage, SECOND_APPLICANT, "GET", f"/applicant/cases/{case_id}/bundle").status_code == 404
    assert (
        fetched(stage, APPLICANT, "POST", f"/counter/cases/{case_id}/bundle", json=PURPOSE).status_code == 403
    )
    assert (
        fetched(stage, OPERATOR, "POST", f"/counter/cases/{case_id}/bundle", json=PURPOSE).status_code == 403
    )


def test_the_record_is_masked_for_the_staff_until_they_say_why(stage: Stage, case: Json) -> None:
    path = f"/counter/cases/{case['case_id']}/process-record"
    masked = fetched(stage, CLERK, "GET", path).json()
    assert masked["masked"] is True
    assert "*" in masked["up_pro_accept"]["applyer_name"]
    full = fetched(stage, CLERK, "POST", path, json=PURPOSE | {"receiver": "granted_6_refused_7"}).json()
    assert full["up_pro_accept"]["applyer_name"] == APPLICANT.person["name"]
    assert full["up_pro_result"]["result_type"] == "6"
    own = fetched(stage, APPLICANT, "GET", f"/applicant/cases/{case['case_id']}/process-record").json()
    assert own["masked"] is False
    assert [row["process_name"] for row in own["up_pro_process"]] == ["申请与收件", "受理", "决定", "送达"]


def alter_event(contents: dict[str, bytes]) -> None:
    contents["events.json"] = contents["events.json"].replace(b'"grant"', b'"grand"')
    relist(contents)


def alter_event_and_digest(contents: dict[str, bytes]) -> None:
    events = json.loads(contents["events.json"])
    last = events["events"][-1]
    last["data"]["decided_on"] = "2026-01-01"
    last["sha256"] = hashlib.sha256(rfc8785.dumps(last["data"])).hexdigest()
    contents["events.json"] = json.dumps(events).encode()
    relist(contents)


def withhold_an_event(contents: dict[str, bytes]) -> None:
    """Only opinions inside the organ may be left out, and their kind is proved."""
    events = json.loads(contents["events.json"])
    events["events"][1] |= {"data": None, "name": "OpinionGiven"}
    contents["events.json"] = json.dumps(events).encode()
    relist(contents)


def drop_last_event(contents: dict[str, bytes]) -> None:
    events = json.loads(contents["events.json"])
    events["events"].pop()
    contents["events.json"] = json.dumps(events).encode()
    relist(contents)


def swap_proofs(contents: dict[str, bytes]) -> None:
    one, two = "proofs/0001.json", "proofs/0002.json"
    contents[one], contents[two] = contents[two], contents[one]
    relist(contents)


def alter_document(contents: dict[str, bytes]) -> None:
    name = next(name for name in contents if "decision_grant" in name and name.endswith(".json"))
    contents[name] += b" "
    relist(contents)


def alter_paper(contents: dict[str, bytes]) -> None:
    contents[next(name for name in contents if name.startswith("papers/"))] += b"."


def add_file(contents: dict[str, bytes]) -> None:
    contents["papers/more.pdf"] = b"%PDF"


def drop_paper(contents: dict[str, bytes]) -> None:
    del contents[next(name for name in contents if name.startswith("papers/"))]


def break_manifest(contents: dict[str, bytes]) -> None:
    contents["MANIFEST.json"] = b"{"


def relist(contents: dict[str, bytes]) -> None:
    """Whoever alters a file can alter the list of files too."""
    manifest = json.loads(contents["MANIFEST.json"])
    for one in manifest["files"]:
        one["sha256"] = hashlib.sha256(contents[one["path"]]).hexdigest()
    contents["MANIFEST.json"] = json.dumps(manifest).encode()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (alter_event, "event_altered"),
        (alter_event_and_digest, "proof_of_another_event"),
        (withhold_an_event, "event_withheld"),
        (drop_last_event, "events_incomplete"),
        (swap_proofs, "proof_of_another_event"),
        (alter_document, "document_missing"),
        (alter_paper, "file_altered"),
        (add_file, "file_unlisted"),
        (drop_paper, "file_missing"),
        (break_manifest, "unreadable"),
    ],
)
def test_an_altered_file_is_found_out(
    stage: Stage, case: Json, public_key: str, change: Callable[[dict[str, bytes]], None], code: str
) -> None:
    report = verify_bundle(changed(bundle_of(stage, case), change), public_key)
    assert not report.ok
    assert code in {fault.code for fault in report.faults}


def test_another_key_proves_nothing(stage: Stage, case: Json, secrets_dir: Path) -> None:
    key = (secrets_dir / "audit.public.key").read_text()
    report: BundleReport = verify_bundle(io.BytesIO(bundle_of(stage, case)), key)
    assert {fault.code for fault in report.faults} == {"proof_checkpoint_signature"}
    assert report.proved_events == 0


def test_the_commands_export_a_case_and_verify_it(
    platform: RunningPlatform, case: Json, tmp_path: Path, rows: Rows
) -> None:
    out = tmp_path / "case.zip"
    purpose = ("--purpose", "移交档案")
    exported = tongban(platform, "case", "export", case["case_no"], "--out", str(out), *purpose, "--json")
    assert exported.returncode == 0, exported.stderr
    assert json.loads(exported.stdout)["events"] == 3
    verified = tongban(platform, "case", "verify", str(out), "--json")
    assert verified.returncode == 0, verified.stdout
    assert json.loads(verified.stdout)["proved_events"] == 3
    looks = rows("applications", "SELECT actor FROM looks WHERE case_id = %s", case["case_id"])
    assert any(look["actor"].startswith("operator:") for look in looks)

    out.write_bytes(out.read_bytes()[:-200])
    broken = tongban(platform, "case", "verify", str(out))
    assert broken.returncode == 1
    assert "Traceback" not in broken.stdout + broken.stderr
    unknown = tongban(platform, "case", "export", "11341600762764234C0000", "--out", str(out), *purpose)
    assert unknown.returncode == 1
    assert "核对编号" in unknown.stderr


def tongban(platform: RunningPlatform, *words: str) -> subprocess.CompletedProcess[str]:
    """The command as an administrator of this platform calls it."""
    return run(platform, "-m", "deploy.cli", *words)
