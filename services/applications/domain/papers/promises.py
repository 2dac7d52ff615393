"""What an applicant signs: the undertaking (§5.3(2)) and the commitment (§5.4), as the signer reads them before.

The body holds nothing that is only known afterwards (case number, date), so that its digest can be shown and signed.
"""

from services.applications.domain.documents import Line, PartyText, Secrets
from services.applications.domain.phrases import Values, numbered

# §5.3(3): on site, by post, on line, by home pick-up.
CHANNELS_TO_SUPPLY = (
    "可以到窗口提交、邮寄、在网上“我的办件”上传，或者预约上门收取，均以到达本机关的时间为准。"
)
SIGNATURE_NAMES = {"typed": "键入姓名", "drawn": "手写签名"}


def undertaking_body(values: Values, party: PartyText) -> list[Line]:
    """容缺承诺书: each missing paper with form, time and way to supply; what the applicant knows and accepts."""
    return [
        *_who(values, party),
        Line("text", "申请人自愿申请容缺受理，并承诺："),
        *numbered(
            [
                (
                    f"在受理之日起{values['supply_working_days']}个工作日内（受理当日不计）补齐以下材料："
                    f"{'、'.join(values['lacking'])}；{CHANNELS_TO_SUPPLY}"
                ),
                "已知晓办理条件和全部材料要求，所提交的材料和信息真实、准确、有效。",
                "以上承诺是申请人真实意思的表示。",
                _default(values),
            ]
        ),
    ]


def _default(values: Values) -> str:
    record = "损失自行承担，并记入信用记录，修复前不再适用容缺受理。"
    if values.get("before_completion"):
        # §5.3(8): a result that is given before can be recalled only because its holder agreed to that.
        return (
            "知悉本机关可以在材料补齐前先行作出标注“待补正”的决定；逾期未补齐或补交材料不符合要求的，"
            f"尚未作出决定的终止办理，已经作出决定的由本机关告知并听取意见后收回办理结果，{record}"
        )
    return f"知悉材料补齐前不作出决定；逾期未补齐或补交材料不符合要求的，办理终止，{record}"


def commitment_body(values: Values, party: PartyText) -> list[Line]:
    """告知承诺书: what the organ tells (item, basis, what is proved, liability, checks, publication), then the promise."""
    return [
        *_who(values, party),
        Line("text", "一、本机关告知："),
        *numbered(
            [
                f"下列材料可以由申请人书面承诺代替：{'、'.join(values['committed'])}。",
                "承诺方式为签署本承诺书；也可以选择不承诺，按材料清单提交材料。",
                "承诺不实的，依法承担撤销决定等行政责任和相应的民事、刑事责任，并记入信用记录。",
                f"本机关在作出决定后{values['post_check_days']}日内对承诺内容进行核查，可以通过数据共享、现场检查等方式进行。",
                "承诺书和核查结果依法公开，依法应当保密的除外。",
            ]
        ),
        Line("text", "二、申请人承诺："),
        *numbered(
            [
                "已知晓本机关告知的全部内容。",
                "已符合上述材料所证明的条件，能够提供相应证明。",
                "愿意承担承诺不实的法律责任。",
                "所作承诺和所填信息真实、准确，是申请人真实意思的表示。",
                "同意依法公开承诺内容和核查结果。",
            ]
        ),
    ]


def _who(values: Values, party: PartyText) -> list[Line]:
    return [
        Line("addressee", f"{values['organ']}："),
        Line("field", party.applicant, "申请人"),
        Line("field", f"{party.certificate_name} {party.certificate_number}", "证件"),
        Line("field", f"{values['item_name']}（第{values['item_version']}版）", "事项"),
        Line("field", f"{party.contact} {party.mobile}", "联系人"),
    ]


def undertaking(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    """The signed undertaking (template version 2): the body as it was shown, then what binds it."""
    return [*undertaking_body(values, party), *_signed(values, secrets)]


def commitment(values: Values, party: PartyText, secrets: Secrets) -> list[Line]:
    """The signed commitment."""
    return [*commitment_body(values, party), *_signed(values, secrets)]


def _signed(values: Values, secrets: Secrets) -> list[Line]:
    return [
        Line("field", str(values["case_no"]), "办件编号"),
        Line("field", secrets.signed_name, "承诺人（签名）"),
        Line("field", SIGNATURE_NAMES[values["signature_kind"]], "签名方式"),
        Line("field", str(values["text_sha256"]), "承诺内容摘要（SHA-256）"),
    ]
