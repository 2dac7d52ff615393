"""Checking a case bundle with the log's public key and nothing running.

What the audit log proves is told apart from what only the manifest says: events are proved one by one, documents by the
digests in the events; the case as a page, the exchange tables and the papers are as complete as their maker was honest.
"""

import hashlib
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import rfc8785

from services.applications.contracts.process_record import INSIDE_THE_ORGAN
from services.audit.proof_file import verify_proof

FORMAT = "tongban-case-bundle/v1"
MANIFEST = "MANIFEST.json"
# Larger than any honest case: a file that unpacks to more is not read.
MOST_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class BundleFault:
    """Something in the bundle that is not as it was sealed."""

    code: str
    path: str
    zh: str
    en: str


@dataclass(slots=True)
class BundleReport:
    """What was checked and what was found."""

    case_no: str = ""
    files: int = 0
    events: int = 0
    proved_events: int = 0
    proved_documents: int = 0
    absent: list[dict[str, str]] = field(default_factory=list)
    faults: list[BundleFault] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.faults

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {"ok": self.ok, **asdict(self)}


class _Unreadable(Exception):
    def __init__(self, path: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.fault = BundleFault("unreadable", path, zh, en)


def verify_bundle(file: Path | IO[bytes], public_key: str) -> BundleReport:
    """Check the bundle in this file against this public key (PEM, or `name+keyid+base64`)."""
    report = BundleReport()
    try:
        contents = _contents(file)
        manifest = _manifest(contents)
        report.case_no, report.absent = str(manifest.get("case_no", "")), manifest.get("absent", [])
        report.faults += _compare_files(manifest, contents)
        report.files = len(contents) - 1
        _check_events(report, manifest, contents, public_key)
    except _Unreadable as unreadable:
        report.faults.append(unreadable.fault)
    return report


def _contents(file: Path | IO[bytes]) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise _Unreadable("", "文件解压后过大。", "The file unpacks to too much.")
            twice = [name for name, count in Counter(archive.namelist()).items() if count > 1]
            if twice:
                raise _Unreadable(twice[0], "同名文件出现两次。", "A file is there twice.")
            return {entry.filename: archive.read(entry) for entry in entries}
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise _Unreadable("", "不是可以读取的压缩包。", "This is no readable zip file.") from error


def _manifest(contents: Mapping[str, bytes]) -> dict[str, Any]:
    manifest = _json(contents, MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise _Unreadable(MANIFEST, f"不是 {FORMAT} 办件包。", f"This is no {FORMAT} bundle.")
    files = manifest.get("files")
    if not isinstance(files, list) or not all(
        isinstance(one, dict) and isinstance(one.get("path"), str) and isinstance(one.get("sha256"), str)
        for one in files
    ):
        raise _Unreadable(MANIFEST, "清单缺少内容。", "The manifest lacks its list.")
    absent = manifest.get("absent", [])
    if not isinstance(absent, list) or not all(
        isinstance(one, dict) and isinstance(one.get("path"), str) and isinstance(one.get("why"), str)
        for one in absent
    ):
        raise _Unreadable(
            MANIFEST, "清单中未收入的文件无法读取。", "What the manifest says is absent is unreadable."
        )
    return manifest


def _json(contents: Mapping[str, bytes], path: str) -> Any:
    try:
        return json.loads(contents[path])
    except KeyError:
        raise _Unreadable(path, f"缺少 {path}。", f"{path} is missing.") from None
    except (ValueError, RecursionError):
        raise _Unreadable(path, f"{path} 不是 JSON。", f"{path} is not JSON.") from None


def _compare_files(manifest: Mapping[str, Any], contents: Mapping[str, bytes]) -> Iterator[BundleFault]:
    listed = {one["path"]: one["sha256"] for one in manifest["files"]}
    for path, digest in listed.items():
        if path not in contents:
            yield BundleFault("file_missing", path, "清单所列的文件不在包中。", "A listed file is missing.")
        elif hashlib.sha256(contents[path]).hexdigest() != digest:
            yield BundleFault("file_altered", path, "文件内容与清单不符。", "The file was altered.")
    for path in contents.keys() - listed.keys() - {MANIFEST}:
        yield BundleFault("file_unlisted", path, "文件不在清单中。", "The file is not in the manifest.")


def _check_events(
    report: BundleReport, manifest: Mapping[str, Any], contents: Mapping[str, bytes], public_key: str
) -> None:
    events = _json(contents, "events.json")
    rows = events.get("events") if isinstance(events, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _Unreadable("events.json", "事件清单无法读取。", "The events are unreadable.")
    report.events = len(rows)
    if [row.get("version") for row in rows] != list(range(1, len(rows) + 1)) or not rows:
        report.faults.append(
            BundleFault("events_incomplete", "events.json", "事件不连续。", "The events have a gap.")
        )
    if manifest.get("version") != len(rows):
        report.faults.append(
            BundleFault("events_incomplete", "events.json", "事件数与办件版本不符。", "Events are missing.")
        )
    for row in rows:
        fault = _event_fault(row, str(manifest.get("case_id")), contents, public_key)
        if fault is None:
            report.proved_events += 1
        else:
            report.faults.append(fault)
    _check_documents(report, rows, contents)


def _event_fault(
    row: Mapping[str, Any], case_id: str, contents: Mapping[str, bytes], public_key: str
) -> BundleFault | None:
    """What is wrong with one event: its digest, its proof, or that the proof is another event's."""
    version = row.get("version")
    path = f"proofs/{version:04d}.json" if isinstance(version, int) else "events.json"
    withheld = row.get("data") is None and row.get("name") in INSIDE_THE_ORGAN
    if not withheld and _digest(row.get("data")) != row.get("sha256"):
        return BundleFault(
            "event_altered",
            "events.json",
            f"第 {version} 个事件的内容与其摘要不符。",
            f"Event {version} does not have the digest that it names.",
        )
    if path not in contents:
        return BundleFault(
            "proof_missing", path, f"第 {version} 个事件没有存证证明。", f"Event {version} has no proof."
        )
    proof = verify_proof(contents[path], public_key)
    if not proof.ok or proof.leaf is None:
        return BundleFault(f"proof_{proof.code}", path, proof.zh, proof.en)
    leaf = proof.leaf
    if withheld and leaf.type != INSIDE_THE_ORGAN[str(row.get("name"))].event_type:
        return BundleFault(
            "event_withheld",
            "events.json",
            f"第 {version} 个事件不是可以不载明内容的事件。",
            f"Event {version} is not one whose content may be left out.",
        )
    sealed = (leaf.event_id, leaf.payload_sha256, leaf.subject, leaf.sequence, _instant(leaf.recorded_at))
    told = (row.get("event_id"), row.get("sha256"), case_id, version, _instant(row.get("recorded_at")))
    if sealed != told:
        return BundleFault(
            "proof_of_another_event",
            path,
            f"证明的不是第 {version} 个事件。",
            f"The proof is not that of event {version} as it stands here.",
        )
    return None


def _digest(data: Any) -> str | None:
    try:
        return hashlib.sha256(rfc8785.dumps(data)).hexdigest()
    except (rfc8785.CanonicalizationError, RecursionError):
        return None


def _instant(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def _check_documents(report: BundleReport, rows: list[dict[str, Any]], contents: Mapping[str, bytes]) -> None:
    """Each document that an event names by its digest must be here with exactly that text."""
    here = Counter(
        hashlib.sha256(content).hexdigest()
        for path, content in contents.items()
        if path.startswith("documents/") and path.endswith(".json")
    )
    for row in rows:
        for document in _issued(row):
            if here[document["sha256"]]:
                report.proved_documents += 1
                continue
            number = str(document.get("number", ""))
            report.faults.append(
                BundleFault(
                    "document_missing",
                    "documents/",
                    f"缺少文书 {number}，或者其内容已被改动。",
                    f"Document {number} is missing or was altered.",
                )
            )


def _issued(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The documents of an event; those of older records name no digest."""
    data = row.get("data")
    documents = data.get("documents") if isinstance(data, dict) else None
    found = documents if isinstance(documents, list) else []
    return [one for one in found if isinstance(one, dict) and one.get("sha256")]
