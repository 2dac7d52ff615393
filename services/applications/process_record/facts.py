"""What the rows are made of: the case, its events with the circumstances of their recording, its item and its people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.applications.domain.case import Case
from services.applications.domain.events import CaseEvent, Issued
from services.applications.domain.item import Item
from services.applications.store.parties import Party
from services.catalogue.contracts import HandlingKind, ItemVersion

# Nobody is named by more than the post: staff are pseudonyms in the record, as the law's own copy of it demands.
POSTS = {
    "clerk": "窗口受理人员",
    "approver": "审批人员",
    "organ_head": "机关负责人",
    "supervisor": "监察人员",
    "applicant": "申请人",
    "province": "省平台",
    "system": "系统自动处理",
}


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event, when it was recorded and by whom."""

    version: int
    event_id: UUID
    name: str
    event: CaseEvent
    at: datetime
    role: str
    unit: str | None

    @property
    def post(self) -> str:
        """By what post it was done: the role that acted, were there several."""
        held = self.role.split(",")
        return next((title for role, title in POSTS.items() if role in held), "工作人员")


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that the rows are computed from; `people` are masked already where they have to be."""

    case: Case
    events: Sequence[Recorded]
    item: Item
    published: ItemVersion
    people: Mapping[str, Party]
    summary: str | None = None

    def last(self, name: str) -> Recorded | None:
        """The newest event of this name."""
        return next((one for one in reversed(self.events) if one.name == name), None)

    @property
    def handling_kind(self) -> HandlingKind:
        """即办件, 承诺件 or another."""
        return self.published.content.handling_kind


def numbers_of(documents: Sequence[Issued], *kinds: str) -> str | None:
    """The number of the first document of one of these kinds."""
    return next((document.number for document in documents if document.kind in kinds), None)
