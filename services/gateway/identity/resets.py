"""Password resets: a token that works once, kept as its digest, and the letter that carries it."""

import secrets
from datetime import timedelta
from uuid import UUID

from services.gateway.identity.sessions import digest_of
from services.gateway.mail import Letter
from shared import time
from shared.database import Connection

_TOKEN_BYTES = 32


async def write_reset(connection: Connection, account_id: UUID, lifetime: timedelta) -> str:
    """A new token for this account; the older ones stop working."""
    token, now = secrets.token_urlsafe(_TOKEN_BYTES), time.now()
    await connection.execute("DELETE FROM password_resets WHERE account_id = $1", account_id)
    await connection.execute(
        "INSERT INTO password_resets (token_sha256, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        digest_of(token),
        account_id,
        now,
        now + lifetime,
    )
    return token


async def take_reset(connection: Connection, token: str) -> UUID | None:
    """Use the token up; the account it stands for, or `None` when it is unknown, used or too old."""
    account_id: UUID | None = await connection.fetchval(
        """
        UPDATE password_resets SET used_at = $2
        WHERE token_sha256 = $1 AND used_at IS NULL AND expires_at > $2 RETURNING account_id
        """,
        digest_of(token),
        time.now(),
    )
    return account_id


def reset_letter(recipient: str, link: str) -> Letter:
    """The letter, in both languages."""
    return Letter(
        recipient=recipient,
        subject="通办：重置密码 Reset your password",
        text=(
            "您好：\n\n"
            "我们收到了重置通办账号密码的申请。请在 30 分钟内打开下面的链接设置新密码，链接只能使用一次：\n\n"
            f"{link}\n\n"
            "如果不是您本人操作，请忽略这封邮件，您的密码不会改变。\n\n"
            "Somebody asked to reset the password of your account. Open the link within 30 minutes; it works once.\n"
            "If it was not you, ignore this letter and your password stays as it is.\n"
        ),
    )
