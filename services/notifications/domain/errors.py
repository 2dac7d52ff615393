"""What notifications refuses; the runtime recognises these by their shape."""


class NotificationsError(Exception):
    """A refusal with its stable code and a sentence in both languages."""

    kind = "invalid"
    code = "notifications_error"
    zh = ""
    en = ""
    pointer = ""

    def __init__(self) -> None:
        super().__init__(f"{self.code}: {self.en}")


class MessageUnknown(NotificationsError):
    """There is no such notice, or it is not the asker's: the answer is the same, so that nobody can find out which."""

    kind = "not_found"
    code = "message_not_found"
    zh = "没有找到这条消息。"
    en = "There is no such message."


class NotUndelivered(NotificationsError):
    """Only a delivery that failed or is uncertain may be ordered again."""

    kind = "conflict"
    code = "message_not_undelivered"
    zh = "这条消息没有投递失败或结果不明的记录，不能重新发送。"
    en = "This message has no failed or uncertain delivery, so it cannot be sent again."


class CursorUnreadable(NotificationsError):
    """A cursor that we did not give out."""

    code = "cursor_unreadable"
    zh = "翻页标记无效，请从第一页重新开始。"
    en = "The cursor is not one of ours. Please begin again at the first page."
    pointer = "/cursor"


class CommandIdMissing(NotificationsError):
    """A command that must not happen twice came without an id to recognise it by."""

    code = "command_id_missing"
    zh = "缺少命令编号，无法保证只执行一次。"
    en = "The command has no id, so it could not be kept from running twice."
