"""What the catalogue tells everybody."""

from datetime import date
from typing import ClassVar

from services.catalogue.contracts.calendar import CalendarYear
from services.catalogue.contracts.item import ItemVersion
from services.catalogue.contracts.organisation import Organisation
from services.catalogue.contracts.words import ImplementationCode, Text
from shared.messaging.envelope import Event


class ItemPublishedV1(Event):
    """A new version is in force from `item.content.effective_on`. Subject: the implementation code."""

    event_type: ClassVar[str] = "cn.tongban.catalogue.item_published.v1"

    item: ItemVersion
    organ: Organisation


class ItemWithdrawnV1(Event):
    """No new application may be made; open cases end under the rule of the notice that cancelled the item."""

    event_type: ClassVar[str] = "cn.tongban.catalogue.item_withdrawn.v1"

    code: ImplementationCode
    version: int
    effective_on: date
    reason: Text


class OrganisationPublishedV1(Event):
    """The dated names of an organisation changed. Subject: its unified social credit code."""

    event_type: ClassVar[str] = "cn.tongban.catalogue.organisation_published.v1"

    version: int
    organisation: Organisation


class CalendarPublishedV1(Event):
    """The working days of a year became known or changed: open deadlines are to be computed again."""

    event_type: ClassVar[str] = "cn.tongban.catalogue.calendar_published.v1"

    calendar: CalendarYear
