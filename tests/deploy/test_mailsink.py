"""Each message the sink accepts is one file, whole, for its owner's eyes."""

import os
import smtplib
import sys
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from deploy.local.home import ROOT
from deploy.local.ports import PortBook, answers
from deploy.local.processes import launch


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    port = PortBook(tmp_path / "state.json").take("mailsink")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "TONGBAN_SMTP_PORT": str(port),
        "TONGBAN_MAIL_DIR": str(tmp_path / "mail"),
    }
    process = launch([sys.executable, "-m", "deploy.local.mailsink"], environment, tmp_path / "log")
    while not answers(port):
        assert process.alive(), (tmp_path / "log").read_text()
        time.sleep(0.02)
    yield port, tmp_path / "mail"
    assert process.stop(seconds=5)


def test_a_letter_arrives_as_it_was_sent(sink: tuple[int, Path]) -> None:
    port, folder = sink
    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = "受理通知书", "a@example.org", "b@example.org"
    letter.set_content("您的办件已受理。")

    with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
        for _ in range(2):
            client.send_message(letter)

    files = list(folder.glob("*.eml"))
    assert len(files) == 2
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    received = message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert received["Subject"] == "受理通知书"
    assert received.get_content().strip() == "您的办件已受理。"
    assert not list(folder.glob(".*"))


def test_a_letter_that_is_too_large_is_refused(sink: tuple[int, Path]) -> None:
    port, folder = sink
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as client, pytest.raises(smtplib.SMTPSenderRefused):
        client.sendmail("a@example.org", ["b@example.org"], b"x" * (6 * 1024 * 1024))

    assert not list(folder.glob("*.eml"))
