"""The people and programs that a local copy comes with; every name and number is made up.

`make up` prints them and `make demo` signs in with them.  They exist in local and test mode only.
"""

from dataclasses import dataclass, field
from typing import Any

from shared.identity import Role

# The organ's credit code is its unit in every service: that outlives every renaming.
UNIT = "11341600762764234C"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody to sign in as; `person` holds the certificate and contact of an applicant."""

    login: str
    password: str
    who: str
    roles: frozenset[Role]
    name: str
    unit: str | None = None
    person: dict[str, Any] = field(default_factory=dict)


def _applicant(login: str, who: str, name: str, number: str, mobile: str) -> DemoAccount:
    person = {
        "kind": "natural",
        "name": name,
        "certificate_type": "111",
        "certificate_number": number,
        "address": "安徽省亳州市谯城区光明西路1号",
        "mobile": mobile,
        "email": f"{login}@example.com",
    }
    return DemoAccount(login, "tongban-demo-1", who, frozenset({Role.APPLICANT}), name, None, person)


def _staff(login: str, who: str, name: str, *roles: Role) -> DemoAccount:
    return DemoAccount(login, "tongban-demo-1", who, frozenset(roles), name, UNIT)


APPLICANT = _applicant("wang", "申请人 applicant", "王小明", "341602199001010012", "13856700001")
SECOND_APPLICANT = _applicant(
    "li", "申请人 applicant (counter case, then online)", "李秀英", "341602198503120022", "13856700002"
)
THIRD_APPLICANT = _applicant("zhao", "申请人 applicant", "赵建国", "341602197811230034", "13856700003")
DISCREDITED = _applicant(
    "qian", "失信申请人 discredited applicant", "钱守信", "341602198505050056", "13856700004"
)
COMPANY = DemoAccount(
    "bozhou-build",
    "tongban-demo-1",
    "企业申请人 company",
    frozenset({Role.APPLICANT}),
    "亳州示例建设有限公司",
    None,
    {
        "kind": "legal",
        "name": "亳州示例建设有限公司",
        "certificate_type": "USCC",
        "certificate_number": "91341600MA2TQ0X10M",
        "representative": "孙立人",
        "address": "安徽省亳州市谯城区希夷大道100号",
        "mobile": "13856700005",
        "email": "bozhou-build@example.com",
    },
)
CLERK = _staff("clerk", "窗口工作人员 counter clerk", "周敏", Role.CLERK)
SECOND_CLERK = _staff("clerk2", "窗口工作人员 second clerk", "吴磊", Role.CLERK)
APPROVER = _staff("approver", "审批人员 approver", "郑涛", Role.APPROVER)
ORGAN_HEAD = _staff("head", "机关负责人 head of the organ", "冯国栋", Role.ORGAN_HEAD)
KEEPER = _staff("keeper", "事项管理员 keeper of the catalogue", "陈静", Role.KEEPER)
SUPERVISOR = _staff("supervisor", "监督人员 supervisor", "褚卫", Role.SUPERVISOR)
AUDITOR = _staff("auditor", "审计人员 auditor", "卫东", Role.AUDITOR)
OPERATOR = _staff("operator", "运行维护 operator", "蒋帆", Role.OPERATOR)
PROVINCE = DemoAccount(
    "province",
    "tongban-demo-province-1",
    "省平台服务账号 provincial platform (client id and secret)",
    frozenset({Role.PROVINCE}),
    "省政务服务平台",
)

PEOPLE = (
    APPLICANT,
    SECOND_APPLICANT,
    THIRD_APPLICANT,
    DISCREDITED,
    COMPANY,
    CLERK,
    SECOND_CLERK,
    APPROVER,
    ORGAN_HEAD,
    KEEPER,
    SUPERVISOR,
    AUDITOR,
    OPERATOR,
)
CLIENTS = (PROVINCE,)
EVERYBODY = (*PEOPLE, *CLIENTS)
