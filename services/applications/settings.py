"""Settings of the applications service; what law or office leaves open is configuration here, never a constant."""

from pydantic import Field

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
    demo_credit: bool = Field(
        default=True,
        description="本地或测试模式下载入演示用信用记录 load the demonstration's credit records in local or test mode",
    )
