"""The settings of the gateway process."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from shared.runtime.settings import Settings


class GatewaySettings(Settings):
    """Where it listens, where files lie, how mail leaves, and how long people stay signed in."""

    host: str = Field(
        default="127.0.0.1", description="公众端口的监听地址 the address that the public port listens on"
    )
    port: int = Field(default=8080, ge=0, le=65535, description="公众端口 the public port")
    public_url: str = Field(
        default="", description="公众访问地址 where people reach the platform: https://tongban.example.gov.cn"
    )
    blobs_dir: Path = Field(description="上传文件的目录 the folder of uploaded files")
    mail_dir: Path | None = Field(
        default=None, description="仅本地模式：收到的邮件 local mode only: the folder of the mail sink"
    )
    smtp_url: str | None = Field(
        default=None,
        repr=False,
        description="邮件服务器 the mail server: smtp://host:port, smtp+starttls://host:587 or smtps://host:465",
    )
    mail_from: str = Field(
        default="no-reply@tongban.invalid", description="发件地址 the address that mail comes from"
    )
    trusted_proxies: str = Field(
        default="",
        description="可信反向代理的地址，逗号分隔 addresses of reverse proxies whose X-Forwarded-For is believed",
    )
    session_idle_minutes: int = Field(
        default=120, ge=5, le=1440, description="无操作多久后退出 minutes of silence that end a session"
    )
    session_hours: int = Field(
        default=12, ge=1, le=168, description="登录最长有效时间 hours that end any session"
    )
    reader_separators: str = Field(
        default=",，;；|^\t",
        min_length=1,
        max_length=20,
        description="读卡器一行中各项的分隔符 what stands between the parts of a card reader's line",
    )
    bearer_minutes: int = Field(
        default=60, ge=1, le=1440, description="访问令牌有效时间 minutes that a bearer token lives"
    )

    @field_validator("public_url")
    @classmethod
    def _is_web_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("应为 http(s) 地址 it must be an http or https address")
        return url.rstrip("/")

    @property
    def secure_cookies(self) -> bool:
        """Cookies travel over TLS only, outside a developer's own machine."""
        return self.mode == "production"

    @property
    def address(self) -> str:
        """The address in links of letters."""
        return self.public_url or f"http://{self.host}:{self.port}"
