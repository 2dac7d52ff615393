"""One example of each published contract, written down: consumers test against the same files.

After a field was added on purpose, `TONGBAN_WRITE_EXAMPLES=1 pytest tests/notifications/test_contracts.py` writes the
files again.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import BaseModel, ValidationError

from services.notifications.contracts import (
    PUBLISHED,
    AttemptView,
    Channel,
    DeliveryFailedV1,
    DeliveryState,
    DeliveryUncertainV1,
    DeliveryView,
    ListInbox,
    MessagePage,
    MessageView,
    NoticeServedV1,
    ResendOrderedV1,
    TemplateList,
    TemplateView,
    UndeliveredPage,
    UndeliveredView,
)

EXAMPLES = Path(__file__).parent.parent / "contracts" / "notifications"
AT = datetime(2026, 11, 24, 1, 5, 4, tzinfo=UTC)
MESSAGE = UUID("6f0c1ad2-5f0b-5c5e-9a5e-2f1a7b0f6a12")
CAUSE = UUID("0196f2a0-0000-7000-8000-00000000e001")
CASE = UUID("0196f2a0-0000-7000-8000-00000000c001")
PERSON = UUID("0196f2a0-0000-8000-8000-00000000a001")


def example_of_each() -> dict[str, BaseModel]:
    """Every event and reply by the name of its file."""
    uncertain = DeliveryView(
        channel=Channel.EMAIL,
        state=DeliveryState.UNCERTAIN,
        reason="uncertain",
        attempts=[AttemptView(number=1, started_at=AT, finished_at=AT, outcome="uncertain")],
    )
    message = MessageView(
        message_id=MESSAGE,
        cause_id=CAUSE,
        cause_type="cn.tongban.applications.case_accepted.v1",
        case_id=CASE,
        case_no="341600202611240001",
        template_id="case_accepted",
        template_version=1,
        statutory=True,
        title="您的申请已受理：新建民用建筑防空地下室建设审批",
        text="您好！",
        link=f"https://tongban.example.gov.cn/my/cases/{CASE}",
        created_at=AT,
        deliveries=[
            DeliveryView(channel=Channel.IN_APP, state=DeliveryState.SERVED, due_at=AT, served_at=AT),
            uncertain,
        ],
    )
    waiting = UndeliveredView(
        message_id=MESSAGE, case_id=CASE, case_no=message.case_no, title=message.title, delivery=uncertain
    )
    template = TemplateView(
        template_id="case_accepted",
        version=1,
        name="受理通知",
        statutory=True,
        title="您的申请已受理：{{ item_name }}",
        body="您好！",
        sha256="0" * 64,
        in_use=True,
    )
    told = {"message_id": MESSAGE, "cause_id": CAUSE, "case_id": CASE, "channel": Channel.EMAIL}
    return {
        "notice_served.v1": NoticeServedV1(
            message_id=MESSAGE,
            cause_id=CAUSE,
            case_id=CASE,
            person_id=PERSON,
            channel=Channel.IN_APP,
            template_id="case_accepted",
            template_version=1,
            statutory=True,
            text_sha256="0" * 64,
            served_at=AT,
        ),
        "delivery_failed.v1": DeliveryFailedV1.model_validate(
            {**told, "reason": "refused", "smtp_code": 550, "attempts": 1, "failed_at": AT}
        ),
        "delivery_uncertain.v1": DeliveryUncertainV1.model_validate(
            {**told, "attempts": 1, "noticed_at": AT}
        ),
        "resend_ordered.v1": ResendOrderedV1.model_validate({**told, "ordered_at": AT}),
        "message_page": MessagePage(messages=[message], next_cursor="AAAAAAAAAAE"),
        "undelivered_page": UndeliveredPage(deliveries=[waiting]),
        "template_list": TemplateList(templates=[template]),
    }


NAMES = sorted(example_of_each())


@pytest.mark.parametrize("name", NAMES)
def test_each_contract_still_has_the_form_that_was_written_down(name: str) -> None:
    example, file = example_of_each()[name], EXAMPLES / f"{name}.json"
    if os.environ.get("TONGBAN_WRITE_EXAMPLES"):
        text = json.dumps(example.model_dump(mode="json"), ensure_ascii=False, indent=2)
        file.write_text(f"{text}\n", encoding="utf-8")
    written = json.loads(file.read_text("utf-8"))
    assert example.model_dump(mode="json") == written
    assert type(example).model_validate(written) == example


@pytest.mark.parametrize("name", NAMES)
def test_a_field_that_a_later_publisher_adds_disturbs_no_consumer(name: str) -> None:
    written = json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))
    example = example_of_each()[name]
    assert type(example).model_validate({**written, "added_later": 1}) == example


def test_every_event_has_an_example_and_names_its_publisher_and_version() -> None:
    for event in PUBLISHED:
        assert event.publisher() == "notifications"
        *_, name, version = event.event_type.split(".")
        assert f"{name}.{version}" in NAMES


def test_a_request_with_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError):
        ListInbox.model_validate({"limit": 5, "person_id": str(PERSON)})
