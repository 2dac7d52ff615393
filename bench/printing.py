"""How many documents a press prints and signs in a second, and how much memory it takes: `python -m bench.printing`.

No database and no broker: the press as a process of its own, the local seal, one ordinary notice again and again.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from uuid import UUID

from deploy.local.secret_files import generate
from services.documents.domain.form import Line, Paper
from services.documents.presses import Press
from services.documents.sealing import LocalSeal, ToSeal
from services.documents.settings import DocumentsSettings

NOTICE = UUID(int=1)
SENTENCE = "您提交的申请材料齐全、符合法定形式，本机关自2026年9月18日起予以受理。"


def paper() -> Paper:
    """A notice of acceptance of one page."""
    lines = (
        Line("title", "受理通知书"),
        Line("number", "亳人防许受〔2026〕12号"),
        Line("addressee", "张三丰："),
        Line("field", "张三丰", "申请人"),
        Line("field", "新建民用建筑防空地下室建设审批", "事项"),
        Line("text", SENTENCE * 3),
        Line("signature", "亳州市国防动员办公室"),
        Line("date", "2026年9月18日"),
    )
    return Paper(
        document_id=str(NOTICE),
        kind="acceptance_notice",
        title="受理通知书",
        number="亳人防许受〔2026〕12号",
        organ="亳州市国防动员办公室",
        issued_on="2026-09-18",
        lines=lines,
        verify_url=f"https://tongban.example.gov.cn/verify/{NOTICE}",
    )


async def measure(seconds: float) -> None:
    """Print for so long and tell what came of it."""
    settings = DocumentsSettings(
        mode="test",
        secrets_dir=Path("/nonexistent"),
        amqp_url="amqp://unused",
        database_url="postgresql://unused",
        private_port=0,
        public_url="https://tongban.example.gov.cn",
    )
    press = Press(settings.press_options())
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder))
        seal = LocalSeal.from_secrets(Path(folder))
    began = time.perf_counter()
    await press.start()
    started, idle = time.perf_counter() - began, _resident_mib(press.pid)
    count, size, layout, end = 0, 0, 0.0, time.perf_counter() + seconds
    began = time.perf_counter()
    while time.perf_counter() < end:
        before = time.perf_counter()
        printed = await press.print(paper())
        layout += time.perf_counter() - before
        to_seal = ToSeal(NOTICE, "acceptance_notice", "1", "亳州市国防动员办公室", printed.pdf)
        size = len((await seal.seal(to_seal)).pdf)
        count += 1
    took = time.perf_counter() - began
    print(f"start of a press {started:.1f} s, idle {idle} MiB")
    print(f"{count} documents in {took:.1f} s: {count / took:.1f}/s, of which layout {count / layout:.1f}/s")
    print(f"press after them {_resident_mib(press.pid)} MiB, a signed PDF {size // 1024} KiB")
    await press.stop()


def _resident_mib(pid: int | None) -> int:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    asyncio.run(measure(parser.parse_args().seconds))
