"""Photos and PDFs looked at by a program that lives for one file (`blobs_reader`): straightened, made small, combined.

The program has no secret, little memory and a few seconds. Whatever it dies of, here it is one file that could not be
read; the gateway and everybody else's files go on.
"""

import asyncio
import json
import os
import struct
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from shared.blobs import JPEG, MAX_BYTES, PDF, PNG, BlobRefused, sniff

PHOTOS = frozenset({JPEG, PNG})
MOST_PHOTOS = 20
# A picture takes a whole core; two at a time leave the others to everybody else.
AT_ONCE = 2
_READER = Path(__file__).with_name("blobs_reader.py")
# Twenty large photos take ten seconds of a core that others use too.
_SECONDS = 40.0
# A photo that was turned may grow, and what is too large is refused afterwards in words.
_MOST_SAID = 4 * MAX_BYTES
_MOST_ADVICE = frozenset({"dark", "blurred", "small"})

REFUSALS: Mapping[str, tuple[str, str]] = {
    "image_broken": (
        "这张照片打不开：文件可能不完整，或者不是真正的照片。请重新拍照，或者用看图软件另存为 JPEG 后再上传。",
        "This picture cannot be opened: it may be incomplete. Take it again, or save it as JPEG and upload that.",
    ),
    "image_animated": (
        "这是会动的图片，不能作为材料。请上传一张静止的照片。",
        "This picture moves, so it cannot be a paper. Upload a still photo.",
    ),
    "image_too_many_pixels": (
        "这张图片太大，超过 5000 万像素。请用手机相机的普通模式重拍，或者缩小后再上传。",
        "This picture has more than 50 million pixels. Take it in your camera's normal mode, or make it smaller.",
    ),
    "image_unreadable": (
        "读取这张照片用时太长。请重新拍照，或者换成 PDF 上传。",
        "Reading this picture takes too long. Take it again, or upload a PDF instead.",
    ),
    "pdf_password": (
        "这个 PDF 设有打开密码，工作人员看不到内容。请用打印功能另存为没有密码的 PDF，或者拍照上传。",
        "This PDF needs a password, so the office cannot read it. Print it to a PDF without one, or upload photos.",
    ),
    "photos_too_large": (
        "这些照片合在一起超过 20 MB。请减少张数，或者分开上传到不同的材料。",
        "Together these photos are larger than 20 MB. Use fewer of them.",
    ),
}


class Straight(NamedTuple):
    """A photo as it is kept, and what a reader may mind in it: `dark`, `blurred`, `small`."""

    content: bytes
    advice: tuple[str, ...]


def refusal(code: str) -> BlobRefused:
    """The refusal with its sentences."""
    zh, en = REFUSALS[code]
    return BlobRefused(code, zh, en)


class Pictures:
    """Looks at files, a few at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def straighten(self, photo: bytes) -> Straight:
        """The photo upright, without place and camera; raises BlobRefused for one that cannot be read."""
        answer, content = await self._ask("straighten", [photo])
        if not content:
            raise refusal("image_unreadable")
        advice = answer.get("advice")
        said = advice if isinstance(advice, list) else []
        return Straight(content, tuple(word for word in said if word in _MOST_ADVICE))

    async def refuse_locked(self, document: bytes) -> None:
        """Raises BlobRefused for a PDF that needs a password; a PDF that cannot be judged passes."""
        # Every PDF that is encrypted says so in the open; the others need no look.
        if b"/Encrypt" not in document:
            return
        with suppress(_Unread):
            await self._ask("openable", [document], unread=_Unread)

    async def thumbnail(self, content: bytes, media_type: str) -> bytes | None:
        """A small JPEG of a photo or a PDF's first page; nothing for a file without one."""
        task = "first_page" if media_type == PDF else "thumbnail"
        if media_type not in (PDF, *PHOTOS):
            return None
        try:
            _, drawn = await self._ask(task, [content], unread=_Unread)
        except (BlobRefused, _Unread):
            return None
        return drawn if sniff(drawn) == JPEG else None

    async def combine(self, photos: Sequence[bytes]) -> bytes:
        """The photos as one PDF, in this order."""
        _, content = await self._ask("combine", photos)
        if not content or len(content) > MAX_BYTES:
            raise refusal("photos_too_large")
        return content

    async def _ask(
        self, task: str, files: Sequence[bytes], *, unread: type[Exception] | None = None
    ) -> tuple[Mapping[str, Any], bytes]:
        async with self._turn:
            said = await _run(task, b"".join(struct.pack(">Q", len(file)) + file for file in files))
        head, _, content = said.partition(b"\n")
        try:
            answer = json.loads(head)
        except ValueError:
            answer = {"refused": "image_unreadable"}
        code = answer.get("refused") if isinstance(answer, dict) else "image_unreadable"
        if code is None:
            return answer, content
        if unread is not None and code not in ("pdf_password",):
            raise unread
        raise refusal(code if code in REFUSALS else "image_unreadable")


class _Unread(Exception):
    """The file could not be read, which is nobody's fault that has to be told."""


async def _run(task: str, sent: bytes) -> bytes:
    """What the reader says; nothing when it did not live to say it."""
    reader = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(_READER),
        task,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        # No password and no key of ours stands in its environment.
        env={"PATH": os.defpath},
        cwd="/",
    )
    try:
        async with asyncio.timeout(_SECONDS):
            said = await _exchange(reader, sent)
    except TimeoutError:
        return b""
    finally:
        if reader.returncode is None:
            with suppress(ProcessLookupError):
                reader.kill()
            await _read_out(reader)
            await reader.wait()
    return said


async def _read_out(reader: asyncio.subprocess.Process) -> None:
    """What a killed reader had said already: a pipe that is not read to its end stays open."""
    assert reader.stdout is not None
    while await reader.stdout.read(64 * 1024):
        pass


async def _exchange(reader: asyncio.subprocess.Process, sent: bytes) -> bytes:
    """Give it the files and hear its answer, which is nothing when it is longer than any honest one."""
    if reader.stdin is None or reader.stdout is None:
        return b""
    feeding = asyncio.get_running_loop().create_task(_feed(reader.stdin, sent))
    said = bytearray()
    try:
        while chunk := await reader.stdout.read(64 * 1024):
            said += chunk
            if len(said) > _MOST_SAID:
                return b""
    finally:
        feeding.cancel()
        await asyncio.wait([feeding])
    return bytes(said)


async def _feed(pipe: asyncio.StreamWriter, sent: bytes) -> None:
    # A reader that has seen enough, or has died, reads no further.
    with suppress(BrokenPipeError, ConnectionResetError):
        pipe.write(sent)
        await pipe.drain()
        pipe.close()
        await pipe.wait_closed()
