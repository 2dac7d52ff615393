"""A notice as a mail that any reader shows rightly, the same to the byte on every try."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.notifications.mail import Letter, Sender, UnusableAddress
from tests.notifications.conftest import mail_settings, read_letter

LETTER = Letter(
    message_id=UUID("6f0c1ad2-5f0b-5c5e-9a5e-2f1a7b0f6a12"),
    subject="您的申请已受理：新建民用建筑防空地下室建设审批（一个名称很长的事项，长到主题必须折成几行）",
    text="您好！\n\n.以点开头的一行\n办件编号：341600202611240001\n",
    written_at=datetime(2026, 11, 24, 1, 5, tzinfo=UTC),
)
SENDER = Sender("notice@tongban.example.gov.cn", "通办政务服务")


def test_subject_sender_and_text_survive_in_chinese() -> None:
    message = read_letter(SENDER.compose(LETTER, "a@example.com"))
    assert message["Subject"] == LETTER.subject
    assert message["From"].addresses[0].display_name == "通办政务服务"
    assert message["From"].addresses[0].addr_spec == "notice@tongban.example.gov.cn"
    assert message["To"].addresses[0].addr_spec == "a@example.com"
    assert message.get_content().replace("\r\n", "\n") == LETTER.text
    assert message["Message-ID"] == f"<{LETTER.message_id}@tongban.example.gov.cn>"
    assert message["Date"].datetime == LETTER.written_at
    assert str(message["Date"]).endswith("+0800")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "zh-CN"


def test_every_line_fits_old_servers_and_is_ascii() -> None:
    content = SENDER.compose(LETTER, "a@example.com")
    assert content.isascii()
    assert all(len(line) <= 78 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_the_same_letter_is_the_same_bytes_each_time() -> None:
    assert SENDER.compose(LETTER, "a@example.com") == SENDER.compose(LETTER, "a@example.com")


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@", "@b.cn", "a b@c.cn", "a@b.cn\r\nBcc: x@y.cn", "李雷@例子.中国", "a@b.cn\x00"],
)
def test_an_address_that_could_not_be_sent_to_is_told_apart(address: str) -> None:
    with pytest.raises(UnusableAddress):
        SENDER.compose(LETTER, address)


@pytest.mark.parametrize(
    "changes",
    [
        {"smtp_url": "http://mail.example.com"},
        {"smtp_url": "smtp://user:secret@mail.example.com"},
        {"public_url": "tongban.example.gov.cn"},
        {"mail_from": "not an address"},
        {"mail_horizon_hours": 5},
    ],
)
def test_settings_that_would_lose_notices_or_leak_a_password_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        mail_settings(25, **changes)
