"""Examples for the API document: made-up people with well-formed numbers, and an item of the seed catalogue."""

from typing import Any

ITEM_CODE = "11341600762764234C3000180002001"
_UPLOAD_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"

_APPLICANT: dict[str, Any] = {
    "kind": "natural",
    "name": "王小明",
    "certificate_type": "111",
    "certificate_number": "341602199001010012",
    "address": "安徽省亳州市谯城区光明西路1号",
}
_COMPANY: dict[str, Any] = {
    "kind": "legal",
    "name": "亳州示例建设有限公司",
    "certificate_type": "USCC",
    "certificate_number": "91341600MA2TQ0X10M",
    "representative": "孙立人",
    "address": "安徽省亳州市谯城区希夷大道100号",
}
_CONTACT = {"name": "王小明", "mobile": "13856700001", "email": "wang@example.com"}
_MATERIALS = [
    {"code": "A01-01", "form": "electronic", "upload_id": _UPLOAD_ID},
    {"code": "A01-02", "form": "shared"},
]

ONLINE_CASE = {
    "item_code": ITEM_CODE,
    "channel": "online",
    "summary": "示例小区一期防空地下室",
    "applicant": _COMPANY,
    "contact": _CONTACT,
    "materials": _MATERIALS,
}
COUNTER_CASE = {
    **ONLINE_CASE,
    "channel": "counter",
    "materials": [{"code": "A01-01", "form": "paper"}, {"code": "A01-02", "form": "shared"}],
}
PROVINCE_CASE = {**ONLINE_CASE, "channel": "province", "external_no": "AH-2026-000001"}
MATERIALS_TO_CHECK = {"item_code": ITEM_CODE, "materials": _MATERIALS, "asks_tolerance": True}
SUPPLY = {"materials": [{"code": "A01-08", "form": "electronic", "upload_id": _UPLOAD_ID}]}
COUNTER_SUPPLY = {"channel": "counter", "materials": [{"code": "A01-08", "form": "paper"}]}
_CODE = {"case_no": "11341600762764234C3000180002001202611240001", "access_code": "ABCDEFGH"}
LOOKUP = {**_CODE, "explain": True}
DOCUMENT_LOOKUP = {**_CODE, "document_id": _UPLOAD_ID}
SUPPLY_BY_CODE = {**_CODE, **SUPPLY}
TOLERANT_ACCEPTANCE: dict[str, Any] = {}
CORRECTION_NOTICE = {
    "defects": [
        {"material_code": "A01-04", "reason": "not_sealed", "explanation": "总平面图缺少设计单位盖章"}
    ],
    "correction_working_days": 15,
}
DECISION = {"result": "grant"}
DELIVERY = {"method": "window", "recipient": "王小明"}
WITHDRAWAL = {"reason": "项目暂缓"}
REISSUE = {"reason": "已安装含该字的字体，重新制发"}
FILE_DIGEST = {"sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
PURPOSE = {"purpose": "核对申请人身份"}
REGISTRATION = {
    "login": "wangxiaoming",
    "password": "correct horse 9 battery",
    **_APPLICANT,
    "mobile": "13856700001",
    "email": "wang@example.com",
}
SIGN_IN = {"login": "wangxiaoming", "password": "correct horse 9 battery"}
CHANGE_PASSWORD = {"present_password": "correct horse 9 battery", "new_password": "another good 1 sentence"}
ASK_RESET = {"login": "wangxiaoming"}
RESET_PASSWORD = {
    "token": "Zm9yIHRoZSBkb2N1bWVudCBvbmx5LCBub3QgcmVhbA",
    "new_password": "another good 1 sentence",
}
RESEND = {"channel": "email"}
CREDIT_QUERY = {
    "certificate_type": "111",
    "certificate_number": "341602199001010012",
    "purpose": "核对信用异议申请",
}
CREDIT_REPAIR = {"instrument": "亳信修〔2026〕3号", "repaired_on": "2026-09-18"}
CREDIT_WITHDRAWAL = {"reason": "名单所列为另一人，同名不同号"}
CALENDAR = {
    "year": 2027,
    "version": 1,
    "notice": {
        "title": "国务院办公厅关于2027年部分节假日安排的通知",
        "number": "国办发明电〔2026〕1号",
        "issued_on": "2026-11-27",
    },
    "holidays": [{"holiday": "元旦", "off": ["2027-01-01", "2027-01-02", "2027-01-03"], "work": []}],
}
CLOCK = {
    "start": "2026-09-18",
    "length": 20,
    "unit": "working_day",
    "operations": [
        {"operation": "EXCLUDE", "from": "2026-10-12", "until": "2026-10-14", "article": "行政许可法 45"},
        {"operation": "EXTEND", "length": 10, "article": "行政许可法 42"},
    ],
}
