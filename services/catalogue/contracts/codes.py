"""The code sets of the standard (GB/T 39046-2020 and the national exchange tables), under names of ours."""

from enum import StrEnum


class ItemType(StrEnum):
    """事项类型, GB/T 39046 A.1, as far as handled on application; digits 3–4 of the basic code."""

    LICENCE = "01"
    BENEFIT = "05"
    CONFIRMATION = "07"
    REWARD = "08"
    RULING = "09"
    OTHER_POWER = "10"
    PUBLIC_SERVICE = "20"


class ItemState(StrEnum):
    IN_USE = "in_use"
    WITHDRAWN = "withdrawn"


class MatchKind(StrEnum):
    """Why a search found an item; `similar` is a guess at what was meant."""

    CODE = "code"
    NAME = "name"
    EVERYDAY = "everyday"
    PINYIN = "pinyin"
    ENGLISH = "english"
    SUMMARY = "summary"
    SIMILAR = "similar"


class HandlingKind(StrEnum):
    """办件类型, GB/T 39046 A.6."""

    ON_THE_SPOT = "on_the_spot"
    PROMISED = "promised"
    OTHER = "other"


class LimitUnit(StrEnum):
    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    HOUR = "hour"
    MONTH = "month"
    YEAR = "year"


class MaterialKind(StrEnum):
    """MAIN decides a statutory condition, safety or identity; SECONDARY does not touch the substance."""

    MAIN = "main"
    SECONDARY = "secondary"


class Necessity(StrEnum):
    """材料必要性 (is_need): 1 必要, 2 非必要 (here: only when `required_when` holds), 3 容缺后补."""

    REQUIRED = "1"
    CONDITIONAL = "2"
    TOLERABLE = "3"


class MaterialForm(StrEnum):
    PAPER = "paper"
    ELECTRONIC = "electronic"
    BOTH = "both"


class MaterialSource(StrEnum):
    """来源渠道: who the paper comes from."""

    APPLICANT = "applicant"
    GOVERNMENT = "government"
    OTHER = "other"


class PaperPicture(StrEnum):
    """What a paper looks like, so that people who read little recognise it."""

    PAPER = "paper"
    FORM = "form"
    PLAN = "plan"
    CERTIFICATE = "certificate"
    CONTRACT = "contract"
    PHOTO = "photo"
    REPORT = "report"
    LETTER = "letter"
    TABLE = "table"
    IDENTITY = "identity"
    FILES = "files"
    APPROVAL = "approval"


class ServedObject(StrEnum):
    """服务对象, GB/T 39046 A.4."""

    NATURAL_PERSON = "natural_person"
    ENTERPRISE = "enterprise"
    INSTITUTION = "institution"
    SOCIAL_ORGANISATION = "social_organisation"
    GOVERNMENT_ORGAN = "government_organ"
    OTHER_ORGANISATION = "other_organisation"


class HandlingForm(StrEnum):
    """办理形式, GB/T 39046 A.5."""

    WINDOW = "window"
    WEB = "web"
    MOBILE = "mobile"
    POST = "post"
    OTHER = "other"


class ProcedureKind(StrEnum):
    """特别程序: the first eight are the closed list of 行政许可法 Art 45; the others never stop the clock."""

    HEARING = "hearing"
    BIDDING = "bidding"
    AUCTION = "auction"
    INSPECTION = "inspection"
    TESTING = "testing"
    QUARANTINE = "quarantine"
    APPRAISAL = "appraisal"
    EXPERT_REVIEW = "expert_review"
    SITE_VISIT = "site_visit"
    OTHER = "other"


class ResultKind(StrEnum):
    CERTIFICATE = "certificate"
    APPROVAL = "approval"
    OTHER = "other"
    NONE = "none"


class ReviewKind(StrEnum):
    """What a step of the review gives: an opinion, a countersignature, or its part of a joint approval."""

    OPINION = "opinion"
    COUNTERSIGN = "countersign"
    JOINT_APPROVAL = "joint_approval"


class ReviewRole(StrEnum):
    """Whose step it is."""

    CLERK = "clerk"
    APPROVER = "approver"
    ORGAN_HEAD = "organ_head"
