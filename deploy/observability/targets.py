"""Writes where Prometheus finds the metrics of a running local copy: `python -m deploy.observability.targets`."""

import json
import shutil
import sys
from pathlib import Path

from deploy.local import plan
from deploy.local.home import Home

HERE = Path(__file__).resolve().parent


def targets(home: Home) -> list[dict[str, object]]:
    return [
        {"targets": [f"127.0.0.1:{process.private_port}"], "labels": {"process": process.name}}
        for process in plan.read(home)
        if process.has_health
    ]


def write(home: Home) -> Path:
    """A folder in which Prometheus can be started as it is."""
    folder = home.folder / "prometheus"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "targets.json").write_text(json.dumps(targets(home), indent=1) + "\n")
    for name in ("prometheus.yml", "rules.yml"):
        shutil.copy(HERE / name, folder / name)
    return folder


if __name__ == "__main__":
    print(write(Home.from_environment()))
    sys.exit(0)
