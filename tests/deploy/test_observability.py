"""An alarm on a metric that nobody exports would never ring."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from deploy.local import plan
from deploy.local.home import ROOT, Home
from deploy.local.plan import Addresses
from deploy.observability import targets
from deploy.services import SERVICES

FOLDER = ROOT / "deploy" / "observability"
METRIC = re.compile(r'(?:Gauge|Counter|Histogram)\(\s*"([a-z_]+)"')


def exported() -> set[str]:
    sources = [*ROOT.glob("services/**/*.py"), *ROOT.glob("shared/**/*.py")]
    return {name for source in sources for name in METRIC.findall(source.read_text())}


def alarms() -> list[dict[str, str]]:
    groups = yaml.safe_load((FOLDER / "rules.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_every_alarm_watches_a_metric_that_some_process_exports() -> None:
    watched = {name for rule in alarms() for name in re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", rule["expr"])}

    assert len(watched) == 5
    assert watched <= exported()


def test_every_alarm_has_a_test() -> None:
    tests = yaml.safe_load((FOLDER / "rules-test.yml").read_text())["tests"]
    tested = {case["alertname"] for test in tests for case in test["alert_rule_test"] if case["exp_alerts"]}

    assert tested == {rule["alert"] for rule in alarms()}


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")
def test_promtool_agrees() -> None:
    for arguments in (["check", "rules", "rules.yml"], ["test", "rules", "rules-test.yml"]):
        done = subprocess.run(
            ["promtool", *arguments], cwd=FOLDER, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_finds_every_process_that_has_metrics(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make_folders()
    addresses = Addresses(dict.fromkeys(SERVICES, ""), dict.fromkeys(("relay", *SERVICES), ""))
    plan.write(home, plan.plan(home, addresses))

    folder = targets.write(home)

    found = json.loads((folder / "targets.json").read_text())
    assert {entry["labels"]["process"] for entry in found} == {"relay", *SERVICES}
    assert {path.name for path in folder.iterdir()} == {"targets.json", "prometheus.yml", "rules.yml"}
