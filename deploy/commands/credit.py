"""What the commands about credit share: the register of the running platform, and who works in it.

They write where the service writes and leave the same events, so the audit log has them too.
"""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from deploy.commands.running import connected, database_url, secrets_dir
from deploy.commands.usage import UsageFault
from deploy.local.faults import Fault

if TYPE_CHECKING:
    from services.applications.contracts.credit import CreditRecordView
    from services.applications.credit.work import Work

Answer = TypeVar("Answer")
SERVICE = "applications"


def in_register(act: "Callable[[Work], Awaitable[Answer]]") -> Answer:
    """Run one act on the register in a transaction; a refusal is told in its own sentences."""
    return asyncio.run(_in_register(act))


async def _in_register(act: "Callable[[Work], Awaitable[Answer]]") -> Answer:
    from services.applications.domain.errors import DomainError
    from shared.errors import Refused

    async with connected(SERVICE, database_url(SERVICE)) as connection:
        try:
            async with connection.transaction():
                return await act(_work(connection))
        except (DomainError, Refused) as refused:
            raise fault_of(refused) from refused


def _work(connection: object) -> "Work":
    from services.applications.credit.work import Work
    from shared.identity import Actor, Role
    from shared.privacy import BadKey, BlindIndex, Keyring

    folder = secrets_dir()
    try:
        people = BlindIndex.from_file(folder / "blind-index.key")
        keyring = Keyring.from_file(folder / "parties.keyring.json")
    except (OSError, BadKey) as error:
        raise Fault(
            f"在 {folder} 中读不到密钥——请用平台运行者的账号执行，或用 TONGBAN_SECRETS_DIR 指明密钥目录。",
            f"The keys in {folder} cannot be read – run this as the platform's user, or name TONGBAN_SECRETS_DIR.",
        ) from error
    actor = Actor(f"operator:{getpass.getuser()}", frozenset({Role.KEEPER}))
    return Work(connection, actor, people, keyring)  # type: ignore[arg-type]  # a connection, imported only when typing


def fault_of(refused: Exception) -> Fault:
    """The refusal with everything that is wrong, one fault on a line."""
    zh, en = getattr(refused, "zh", ""), getattr(refused, "en", "")
    errors = getattr(refused, "errors", ())
    lines = [f"  {error.pointer.removeprefix('/lines/')}：{error.zh} {error.en}" for error in errors]
    return Fault("\n".join((zh, *lines)), en)


def validated(make: Callable[[], Answer], option: str = "certificate_number") -> Answer:
    """A request made from the words of the command; a wrong word is told like any other."""
    from pydantic import ValidationError

    try:
        return make()
    except ValidationError as error:
        from services.gateway.problems import CHINESE_OF_FAULT

        (first, *_) = error.errors(include_url=False, include_input=False)
        words = first.get("ctx", {})
        place = ".".join(str(part) for part in first["loc"]) or option
        place = "ID" if place == "record_id" else place  # as the command's own usage calls it
        chinese = words.get("zh") or CHINESE_OF_FAULT.get(first["type"], "填写有误。")
        raise UsageFault(f"{place}：{chinese}", f"{place}: {words.get('en', first['msg'])}") from error


def purpose_of(text: str) -> str:
    """The purpose of a look, as the register takes it."""
    from pydantic import TypeAdapter

    from services.applications.contracts.fields import Purpose

    return validated(lambda: TypeAdapter[str](Purpose).validate_python(text), "--purpose")


def record_row(record: "CreditRecordView") -> list[str]:
    """A record as a line of a table."""
    ended = record.withdrawn_on or record.repaired_on
    state = {"counts": "有效", "repaired": "已修复", "withdrawn": "已撤销"}[record.state]
    return [
        str(record.record_id),
        record.kind_zh + (f" {record.grade}" if record.grade else ""),
        record.list_item,
        record.source,
        record.recorded_on.isoformat(),
        state + (f" {ended.isoformat()}" if ended else ""),
        str(record.person_id)[:8],
    ]


RECORD_HEAD = ["编号 ID", "种类", "清单依据", "来源", "认定", "状态", "当事人"]
