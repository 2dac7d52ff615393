"""The end: what one case set in motion, how soon after each commit, and a proof that is checked here and not believed."""

import json
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from rich.table import Table

from deploy.demo.stage import Stage
from deploy.demo.visitors import Json
from deploy.local.faults import Fault
from services.audit.proof_file import ProofReport, verify_proof
from services.gateway.demo_accounts import CLERK, COMPANY, OPERATOR, SECOND_APPLICANT

PROOF_FILE = "audit-proof.json"
EFFECTS = (
    ("sent_at", "消息送出\nsent"),
    ("sealed_at", "存证入账\nsealed"),
    ("noticed_at", "通知写成\nnoticed"),
)
# What the applicant does not hear of, because it is the organ's own business.
UNTOLD = ("tolerance_expired", "duty_breached")


def play(stage: Stage) -> None:
    """For the case of scene (b), which used both channels."""
    case = stage.kept["b"]
    stage.story.scene(
        "end",
        f"办件 {case['case_no']} 带来的一切：通知、各项效果的时间、存证证明",
        f"What case {case['case_no']} set in motion: notices, the time of every effect, a proof",
    )
    effects = _effects(stage, case)
    _messages(stage, case, effects)
    _times(stage, case, effects)
    _proof(stage, effects)
    _where_to_look(stage, case)


def _effects(stage: Stage, case: Json) -> Json:
    operator = stage.visitor(OPERATOR)

    def complete() -> Json | None:
        view = operator.get(f"/operator/cases/{case['case_id']}/effects")
        done = all(line["sent_at"] and line["sealed_at"] and line["noticed_at"] for line in view["effects"])
        mailed = all(_served_by_mail(message) for message in view["messages"])
        return view if view["effects"] and done and mailed else None

    with stage.story.step("effects_complete") as step:
        view = stage.eventually(complete, "全部效果", "every effect") or {}
        step.says(
            f"{len(view['effects'])} 个事件都已送出、存证、通知，没有遗漏",
            f"All {len(view['effects'])} events are sent, sealed and told to the applicant, none is missing",
            events=len(view["effects"]),
            services_away=view["away"],
        )
    return view


def _served_by_mail(message: Json) -> bool:
    return any(one["channel"] == "email" and one["state"] == "served" for one in message["deliveries"])


def _messages(stage: Stage, case: Json, effects: Json) -> None:
    applicant = stage.visitor(SECOND_APPLICANT)
    with stage.story.step("messages") as step:
        inbox = list(applicant.pages(f"/applicant/cases/{case['case_id']}/messages", "messages"))
        letters = _letters(stage, case["case_no"])
        step.says(
            f"申请人收到 {len(inbox)} 条站内通知和 {len(letters)} 封邮件，每个事件各一次",
            f"The applicant has {len(inbox)} notices in the inbox and {len(letters)} letters, one for each event",
            inbox=len(inbox),
            letters=len(letters),
            events=len(effects["effects"]),
            titles=[message["title"] for message in inbox],
        )
        for message in inbox:
            step.detail(message["title"])


def _letters(stage: Stage, case_no: str) -> list[EmailMessage]:
    """The letters about this case in the folder of the local mail sink."""
    letters = []
    for file in stage.home.mail.glob("*.eml"):
        letter = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = letter.get_body(("plain",))
        if body is not None and case_no in f"{letter['subject']}\n{body.get_content()}":
            letters.append(letter)
    return letters


def _times(stage: Stage, case: Json, effects: Json) -> None:
    with stage.story.step("effect_times") as step:
        timeline = stage.visitor(SECOND_APPLICANT).get(f"/applicant/cases/{case['case_id']}")["timeline"]
        titles = {entry["version"]: f"{entry['title_zh']} {entry['title_en']}" for entry in timeline}
        rows = [_row(line) for line in effects["effects"]]
        latest = max(value for row in rows for value in row["after_ms"].values())
        step.says(
            f"每项效果在提交之后多久发生：最迟 {latest:.0f} 毫秒",
            f"How long after its commit every effect happened: {latest:.0f} ms at the latest",
            latest_ms=latest,
            effects=rows,
        )
        step.shows(_table(rows, titles))


def _row(line: Json) -> Json:
    committed = datetime.fromisoformat(line["recorded_at"])
    after = {
        name: round((datetime.fromisoformat(line[name]) - committed).total_seconds() * 1000, 1)
        for name, _ in EFFECTS
        if line[name]
    }
    event = line["event_type"].split(".")[3]
    return {"event": event, "version": line["version"], "at": line["recorded_at"], "after_ms": after}


def _table(rows: list[Json], titles: dict[int, str]) -> Table:
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    table.add_column("    事件\n    event", no_wrap=True)
    table.add_column("提交\ncommitted", no_wrap=True)
    for _, title in EFFECTS:
        table.add_column(title, justify="right")
    for row in rows:
        clock = datetime.fromisoformat(row["at"]).strftime("%H:%M:%S.%f")[:-3]
        after = [
            f"+{row['after_ms'][name]:.0f} ms" if name in row["after_ms"] else "–" for name, _ in EFFECTS
        ]
        table.add_row(f"    {titles[row['version']]}", clock, *after)
    return table


def _proof(stage: Stage, effects: Json) -> None:
    decided = next(line for line in effects["effects"] if ".case_decided." in line["event_type"])
    with stage.story.step("proof") as step:
        proof = stage.passer_by.get(f"/audit/proofs/{decided['event_id']}")
        report = verify_proof(proof, (stage.home.secrets / "audit.public.key").read_text("utf-8"))
        if not report.ok or report.leaf is None or report.leaf.event_id != decided["event_id"]:
            raise _disproved(stage, report)
        file = stage.home.run / PROOF_FILE
        file.write_text(json.dumps(proof, ensure_ascii=False, indent=1), "utf-8")
        step.says(
            f"“作出决定”的存证证明由本程序用公钥验证：账中第 {report.index} 条，检查点含 {report.tree_size} 条，签名正确",
            f"The proof of the decision is verified by this program: entry {report.index} of {report.tree_size}, signature right",
            event_id=decided["event_id"],
            index=report.index,
            tree_size=report.tree_size,
            origin=report.origin,
            verified=report.ok,
            file=str(file),
        )
        step.detail(
            "公钥取自运行目录，没有询问服务器“是否正确”",
            "The key is that of the run folder; no server was asked",
        )
        step.detail(f"再验一次 Verify again: .venv/bin/tongban audit verify-proof {file}")


def _disproved(stage: Stage, report: ProofReport) -> Fault:
    return Fault(
        f"存证证明不成立：{report.zh}——请运行 tongban audit verify 核验整本账，并反馈问题。",
        f"The proof does not hold: {report.en} – check the whole log with tongban audit verify, and report it.",
        stage.home.log("audit"),
    )


def _where_to_look(stage: Stage, case: Json) -> None:
    url = str(stage.http.base_url).rstrip("/")
    pages = (
        (
            f"/my/cases/{case['case_id']}",
            SECOND_APPLICANT,
            "申请人看这个办件 the applicant's view of the case",
        ),
        (
            f"/my/cases/{stage.kept['f']['case_id']}",
            COMPANY,
            "企业看专家评审、延长之后的期限 the dates after the expert review and the extension",
        ),
        ("/desk", CLERK, "窗口待受理列表 the clerk's list"),
        (f"/operator/cases/{case['case_id']}", OPERATOR, "每项效果及其时间 every effect with its time"),
    )
    with stage.story.step("where_to_look") as step:
        step.says(
            "现在可以自己看：打开下列页面",
            "Now look for yourself: open these pages",
            pages=[{"url": url + path, "login": account.login} for path, account, _ in pages],
        )
        for path, account, words in pages:
            step.detail(url + path, f"{words}，登录 sign in as {account.login} / {account.password}")
        step.detail(
            f"{url}/find",
            f"不登录，凭编号和查询码 without an account, by number and code: {case['case_no']} / {case['access_code']}",
        )
        step.detail(f"{url}/api/docs", "接口说明，可离线浏览 the API, readable without the internet")
        step.detail(f"邮件 letters: {stage.home.mail}")
