"""`tongban case export CASE_NO --out FILE --purpose TEXT`: one whole case as a file, from the platform's own databases.

It reads what the API gives the staff and leaves the same record of the look, so the audit log has it too.  Printed
documents are the API's to give; here are the sealed texts they were printed from.
"""

import argparse
import asyncio
import getpass
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.commands.credit import fault_of, purpose_of
from deploy.commands.running import connected, database_url, database_urls, secrets_dir, unreachable
from deploy.commands.usage import UsageFault, add_json, say_json
from deploy.local.faults import Fault
from deploy.local.home import Home
from deploy.local.terminal import coloured, say

if TYPE_CHECKING:
    from services.applications.contracts.process_record import CaseExport
    from services.audit.contracts import InclusionProof
    from services.gateway.bundle import Part
    from shared.blobs import LocalBlobStore


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case_no", metavar="CASE_NO", help="办件编号 the case's number")
    parser.add_argument("--out", metavar="FILE", required=True, help="写入的文件 where the bundle is written")
    parser.add_argument("--purpose", metavar="TEXT", required=True, help="为何导出，记入审计账 why")
    parser.add_argument(
        "--blobs", metavar="DIR", help="材料文件目录，默认为运行目录下的 the folder of the papers"
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    out, purpose = Path(options.out), purpose_of(options.purpose)
    if not out.parent.is_dir():
        raise UsageFault(
            f"目录“{out.parent}”不存在——请先建立。",
            f"There is no folder {str(out.parent)!r} – make it first.",
        )
    export, size = asyncio.run(_export(options.case_no, purpose, out, _blobs(options.blobs)))
    told = {"case_no": export.case.case_no, "file": str(out), "bytes": size, "events": len(export.events)}
    if options.json:
        say_json(told)
    else:
        done = f"✓ 已导出 {told['case_no']}：{told['events']} 个事件，{size} 字节 Exported to {out}"
        say(coloured(done, "32") + f"\n  核验 Verify: tongban case verify {out}")
    return 0


def _blobs(given: str | None) -> "LocalBlobStore":
    from shared.blobs import LocalBlobStore
    from shared.privacy import BadKey, BlindIndex, Keyring

    folder = secrets_dir()
    try:
        keyring = Keyring.from_file(folder / "blobs.keyring.json")
        index = BlindIndex.from_file(folder / "blind-index.key")
    except (OSError, BadKey) as error:
        raise _no_keys(folder) from error
    return LocalBlobStore(Path(given) if given else Home.from_environment().blobs, keyring, index)


def _no_keys(folder: Path) -> Fault:
    return Fault(
        f"在 {folder} 中读不到密钥——请用平台运行者的账号执行，或用 TONGBAN_SECRETS_DIR 指明密钥目录。",
        f"The keys in {folder} cannot be read – run this as the platform's user, or name TONGBAN_SECRETS_DIR.",
    )


async def _export(case_no: str, purpose: str, out: Path, blobs: "LocalBlobStore") -> "tuple[CaseExport, int]":
    from services.gateway.bundle import zipped

    export = await _read(case_no, purpose)
    proofs = await _proofs(export)
    # Written beside the target and moved there when it is whole: nobody finds half a case.
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            async for piece in zipped(export, _parts(export, proofs, blobs)):
                file.write(piece)
            size = file.tell()
        Path(name).replace(out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return export, size


async def _read(case_no: str, purpose: str) -> "CaseExport":
    from services.applications.contracts.process_record import ExportCase
    from services.applications.domain.errors import DomainError
    from services.applications.handlers import Doing
    from services.applications.office import Office
    from services.applications.process_record.reading import export_case
    from services.applications.settings import ApplicationsSettings
    from shared.database import Database
    from shared.errors import Refused, TemporaryError
    from shared.identity import Actor, Role
    from shared.messaging.commands import CommandLog
    from shared.privacy import BadKey, Keyring

    folder, url = secrets_dir(), database_url("applications")
    database = Database(url, size=1, application_name="tongban-case-export")
    await database.start()
    try:
        settings = ApplicationsSettings(
            mode="local", secrets_dir=folder, database_url=url, amqp_url="amqp://unused", private_port=0
        )
        commands = CommandLog(Keyring.from_file(folder / "replies.keyring.json"))
        office = Office.open(database, commands, settings)
        await office.refresh()
        async with database.transaction() as connection:
            row = await connection.fetchrow("SELECT id, unit FROM cases WHERE case_no = $1", case_no)
            if row is None:
                raise Fault(
                    f"没有办件 {case_no}——请核对编号。",
                    f"There is no case {case_no} – check its number.",
                )
            actor = Actor(f"operator:{getpass.getuser()}", frozenset({Role.CLERK}), row["unit"])
            request = ExportCase(case_id=row["id"], purpose=purpose)
            return await export_case(Doing(office, connection, actor), request)
    except (OSError, BadKey) as error:
        raise _no_keys(folder) from error
    except (DomainError, Refused) as refused:
        raise fault_of(refused) from refused
    except TemporaryError as error:
        raise unreachable("applications") from error
    finally:
        await database.stop()


async def _proofs(export: "CaseExport") -> "dict[int, InclusionProof]":
    from services.audit.contracts import GetProof
    from services.audit.domain.errors import EntryUnknown
    from services.audit.handlers import get_proof
    from services.audit.settings import AuditSettings
    from services.audit.signing import CheckpointSigner
    from shared import time

    folder, url = secrets_dir(), database_urls()["audit"]
    settings = AuditSettings(
        mode="local", secrets_dir=folder, database_url=url, amqp_url="amqp://unused", private_port=0
    )
    signer = CheckpointSigner.from_file(settings.log_origin, settings.signing_key_file)
    proofs = {}
    async with connected("audit", url) as connection:
        for event in export.events:
            try:
                async with connection.transaction():
                    ask = GetProof(event_id=event.event_id)
                    proofs[event.version] = await get_proof(connection, ask, signer, time.now())
            except EntryUnknown:
                continue  # named in the manifest as not sealed yet
    return proofs


async def _parts(
    export: "CaseExport", proofs: "dict[int, InclusionProof]", blobs: "LocalBlobStore"
) -> "AsyncIterator[Part]":
    from services.gateway.bundle import Part, paper_path, sealed_parts
    from shared.blobs import BlobMissing

    for part in sealed_parts(export, proofs):
        yield part
    for paper in export.papers:
        try:
            yield Part(paper_path(paper), await blobs.get(paper.digest))
        except BlobMissing:
            yield Part(paper_path(paper), None, "file_missing")
