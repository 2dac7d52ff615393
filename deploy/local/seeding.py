"""Runs a service's own seed program with that service's environment; what it prints is the answer, the rest is for the log."""

import subprocess

from deploy.local.faults import Fault
from deploy.local.home import ROOT, Home
from deploy.local.plan import ProcessPlan
from deploy.local.terminal import step

SEED_SECONDS = 120


def load_catalogue(home: Home, processes: list[ProcessPlan]) -> None:
    """Publishes the service items and holiday calendars that the catalogue does not have yet."""
    catalogue = named("catalogue", processes)
    if catalogue is None:
        return
    with step("事项目录与节假日 Service items and holidays"):
        run_seed(home, catalogue, "services.catalogue.seed", "事项目录", "catalogue")


def named(service: str, processes: list[ProcessPlan]) -> ProcessPlan | None:
    """The process of this service, unless this copy runs without it."""
    return next((process for process in processes if process.name == service), None)


def run_seed(home: Home, process: ProcessPlan, module: str, zh: str, en: str) -> str:
    """What the program printed."""
    done = subprocess.run(
        [process.command[0], "-m", module],
        env=process.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=SEED_SECONDS,
    )
    with home.log("seed").open("a") as log:
        log.write(done.stderr)
    if done.returncode != 0:
        raise Fault(
            f"{zh}没有载入——请看日志，修正后重新运行 make up。",
            f"The {en} could not be loaded – see the log, mend it, then run `make up` again.",
            home.log("seed"),
        )
    return done.stdout
