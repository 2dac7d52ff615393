"""Settings of the applications service; what law or office leaves open is configuration here, never a constant."""

from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator

from services.applications.domain.credit import Grade, GradePolicy, Route
from shared.runtime.settings import Settings


class ApplicationsSettings(Settings):
    """What this process needs beside the common settings."""

    organ_word: str = Field(
        default="亳人防许", description="文书字号的机关代字 the organ's word in document numbers"
    )
    reconsideration_organ: str = Field(
        default="亳州市人民政府", description="行政复议机关 the organ that hears reconsiderations"
    )
    court: str = Field(default="亳州市谯城区人民法院", description="管辖法院 the court that hears litigation")
    reconsideration_url: str = Field(
        default="", description="网上申请行政复议的地址 where a reconsideration can be filed on line"
    )
    case_number_block: int = Field(
        default=200, ge=1, le=10_000, description="每次预取的办件编号数量 case numbers leased at once"
    )
    hearing_request_unit: Literal["working_day", "calendar_day"] = Field(
        default="working_day",
        description="申请听证五日的计算单位（行政许可法 47，按工作日对申请人有利） "
        "how the five days to ask for a hearing are counted; working days favour the applicant",
    )
    hearing_hold_unit: Literal["working_day", "calendar_day"] = Field(
        default="working_day",
        description="组织听证二十日的计算单位（行政许可法 47、82） how the twenty days to hold a hearing are counted",
    )
    demo_credit: bool = Field(
        default=True,
        description="本地或测试模式下载入演示用信用记录 load the demonstration's credit records in local or test mode",
    )
    credit_url: str = Field(
        default="",
        description="市公共信用信息平台的查询地址，留空则只查本机关信用登记；密钥见 credit-platform.key "
        "where the city's credit platform is asked; empty: the local register alone; its key is credit-platform.key",
    )
    credit_client: str = Field(
        default="tongban",
        pattern=r"^[0-9A-Za-z_.-]{1,64}$",
        description="市平台给本平台的用户标识 as whom the credit platform knows this platform",
    )
    credit_timeout_seconds: float = Field(
        default=2.0,
        gt=0,
        le=10,
        description="等待市平台答复的秒数 how long an answer of the credit platform is waited for",
    )
    credit_ca_file: Path | None = Field(
        default=None,
        description="签发市平台证书的根证书 the certificate authority of the credit platform, when it is its own",
    )
    credit_reuse_minutes: int = Field(
        default=10,
        ge=0,
        le=1440,
        description="多少分钟内的答复可再次使用 for so long an answer is used again",
    )
    credit_valid_hours: int = Field(
        default=24,
        ge=1,
        le=720,
        description="多少小时之后须重新查询 after so long an answer counts no longer",
    )
    credit_grade_policy: dict[Grade, tuple[Route, ...]] = Field(
        default_factory=lambda: dict(GradePolicy().closes),
        description="各评价等级不适用的方式（本机关规定，非法律）：tolerance 容缺受理、commitment 告知承诺 "
        "which grade closes which route; the office's own policy, not law",
    )

    @field_validator("credit_url")
    @classmethod
    def _asks_nobody_in_the_clear(cls, url: str, info: ValidationInfo) -> str:
        parts = urlsplit(url)
        is_here = parts.hostname in ("127.0.0.1", "localhost", "::1")
        in_the_clear = parts.scheme == "http" and is_here and info.data.get("mode") in ("local", "test")
        if url and not (parts.hostname and (parts.scheme == "https" or in_the_clear)):
            raise ValueError("必须是 https 地址 it must be an https address")
        return url

    @property
    def credit_reuse(self) -> timedelta:
        """For how long an answer is used again."""
        return timedelta(minutes=self.credit_reuse_minutes)

    @property
    def credit_valid(self) -> timedelta:
        """After how long an answer counts no longer."""
        return timedelta(hours=self.credit_valid_hours)
