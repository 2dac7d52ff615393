"""The owner's own name and certificate in full, so that nobody is asked for what the account already knows."""

from dataclasses import dataclass

import asyncpg

from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.gateway.problems import Problem
from services.gateway.sealing import keyring_of


@dataclass(frozen=True, slots=True)
class OwnIdentity:
    """What the account was registered with; only ever used for its owner's own applications."""

    name: str
    certificate_type: str
    certificate_number: str
    mobile: str | None
    email: str | None

    @property
    def is_legal(self) -> bool:
        """Whether the account belongs to an organisation."""
        return self.certificate_type == "USCC"


async def own_identity(gateway: Gateway, visitor: Visitor) -> OwnIdentity:
    """The identity behind the visitor's own account; raises `forbidden` for whoever has none."""
    account = visitor.account
    if account is None or account.id is None or account.certificate is None:
        raise Problem("forbidden", zh="请用申请人账号登录后办理。", en="Sign in with an applicant's account.")
    async with gateway.database.acquire() as connection:
        row = await gateway.identities.account_row(connection, account.id)
    return identity_of(gateway, row)


def identity_of(gateway: Gateway, row: asyncpg.Record) -> OwnIdentity:
    """The identity of an account that was read, for its owner or for whom the owner let in."""
    ring = keyring_of(gateway)

    def opened(column: str) -> str | None:
        sealed = row[column]
        place = f"accounts:{row['id']}:{column}"
        return None if sealed is None else ring.decrypt_text(sealed, context=place)

    return OwnIdentity(
        name=opened("display_name") or "",
        certificate_type=row["certificate_type"],
        certificate_number=opened("certificate_number") or "",
        mobile=opened("mobile"),
        email=opened("email"),
    )
