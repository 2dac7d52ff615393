"""The settings of the audit process."""

from pathlib import Path

from pydantic import Field, field_validator

from services.audit.domain.checkpoint import is_key_name
from shared.runtime.settings import Settings


class AuditSettings(Settings):
    """Under which name the log signs, and how often at most."""

    log_origin: str = Field(
        default="tongban.bozhou.gov.cn/audit",
        description="审计账的名称，签发后不可更改 the log's name, fixed once it has signed: gov.example.cn/audit",
    )
    checkpoint_seconds: float = Field(
        default=1.0,
        ge=0.1,
        le=3600,
        description="检查点的最短间隔（秒） seconds between two checkpoints at least",
    )

    @field_validator("log_origin")
    @classmethod
    def _is_key_name(cls, origin: str) -> str:
        if not is_key_name(origin):
            raise ValueError("不得含空格和加号 it has neither spaces nor plus signs")
        return origin

    @property
    def signing_key_file(self) -> Path:
        """The Ed25519 private key in PEM."""
        return self.secrets_dir / "audit.signing.key"
