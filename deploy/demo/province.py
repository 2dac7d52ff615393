"""Scene (e): the provincial platform's program submits under its own number and follows the case by cursor."""

from dataclasses import dataclass, field
from uuid import uuid4

from deploy.demo.online import Received, decide, deliver, see_on_desk
from deploy.demo.stage import Stage, application, document, own_codes, uploaded
from deploy.demo.visitors import Json, Visitor
from services.gateway.demo_accounts import APPLICANT, CLERK, PROVINCE


@dataclass
class Feed:
    """The event feed as the province's program reads it: it remembers the cursor and nothing else."""

    visitor: Visitor
    cursor: str | None = None
    seen: list[Json] = field(default_factory=list)

    def read(self) -> list[Json]:
        """What is new since the last reading."""
        fresh: list[Json] = []
        more = True
        while more:
            page = self.visitor.get("/province/events", after=self.cursor)
            self.cursor, more = page["cursor"], page["more"]
            fresh += page["events"]
        self.seen += fresh
        return fresh


def play(stage: Stage) -> None:
    """Another platform's case goes the same way as everybody's."""
    stage.story.scene(
        "e",
        "省平台以服务账号提交办件，沿用省平台编号，凭游标跟踪",
        "The provincial platform's program submits under its own number and follows the case by cursor",
    )
    feed = _enter(stage)
    case = _submit(stage, feed)
    _follow(stage, feed, case, "submission", ["case_submitted"])
    see_on_desk(stage, case)
    case = _accept(stage, case)
    case = decide(stage, case)
    deliver(stage, case, method="electronic")
    _follow(stage, feed, case, "progress", ["case_accepted", "case_decided", "result_delivered"])
    _own_account(stage, case)


def _enter(stage: Stage) -> Feed:
    with stage.story.step("token") as step:
        program = stage.visitor(PROVINCE)
        step.says(
            f"服务账号 {PROVINCE.login} 以 OAuth 2 客户端凭证取得令牌",
            f"The service account {PROVINCE.login} gets a token by OAuth 2 client credentials",
        )
    feed = Feed(program)
    with stage.story.step("feed_position") as step:
        known = len(feed.read())
        step.says(
            f"读到事件流末尾（此前 {known} 条），记下游标",
            f"Reads the feed to its end ({known} events before) and keeps the cursor",
            events_before=known,
        )
    return feed


def _submit(stage: Stage, feed: Feed) -> Received:
    item, external_no = stage.item("A-12"), f"AH-{uuid4().hex[:12].upper()}"
    with stage.story.step("submit") as step:
        materials = uploaded(feed.visitor, item, own_codes(item))
        body = application(item, APPLICANT, materials, external_no=external_no)
        receipt = feed.visitor.post("/province/cases", body)
        step.says(
            f"以省平台编号 {external_no} 提交，得到本市办件编号 {receipt['case_no']}",
            f"Submits under its own number {external_no}; the case here is {receipt['case_no']}",
            case_id=receipt["case_id"],
            case_no=receipt["case_no"],
            external_no=receipt["external_no"],
        )
    with stage.story.step("same_number_again") as step:
        problem = feed.visitor.refused("/province/cases", body, code="external_number_known")
        step.says(
            f"同一编号再次提交：{problem['detail']}",
            f"The same number once more: {problem['detail_en']}",
            code=problem["code"],
        )
    return Received(receipt["case_id"], receipt["version"])


def _follow(stage: Stage, feed: Feed, case: Received, what: str, expected: list[str]) -> None:
    """From the cursor on, until these events have come, each once and in order."""
    with stage.story.step(f"follow_{what}") as step:
        seen: list[str] = []

        def arrived() -> bool:
            seen.extend(_short(event) for event in feed.read() if event["case_id"] == case.case_id)
            return len(seen) >= len(expected)

        stage.eventually(arrived, "省平台事件流", "the provincial feed")
        step.says(
            f"从上次的游标续读：{'、'.join(seen)}",
            f"Goes on from its cursor: {', '.join(seen)}",
            events=seen,
            as_expected=seen == expected,
        )


def _short(event: Json) -> str:
    """`cn.tongban.applications.case_accepted.v1` → `case_accepted`."""
    name: str = event["type"]
    return name.split(".")[3]


def _accept(stage: Stage, case: Received) -> Received:
    with stage.story.step("accept") as step:
        receipt = stage.visitor(CLERK).post(f"/counter/cases/{case.case_id}/acceptance", version=case.version)
        notice = document(receipt, "acceptance_notice")
        step.says(
            f"本市窗口受理：{notice['title']} {notice['number']}",
            f"Accepted by the clerk here: {notice['title_en'].lower()} {notice['number']}",
            state=receipt["state"],
            document_no=notice["number"],
        )
    return Received(case.case_id, receipt["version"])


def _own_account(stage: Stage, case: Received) -> None:
    with stage.story.step("own_account") as step:
        view = stage.visitor(APPLICANT).get(f"/applicant/cases/{case.case_id}")
        step.says(
            f"申请人本人在本市账号 {APPLICANT.login} 中也看得到：{view['state_zh']}",
            f"The person sees the case in the account {APPLICANT.login} here as well: {view['state_en']}",
            state=view["state"],
            external_no=view["external_no"],
        )
