"""Why a document can't be printed, and what this service refuses; each in both languages with a stable code."""


class DocumentsError(Exception):
    """A refusal with its stable code; the runtime recognises it by its shape."""

    kind = "invalid"
    code = "documents_error"
    zh = ""
    en = ""
    pointer = ""

    def __init__(self) -> None:
        super().__init__(f"{self.code}: {self.en}")


class DocumentUnknown(DocumentsError):
    """No such document, or none that the asker may have: both look the same on purpose."""

    kind = "not_found"
    code = "document_not_found"
    zh = "没有找到这份文书。"
    en = "There is no such document."
    pointer = "/document_id"


class CannotBePrinted(Exception):
    """For good: another try would end the same way, so the number becomes VOID."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en


# The places of a document as a person would name them.
_PLACES = {
    "organ": ("机关名称", "the organ's name"),
    "title": ("标题", "the title"),
    "number": ("文号", "the number"),
    "addressee": ("抬头", "the addressee"),
    "field": ("当事人或事项栏", "a field about the people or the item"),
    "item": ("列项", "an item of a list"),
    "remedy": ("救济途径", "the remedy"),
    "signature": ("落款", "the signature"),
    "date": ("日期", "the date"),
}


def character_missing(code_point: str, place: str) -> CannotBePrinted:
    """The configured fonts lack a character; the code point is named, never the text around it."""
    zh, en = _PLACES.get(place, ("正文", "the text"))
    return CannotBePrinted(
        "glyph_missing",
        f"{zh}中有一个字（{code_point}）所配置的字体都没有，文书不能印制；请安装含有该字的字体后重新制发。",
        f"{en.capitalize()} holds a character ({code_point}) that none of the configured fonts has; install a font that"
        " has it, then issue the document anew.",
    )


def layout_failed(why: str) -> CannotBePrinted:
    """The layout engine gave up, again and again."""
    return CannotBePrinted(
        "layout_failed",
        "文书排版失败，不能印制；请联系运维人员查明原因后重新制发。",
        f"The document could not be laid out ({why}); ask the operator for the cause, then issue it anew.",
    )


def text_changed() -> CannotBePrinted:
    """The text that came is not the one that was sealed."""
    return CannotBePrinted(
        "text_digest_differs",
        "文书内容与签发时的校验值不一致，不能印制；请联系运维人员查明原因后重新制发。",
        "The text differs from the digest of what was sealed; ask the operator for the cause, then issue it anew.",
    )
