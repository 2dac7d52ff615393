"""The settings of the notifications process."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from services.notifications.domain.delivery import Patience
from shared.runtime.settings import Settings

_SENDER = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,190}")


class NotificationsSettings(Settings):
    """Where mail goes out, in whose name, how patiently, and where an applicant finds the case."""

    public_url: str = Field(
        description="公众访问地址 where applicants reach the platform: https://tongban.example.gov.cn"
    )
    smtp_url: str = Field(
        repr=False,
        description="邮件服务器 the mail server: smtp://host:port, smtp+starttls://user@host:587 or smtps://user@host:465;"
        " 密码放在 the password is read from SECRETS_DIR/smtp.password",
    )
    mail_from: str = Field("notice@tongban.invalid", description="发件地址 the address that mail comes from")
    mail_from_name: str = Field("通办政务服务", max_length=40, description="发件人名称 the sender's name")
    mail_connections: int = Field(
        2, ge=1, le=16, description="首次投递的并发连接数 connections for first deliveries"
    )
    mail_first_pause_seconds: float = Field(
        60.0, gt=0, le=3600, description="第一次重试前的等待 the pause before the first retry"
    )
    mail_horizon_hours: float = Field(
        48.0, ge=24.0, le=240.0, description="持续重试的时长 how long a notice is tried, at least a day"
    )
    mail_answer_seconds: float = Field(
        300.0,
        gt=0,
        le=900,
        description="等待邮件服务器确认正文的时长 how long to wait for the server's word on a text",
    )

    @field_validator("public_url")
    @classmethod
    def _is_web_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("应为 http(s) 地址 it must be an http or https address")
        return url.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtp+starttls", "smtps"} or not parts.hostname:
            raise ValueError(
                "应为 smtp、smtp+starttls 或 smtps 地址 it must be an smtp, smtp+starttls or smtps address"
            )
        if parts.password is not None:
            raise ValueError(
                "密码不得写在地址里 the password belongs into SECRETS_DIR/smtp.password, not into the address"
            )
        return url

    @field_validator("mail_from")
    @classmethod
    def _is_plain_address(cls, address: str) -> str:
        if not _SENDER.fullmatch(address):
            raise ValueError("应为邮箱地址 it must be an e-mail address")
        return address

    def patience(self) -> Patience:
        """How long and how often a notice is tried."""
        return Patience(
            timedelta(seconds=self.mail_first_pause_seconds), timedelta(hours=self.mail_horizon_hours)
        )
