"""The settings of the documents process: faces, limits of the press, whose seal, and where a document can be verified."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator

from services.documents.presses import PressOptions
from shared.runtime.settings import Settings

_NOTO = "/usr/share/fonts/opentype/noto"
_OWN = Path(__file__).resolve().parent / "fonts"


class DocumentsSettings(Settings):
    """What this process needs beside the common settings.

    A face is a font file, or `file#Family` for one of a collection; an office names the files it has a licence for.  A
    name without a folder is a file that comes with this service.
    """

    public_url: str = Field(
        description="公众访问地址，二维码指向其下的核验页 where people reach the platform; QR codes lead to its verification page"
    )
    font_fangsong: str = Field(
        default="FandolFang-Regular.otf",
        description="正文字体（仿宋） the face of the text: a file, or file#Family",
    )
    font_title: str = Field(
        default=f"{_NOTO}/NotoSerifCJK-Bold.ttc#Noto Serif CJK SC",
        description="标题和发文机关字体（小标宋） the face of titles and of the organ's name",
    )
    font_hei: str = Field(
        default=f"{_NOTO}/NotoSansCJK-Regular.ttc#Noto Sans CJK SC",
        description="一级标题字体（黑体） the face of first headings",
    )
    font_kai: str = Field(
        default="/usr/share/fonts/truetype/arphic-gkai00mp/gkai00mp.ttf",
        description="二级标题和附注字体（楷体） the face of second headings and notes",
    )
    fonts_more: str = Field(
        default=",".join(
            [
                f"{_NOTO}/NotoSerifCJK-Regular.ttc#Noto Serif CJK SC",
                "/usr/share/fonts/truetype/hanazono/HanaMinA.ttf",
                "/usr/share/fonts/truetype/hanazono/HanaMinB.ttf",
            ]
        ),
        description="生僻字的后备字体，逗号分隔，按次序取用 faces for rare characters, asked in this order, comma between them",
    )
    press_memory_mib: int = Field(
        default=1024, ge=512, le=16_384, description="排版进程的内存上限 the memory that a press may use"
    )
    press_seconds: float = Field(
        default=30.0,
        gt=0,
        le=600,
        description="一份文书的排版时限 how long a press may take over one document",
    )
    presses: int = Field(default=1, ge=1, le=16, description="排版进程数 presses at work at once")
    seal_platform_url: str = Field(
        default="",
        description="省电子印章平台的地址；空则用 SECRETS_DIR/seal.crt 和 seal.key 签名，令牌放在 SECRETS_DIR/seal-platform.token"
        " the province's seal platform; without it SECRETS_DIR/seal.crt and seal.key sign, its token is in SECRETS_DIR",
    )
    seal_platform_seconds: float = Field(
        default=20.0, gt=0, le=120, description="等待印章平台的时限 how long to wait for the seal platform"
    )

    @field_validator("public_url")
    @classmethod
    def _is_web_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("应为 http(s) 地址 it must be an http or https address")
        return url.rstrip("/")

    @field_validator("seal_platform_url")
    @classmethod
    def _is_empty_or_web_address(cls, url: str, info: ValidationInfo) -> str:
        parts = urlsplit(url)
        # Whole decisions and the platform's token travel there.
        in_the_clear = parts.scheme == "http" and info.data.get("mode") in ("local", "test")
        if url and not (parts.hostname and (parts.scheme == "https" or in_the_clear)):
            raise ValueError("必须是 https 地址 it must be an https address")
        return url

    def press_options(self) -> PressOptions:
        """How a press is started."""
        faces = {
            "fangsong": _placed(self.font_fangsong),
            "title": _placed(self.font_title),
            "hei": _placed(self.font_hei),
            "kai": _placed(self.font_kai),
        }
        more = [_placed(face.strip()) for face in self.fonts_more.split(",") if face.strip()]
        return PressOptions(faces, more, self.press_memory_mib, self.press_seconds)


def _placed(face: str) -> str:
    return face if "/" in face else str(_OWN / face)
