"""The blob store: what is put is durable, whole, encrypted, and found only under its own address."""

import asyncio
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.blobs import (
    DOCX,
    DWG,
    JPEG,
    MAX_BYTES,
    OFD,
    PDF,
    PNG,
    BlobMissing,
    BlobRefused,
    LocalBlobStore,
    check_upload,
    sniff,
)
from shared.privacy import BlindIndex, Keyring, Undecryptable

KEY = bytes(range(32))


def store_in(folder: Path, key: bytes = KEY) -> LocalBlobStore:
    return LocalBlobStore(folder, Keyring({"k1": key}, "k1"), BlindIndex(key))


def files_under(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def zipped(*names: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        for name in names:
            writer.writestr(name, "x")
    return archive.getvalue()


async def test_what_is_put_is_got_again_also_by_another_process(tmp_path: Path) -> None:
    digest = await store_in(tmp_path).put(b"%PDF-1.7 floor plan")
    assert await store_in(tmp_path).get(digest) == b"%PDF-1.7 floor plan"
    assert await store_in(tmp_path).exists(digest)


async def test_the_same_file_again_has_the_same_address_and_is_stored_once(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    digests = await asyncio.gather(*(store.put(b"the same") for _ in range(20)))
    assert len(set(digests)) == 1
    assert [path.name for path in files_under(tmp_path)] == [digests[0]]


async def test_the_folder_shows_neither_the_content_nor_a_plain_digest_of_it(tmp_path: Path) -> None:
    digest = await store_in(tmp_path).put(b"certificate of Zhang San")
    stored = files_under(tmp_path)[0]
    assert b"Zhang" not in stored.read_bytes()
    assert stored.stat().st_mode & 0o077 == 0
    assert digest != await store_in(tmp_path / "other", bytes(range(1, 33))).put(b"certificate of Zhang San")


async def test_a_file_moved_to_another_address_does_not_open(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    first, second = await store.put(b"first"), await store.put(b"second")
    (tmp_path / first[:2] / first).rename(tmp_path / second[:2] / second)
    with pytest.raises(Undecryptable):
        await store.get(second)


@pytest.mark.parametrize(
    "address", ["", "a" * 64, "../../etc/passwd", "A" * 64, "a" * 64 + "\n", "a" * 63 + "\0"]
)
async def test_nothing_is_found_under_any_other_address(tmp_path: Path, address: str) -> None:
    await store_in(tmp_path).put(b"x")
    with pytest.raises(BlobMissing):
        await store_in(tmp_path).get(address)


@pytest.mark.parametrize(("content", "code"), [(b"", "file_empty"), (bytes(MAX_BYTES + 1), "file_too_large")])
async def test_an_empty_or_too_large_file_is_refused_and_leaves_nothing(
    tmp_path: Path, content: bytes, code: str
) -> None:
    with pytest.raises(BlobRefused) as refused:
        await store_in(tmp_path).put(content)
    assert refused.value.code == code
    assert files_under(tmp_path) == []


async def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        await store_in(tmp_path).put(b"x")
    assert files_under(tmp_path) == []


@pytest.mark.parametrize("at", ["fsync", "rename"])
async def test_a_put_killed_half_way_leaves_no_half_file_and_can_be_repeated(tmp_path: Path, at: str) -> None:
    program = f"""
import asyncio, os, sys, time
from pathlib import Path
from tests.shared.test_blobs import store_in
def hang(*_):
    print("hanging", flush=True)
    time.sleep(60)
if {at!r} == "fsync":
    os.fsync = hang
else:
    Path.rename = hang
asyncio.run(store_in(Path(sys.argv[1])).put(b"x" * 1000000))
"""
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "hanging\n"
        process.send_signal(signal.SIGKILL)

    store = store_in(tmp_path)
    digest = BlindIndex(KEY).digest("blob", b"x" * 1000000).hex()
    assert not await store.exists(digest)
    assert all(path.suffix == ".part" for path in files_under(tmp_path))
    assert await store.put(b"x" * 1000000) == digest
    assert await store.get(digest) == b"x" * 1000000


async def test_the_part_of_a_killed_put_is_removed_at_a_later_start_but_a_living_one_is_not(
    tmp_path: Path,
) -> None:
    store_in(tmp_path)
    killed, living = tmp_path / "incoming" / "killed.part", tmp_path / "incoming" / "living.part"
    for part in (killed, living):
        part.write_bytes(b"half")
    os.utime(killed, (time.time() - 7200, time.time() - 7200))
    store_in(tmp_path)
    assert files_under(tmp_path) == [living]


async def test_a_slow_disk_does_not_stop_the_event_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: time.sleep(1))
    putting = asyncio.create_task(store_in(tmp_path).put(b"x"))
    turns = 0
    while not putting.done():
        await asyncio.sleep(0.01)
        turns += 1
    await putting
    assert turns > 10


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n", PDF),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", JPEG),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", PNG),
        (b"AC1032\0\0", DWG),
        (zipped("OFD.xml", "Doc_0/Document.xml"), OFD),
        (zipped("[Content_Types].xml", "word/document.xml"), DOCX),
        (zipped("word/other.xml"), None),
        (zipped("OFD.xml")[:40], None),
        (b"PK\x03\x04 no archive", None),
        (b"<html><script>alert(1)</script>", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"MZ\x90\0", None),
        (b" %PDF-1.7", None),
        (b"", None),
    ],
)
def test_the_type_is_read_from_the_content(content: bytes, media_type: str | None) -> None:
    assert sniff(content) == media_type


@given(st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail) | st.binary(max_size=200))
def test_sniffing_survives_any_bytes(content: bytes) -> None:
    sniff(content)


def test_an_upload_of_a_forbidden_type_is_refused_in_both_languages() -> None:
    assert check_upload(b"%PDF-1.7\n") == PDF
    with pytest.raises(BlobRefused) as refused:
        check_upload(b"MZ\x90\0")
    assert refused.value.code == "file_type_refused"
    assert "不支持" in refused.value.zh
    assert "not taken" in refused.value.en


def test_an_archive_with_a_directory_without_end_is_not_read() -> None:
    entries = [
        zipped("word/document.xml", *(f"{number}" for number in range(count))) for count in (9_999, 10_000)
    ]
    assert [sniff(content) for content in entries] == [DOCX, None]


async def test_a_thumbnail_lies_sealed_beside_its_file_and_goes_with_it(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    digest = await store.put(b"a paper")
    assert await store.get_thumbnail(digest) is None
    await store.put_thumbnail(digest, b"a small picture")
    assert await store.get_thumbnail(digest) == b"a small picture"
    assert not any(b"small picture" in file.read_bytes() for file in files_under(tmp_path))
    await store.delete(digest)
    assert await store.get_thumbnail(digest) is None
    # Whoever still draws when the file is erased leaves nothing behind.
    await store.put_thumbnail(digest, b"too late")
    assert files_under(tmp_path) == []


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0", "IMG_0001.HEIC", "file_heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0", "照片.jpg", "file_heic"),
        (b"<html>", "照片.JPG", "file_not_what_named"),
        (b"<html>", "照片.txt", "file_type_refused"),
        (b"<html>", None, "file_type_refused"),
        (b"", "空.pdf", "file_empty"),
    ],
)
def test_what_is_not_taken_says_what_to_do(content: bytes, name: str | None, code: str) -> None:
    with pytest.raises(BlobRefused) as refused:
        check_upload(content, name)
    assert refused.value.code == code
