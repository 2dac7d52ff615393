"""One case as a file: what it says, what was sealed, its documents, its papers, and the proofs of the audit log.

A bundle is a zip that explains itself: MANIFEST.json names every file with its SHA-256; each event has its digest, and
each digest a proof under a signed checkpoint, so that anybody with the log's public key can check it without us
(`tongban case verify`).  What a file is here and how it is checked: docs/reference/case-bundle.md.
"""

import asyncio
import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.applications.contracts import DocumentView
from services.applications.contracts.process_record import CaseExport, PaperFile
from services.audit.contracts import InclusionProof

FORMAT = "tongban-case-bundle/v1"
MANIFEST = "MANIFEST.json"
_ENDINGS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/ofd": "ofd",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "image/vnd.dwg": "dwg",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the bundle; without content it should be there and is not, for the reason given."""

    path: str
    content: bytes | None
    why_absent: str = ""


def sealed_parts(export: CaseExport, proofs: Mapping[int, InclusionProof]) -> Iterator[Part]:
    """Everything that needs no file store and no printer."""
    yield Part("case.json", _json(export.case.model_dump(mode="json")))
    yield Part("process-record.json", _json(export.record.model_dump(mode="json")))
    yield Part("events.json", _json({"events": [event.model_dump(mode="json") for event in export.events]}))
    for event in export.events:
        path, proof = proof_path(event.version), proofs.get(event.version)
        if proof is None:
            yield Part(path, None, "not_sealed_yet")
        else:
            yield Part(path, _json(proof.model_dump(mode="json")))
    for number, document in enumerate(export.documents, 1):
        yield Part(document_path(number, document, "json"), text_of(document))


def proof_path(version: int) -> str:
    """Where the proof of an event lies; the file is what `tongban audit verify-proof` reads."""
    return f"proofs/{version:04d}.json"


def document_path(number: int, document: DocumentView, ending: str) -> str:
    """Where a document lies: as the text that was sealed (json), or printed (pdf)."""
    return f"documents/{number:02d}-{document.kind}.{ending}"


def paper_path(paper: PaperFile) -> str:
    """Where a file of the case lies."""
    return f"papers/{paper.name}.{_ENDINGS.get(paper.media_type or '', 'bin')}"


def text_of(document: DocumentView) -> bytes:
    """The very bytes whose digest stands in the document and in its event."""
    lines = [(line.style, line.label, line.text) for line in document.lines]
    return json.dumps(lines, ensure_ascii=False, separators=(",", ":")).encode()


async def zipped(export: CaseExport, parts: AsyncIterator[Part]) -> AsyncIterator[bytes]:
    """The bundle piece by piece: no more than one of its files is in memory at a time."""
    listed: list[dict[str, Any]] = []
    absent: list[dict[str, str]] = []
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        async for part in parts:
            if part.content is None:
                absent.append({"path": part.path, "why": part.why_absent})
                continue
            # To press twenty megabytes together takes most of a second, in which nobody else would be answered.
            digest = await asyncio.to_thread(_add, archive, export, part.path, part.content)
            listed.append({"path": part.path, "sha256": digest, "size": len(part.content)})
            yield sink.taken()
        _add(archive, export, MANIFEST, _json(_manifest(export, listed, absent)))
    yield sink.taken()


def _manifest(
    export: CaseExport, listed: list[dict[str, Any]], absent: list[dict[str, str]]
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "case_id": str(export.case.case_id),
        "case_no": export.case.case_no,
        "version": export.case.version,
        "files": listed,
        "absent": absent,
    }


def _add(archive: zipfile.ZipFile, export: CaseExport, path: str, content: bytes) -> str:
    # Dated as the last thing that happened to the case, so that the same case gives the same bundle.
    last = export.events[-1].recorded_at
    info = zipfile.ZipInfo(path, (last.year, last.month, last.day, last.hour, last.minute, last.second))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, content)
    return hashlib.sha256(content).hexdigest()


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


class _Sink(io.RawIOBase):
    """Where the archive is written to: what was written is taken away at once, so it cannot be sought in."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(self._pieces[-1])

    def taken(self) -> bytes:
        """Everything written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
