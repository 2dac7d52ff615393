"""What the catalogue answers."""

from datetime import date, datetime

from services.catalogue.contracts.calendar import CalendarYear
from services.catalogue.contracts.codes import (
    HandlingForm,
    HandlingKind,
    ItemState,
    ItemType,
    MatchKind,
    MaterialForm,
    Necessity,
    PaperPicture,
    ServedObject,
)
from services.catalogue.contracts.fitting import FitQuestion
from services.catalogue.contracts.item import (
    Basis,
    Condition,
    Contacts,
    Fee,
    ItemVersion,
    Limit,
    Place,
    Question,
    Result,
    SpecialProcedure,
    Step,
    TolerancePolicy,
)
from services.catalogue.contracts.organisation import Organisation
from services.catalogue.contracts.words import Contract, ImplementationCode, ProvisionalField, Text


class ItemSummary(Contract):
    code: ImplementationCode
    version: int
    local_code: str
    name: Text
    summary: Text
    item_type: ItemType
    state: ItemState
    handling_kind: HandlingKind
    promised_limit: Limit
    statutory_limit: Limit
    served_objects: tuple[ServedObject, ...]
    visits: int
    tolerance_enabled: bool
    provisional: bool


class ItemPage(Contract):
    items: tuple[ItemSummary, ...]
    next_cursor: str | None = None


class ItemMatch(ItemSummary):
    """An item that answers to the words, why, and the words of it that they met."""

    match: MatchKind
    matched: str


class ItemMatches(Contract):
    """The best answers to a search; `found` may be more than are given."""

    items: tuple[ItemMatch, ...]
    found: int


class ItemView(Contract):
    item: ItemVersion
    organ: Organisation
    state: ItemState
    current_version: int
    withdrawn_on: date | None = None
    withdrawn_reason: Text | None = None


class TolerablePaper(Contract):
    """A paper that may follow later, and how it is taken."""

    code: str
    name: Text
    form: MaterialForm


class GuideMaterial(Contract):
    """A paper as the applicant reads it."""

    code: str
    name: Text
    necessity: Necessity
    main: bool
    tolerable: bool
    by_sharing: bool
    required_when: Text | None
    provided_by: Text
    form: MaterialForm
    originals: int
    copies: int
    specification: Text | None
    acceptance_standard: Text | None
    basis: tuple[Basis, ...]
    picture: PaperPicture = PaperPicture.PAPER


class TolerantItem(Contract):
    """One line of the public list for tolerant acceptance (§5.3(1)): the item and its papers that may follow later."""

    code: ImplementationCode
    version: int
    local_code: str
    name: Text
    main_materials: tuple[Text, ...]
    tolerable: tuple[TolerablePaper, ...]
    supply_working_days: int | None
    reserve_working_days: int
    rule: Text
    # 容缺审批: whether a result may be given before its last papers are there.
    decision_before_completion: bool
    effective_on: date


class ToleranceList(Contract):
    """容缺受理事项清单: every item on the list today; what is not on it is never tolerated."""

    items: tuple[TolerantItem, ...]
    listed_on: date


class GuideDates(Contract):
    """What the limits come to for somebody whose application is accepted on this day."""

    accepted_on: date
    promised_by: date | None
    statutory_by: date | None
    supply_by: date | None
    """The last day for papers that may follow; none when none may."""
    certain: bool
    """False when one of the dates lies beyond the last announced calendar and may still move."""


class GuideView(Contract):
    """办事指南 (行政许可法 Art 30): everything an applicant must be told, in one answer, without account."""

    code: ImplementationCode
    version: int
    local_code: str
    name: Text
    summary: Text
    item_type: ItemType
    item_type_name: Text
    state: ItemState
    organ_name: Text
    organ_uscc: str
    handling_kind: HandlingKind
    served_objects: tuple[ServedObject, ...]
    conditions: tuple[Condition, ...]
    materials: tuple[GuideMaterial, ...]
    statutory_limit: Limit
    promised_limit: Limit
    limit_sentence: Text
    tolerance: TolerancePolicy
    tolerance_sentence: Text
    special_procedures: tuple[SpecialProcedure, ...]
    steps: tuple[Step, ...]
    result: Result
    fees: tuple[Fee, ...]
    fee_sentence: Text
    basis: tuple[Basis, ...]
    handling_forms: tuple[HandlingForm, ...]
    places: tuple[Place, ...]
    visits: int
    visits_reason: Text | None
    contacts: Contacts
    faq: tuple[Question, ...]
    effective_on: date
    published_at: datetime
    provisional: tuple[ProvisionalField, ...]
    fit: tuple[FitQuestion, ...] = ()
    dates: GuideDates | None = None


class PublicationReceipt(Contract):
    code: ImplementationCode
    version: int
    state: ItemState
    changed: bool


class CalendarList(Contract):
    """The years in force, and how far ahead of today dates can be told for certain."""

    calendars: tuple[CalendarYear, ...]
    announced_until: date | None = None
    working_days_ahead: int | None = None


class CalendarReceipt(Contract):
    """A year's calendar as it is in force now; `changed` is false when it was known already."""

    year: int
    version: int
    changed: bool
    working_days: int
    """Working days of the whole year, to be compared with the total that newspapers print."""
