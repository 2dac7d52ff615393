"""Files that people hand in: checked by their content, encrypted, and stored under an address made from the content.

The address is a keyed digest, so that nobody who holds the folder can tell whether a known document is in it. An
address gives no access by itself: whoever serves a file asks first for the upload that is bound to its owner. Files are
only ever served as downloads.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import secrets
import time
import zipfile
from pathlib import Path
from typing import Protocol

from shared.errors import Refused
from shared.privacy import BlindIndex, Keyring

MAX_BYTES = 20 * 1024 * 1024

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
OFD = "application/ofd"  # GB/T 33190, the format of electronic licences
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DWG = "image/vnd.dwg"

ALLOWED_MEDIA_TYPES = frozenset({PDF, JPEG, PNG, OFD, DOCX, DWG})

_SIGNATURES = ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG), (b"AC10", DWG))
# What the camera of an iPhone writes unless it is told otherwise.
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"})
_ENDINGS = frozenset({"pdf", "jpg", "jpeg", "png", "ofd", "docx", "dwg"})
# Both are ZIP files; the part that must be there tells which.
_ZIP_PARTS = (("OFD.xml", OFD), ("word/document.xml", DOCX))
# A document has tens of parts; a directory of half a million would take seconds and all the memory to read.
_ZIP_ENTRY = b"PK\x01\x02"
_MOST_ZIP_ENTRIES = 10_000
_PART = ".part"
_THUMBNAIL = ".thumbnail"
# An upload takes seconds, so a part of this age belongs to a process that was killed.
_LEFTOVER_AFTER_SECONDS = 3600

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


class BlobRefused(Refused):
    """A file that the platform does not take."""

    def __init__(self, code: str, zh: str, en: str, **facts: object) -> None:
        super().__init__("invalid", code, zh, en, facts=facts)


class BlobMissing(Exception):
    """No file is stored under this address."""


def sniff(content: bytes) -> str | None:
    """The media type that the content itself shows; neither a file's name nor a declared type is believed."""
    for signature, media_type in _SIGNATURES:
        if content.startswith(signature):
            return media_type
    return _sniff_zip(content) if content.startswith(b"PK\x03\x04") else None


def check_upload(content: bytes, file_name: str | None = None) -> str:
    """The media type of an acceptable file; raises BlobRefused for one that is empty, too large or of another type."""
    _check_size(len(content))
    media_type = sniff(content)
    if media_type not in ALLOWED_MEDIA_TYPES:
        raise _refused_type(content, file_name or "")
    return media_type


def _refused_type(content: bytes, file_name: str) -> BlobRefused:
    """Why this is not taken, as exactly as can be told: whoever reads it has to know what to do instead."""
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return BlobRefused(
            "file_heic",
            "这是苹果手机的 HEIC 格式照片，工作人员可能打不开。请在手机“设置 → 相机 → 格式”中选“兼容性最佳”后重新拍照，"
            "或者把照片另存为 JPEG 后再上传。",
            "This is a HEIC photo of an iPhone, which the office may not be able to open. Choose Settings → Camera → Formats → "
            "Most Compatible and take it again, or save it as JPEG first.",
        )
    ending = file_name.rpartition(".")[2].lower()
    if ending in _ENDINGS:
        return BlobRefused(
            "file_not_what_named",
            f"文件名以“.{ending}”结尾，但内容并不是这种文件，打不开。请在自己的设备上确认能打开，另存或者重新拍照后再上传。",
            f"The file's name ends in “.{ending}”, but its content is something else. Make sure that it opens for you, "
            "then save it anew or take it again.",
        )
    return BlobRefused(
        "file_type_refused",
        "不支持此类文件。可上传 PDF、JPEG、PNG、OFD、DOCX 或 DWG。",
        "This kind of file is not taken. PDF, JPEG, PNG, OFD, DOCX and DWG are.",
    )


class BlobStore(Protocol):
    """Where files lie: a local folder, or an object store in a cluster."""

    async def put(self, content: bytes) -> str:
        """Store a file durably and return its address; the same file again has the same address."""

    async def get(self, digest: str) -> bytes:
        """The file under this address; raises BlobMissing."""

    async def exists(self, digest: str) -> bool:
        """Whether a file is stored under this address."""

    async def delete(self, digest: str) -> None:
        """Erase the file under this address and its thumbnail; one that is not there is erased already."""

    async def put_thumbnail(self, digest: str, picture: bytes) -> None:
        """Keep the small picture of this file beside it; the file may be erased meanwhile, and then it is not kept."""

    async def get_thumbnail(self, digest: str) -> bytes | None:
        """The small picture of this file, if one was made."""


class LocalBlobStore:
    """Encrypted files in a folder; a file is there whole and synchronised to disk, or not at all."""

    def __init__(self, folder: Path, keyring: Keyring, blind_index: BlindIndex) -> None:
        self._folder = folder
        self._keyring = keyring
        self._blind_index = blind_index
        self._incoming = folder / "incoming"
        self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove_leftovers(self._incoming)

    async def put(self, content: bytes) -> str:
        _check_size(len(content))
        # Digest, cipher and fsync release the interpreter lock, so that a large file never stops the event loop.
        return await asyncio.to_thread(self._put, content)

    async def get(self, digest: str) -> bytes:
        return await asyncio.to_thread(self._get, digest)

    async def exists(self, digest: str) -> bool:
        return await asyncio.to_thread(self._path(digest).exists)

    async def delete(self, digest: str) -> None:
        await asyncio.to_thread(self._delete, digest)

    async def put_thumbnail(self, digest: str, picture: bytes) -> None:
        await asyncio.to_thread(self._put_thumbnail, digest, picture)

    async def get_thumbnail(self, digest: str) -> bytes | None:
        return await asyncio.to_thread(self._get_thumbnail, digest)

    def _delete(self, digest: str) -> None:
        # The file goes first: whoever keeps a thumbnail looks for the file afterwards.
        self._path(digest).unlink(missing_ok=True)
        self._thumbnail(digest).unlink(missing_ok=True)

    def _put_thumbnail(self, digest: str, picture: bytes) -> None:
        path = self._thumbnail(digest)
        _write_whole(self._incoming, path, self._keyring.encrypt(picture, context=_thumbnail_context(digest)))
        if not self._path(digest).exists():
            path.unlink(missing_ok=True)

    def _get_thumbnail(self, digest: str) -> bytes | None:
        try:
            sealed = self._thumbnail(digest).read_bytes()
        except FileNotFoundError:
            return None
        return self._keyring.decrypt(sealed, context=_thumbnail_context(digest))

    def _thumbnail(self, digest: str) -> Path:
        return self._path(digest).with_suffix(_THUMBNAIL)

    def _put(self, content: bytes) -> str:
        digest = self._blind_index.digest("blob", content).hex()
        path = self._path(digest)
        if path.exists():
            # Whoever wrote it may have been killed before its name was durable.
            _sync_folder(path.parent)
        else:
            _write_whole(self._incoming, path, self._keyring.encrypt(content, context=_context(digest)))
        return digest

    def _get(self, digest: str) -> bytes:
        try:
            sealed = self._path(digest).read_bytes()
        except FileNotFoundError as missing:
            raise BlobMissing(digest) from missing
        return self._keyring.decrypt(sealed, context=_context(digest))

    def _path(self, digest: str) -> Path:
        # The address may come from outside; anything but a digest could name a file elsewhere.
        if not _DIGEST.match(digest):
            raise BlobMissing("not an address")
        return self._folder / digest[:2] / digest


def _write_whole(incoming: Path, path: Path, content: bytes) -> None:
    """Write elsewhere, synchronise, then rename: a crash leaves at most a part that nobody reads."""
    part = incoming / (secrets.token_hex(16) + _PART)
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if not path.parent.exists():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            _sync_folder(path.parent.parent)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _remove_leftovers(incoming: Path) -> None:
    # The age of a file is a matter of the machine's own clock, which no test moves.
    oldest_kept = time.time() - _LEFTOVER_AFTER_SECONDS
    for part in incoming.glob(f"*{_PART}"):
        if part.stat().st_mtime < oldest_kept:
            part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """A rename survives a power cut only when its folder was synchronised too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _context(digest: str) -> str:
    return f"blob:{digest}"


def _thumbnail_context(digest: str) -> str:
    return f"blob:{digest}:thumbnail"


def _check_size(size: int) -> None:
    if size == 0:
        raise BlobRefused("file_empty", "文件是空的。", "The file is empty.")
    if size > MAX_BYTES:
        raise BlobRefused(
            "file_too_large",
            "文件超过 20 MB。请降低扫描分辨率，或者分成几张照片上传。",
            "The file is larger than 20 MB. Scan it with a lower resolution, or upload photos of it.",
            max_bytes=MAX_BYTES,
        )


def _sniff_zip(content: bytes) -> str | None:
    """Only the directory of the archive is read and nothing is unpacked, so that no bomb can go off here."""
    if content.count(_ZIP_ENTRY) > _MOST_ZIP_ENTRIES:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = frozenset(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    return next((media_type for part, media_type in _ZIP_PARTS if part in names), None)
