"""Brings what is missing on a bare Debian, asking nothing: PostgreSQL, RabbitMQ, and the Python packages of the lock file.

`python3 -m deploy.local.bootstrap` runs on the system's Python with its standard library only. What is there already costs a few
milliseconds. The distribution's own servers are never started: the platform runs private ones.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - this very file is what an older Python runs first
    sys.exit("✗ 需要 Python 3.11 或更高版本 Python 3.11 or later is needed (make PYTHON=python3.11 …)")

from deploy.local.faults import Fault
from deploy.local.home import ROOT, Home
from deploy.local.ports import require_free
from deploy.local.terminal import Step, coloured, step

VENV = ROOT / ".venv"
STAMP = VENV / "tongban-lock.sha256"
POLICY = Path("/usr/sbin/policy-rc.d")
CLUSTER_POLICY = Path("/etc/postgresql-common/createcluster.d/tongban.conf")
INSTALL_LOG = Home.from_environment().log("install")
# What is looked for, and the package that brings it.
SERVERS = {
    "/usr/lib/postgresql/*/bin/postgres": "postgresql",
    "/usr/lib/rabbitmq/bin/rabbitmq-server": "rabbitmq-server",
}
# What formal documents are laid out and set with; the face of their text is shipped with the platform.
FOR_PRINTING = {
    "/usr/lib/*-linux-gnu/libpango-1.0.so.0": "libpango-1.0-0",
    "/usr/lib/*-linux-gnu/libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "/usr/lib/*-linux-gnu/libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc": "fonts-noto-cjk",
    "/usr/share/fonts/truetype/arphic-gkai00mp/gkai00mp.ttf": "fonts-arphic-gkai00mp",
    # Rare characters of names (GB 18030) that no other free font has.
    "/usr/share/fonts/truetype/hanazono/HanaMinA.ttf": "fonts-hanazono",
}
FOR_BROWSER_TESTS = {
    "/usr/bin/chromium": "chromium",
    # The program that drives the browser needs it and Chromium does not.
    "/usr/lib/*-linux-gnu/libatomic.so.1": "libatomic1",
}


def bootstrap(*, for_tests: bool) -> None:
    needs_servers = not (os.environ.get("DATABASE_URL") and os.environ.get("AMQP_URL"))
    wanted = FOR_PRINTING | (SERVERS if needs_servers or for_tests else {})
    wanted |= FOR_BROWSER_TESTS if for_tests else {}
    _require_venv_module()
    if not for_tests and not STAMP.exists():
        require_free(Home.from_environment().port)  # known now, or only after minutes of installing
    _install_packages([package for pattern, package in wanted.items() if not _exists(pattern)])
    _prepare_environment("requirements-dev.lock" if for_tests else "requirements.lock", for_tests)


def _install_packages(packages: list[str]) -> None:
    if not packages:
        return
    if os.getuid() != 0 or not shutil.which("apt-get"):
        _explain_missing(packages)
        return
    with step(f"系统软件 System packages: {' '.join(packages)}") as line, _distribution_starts_nothing():
        line.note("apt-get update")
        _apt("update")
        line.note("apt-get install")
        _apt("install", "--yes", "--no-install-recommends", *packages)


def _explain_missing(packages: list[str]) -> None:
    """Browser tests skip themselves without their browser; servers, layout libraries and fonts are needed."""
    needed = [package for package in packages if package not in FOR_BROWSER_TESTS.values()]
    if needed:
        command = f"sudo apt-get install {' '.join(needed)}"
        raise Fault(
            f"缺少 {'、'.join(needed)}，而普通用户不能安装——请先运行：{command}",
            f"{' and '.join(needed)} missing, and only root can install them – first run: {command}",
        )


@contextlib.contextmanager
def _distribution_starts_nothing() -> Iterator[None]:
    """The packages would start their own servers and make their own cluster; both are forbidden while they install."""
    with (
        _file_holding(POLICY, "#!/bin/sh\nexit 101\n", 0o755),
        _file_holding(CLUSTER_POLICY, "create_main_cluster = false\n", 0o644),
    ):
        yield


@contextlib.contextmanager
def _file_holding(path: Path, content: str, mode: int) -> Iterator[None]:
    """A system file with this content for as long as the block lasts; afterwards as it was before."""
    before = path.read_bytes() if path.exists() else None
    mode_before = path.stat().st_mode & 0o7777 if before is not None else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    path.chmod(mode)
    try:
        yield
    finally:
        if before is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(before)
            path.chmod(mode_before or mode)


def _apt(*arguments: str) -> None:
    command = [
        "apt-get",
        "-o",
        "DPkg::Lock::Timeout=300",
        "-o",
        "Dpkg::Options::=--force-confold",
        "-qq",
        *arguments,
    ]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    _run(
        command,
        environment,
        f"系统软件没有装好（apt-get {arguments[0]}）——请检查网络和软件源，然后重新运行。",
        f"The system packages could not be installed (apt-get {arguments[0]}) – check the network and the package"
        " sources, then run it again.",
    )


def _prepare_environment(lock: str, for_tests: bool) -> None:
    """The virtual environment, made anew only when the lock file has changed; test tools stay once they are there."""
    stamp = f"{lock} {_digest(ROOT / lock)} {_digest(ROOT / 'pyproject.toml')} {sys.version_info[:2]}"
    known = STAMP.read_text().splitlines() if STAMP.exists() else []
    if stamp in known:
        return
    with step("Python 软件包 Python packages") as line:
        if not (VENV / "bin" / "python").exists() or not _same_python():
            line.note(".venv")
            _make_venv()
        line.note(lock)
        _pip("install", "--require-hashes", "--requirement", str(ROOT / lock))
        # What the lock file does not list is not loaded: no index is asked, the build tool comes from the lock file.
        _pip("install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", str(ROOT))
        _compile(line)
    STAMP.write_text("\n".join([stamp, *(_stamps_without_tests(lock, stamp) if for_tests else [])]) + "\n")


def _stamps_without_tests(lock: str, stamp: str) -> list[str]:
    """The test environment holds everything that running needs, in the same versions."""
    runtime = "requirements.lock"
    return [stamp.replace(f"{lock} {_digest(ROOT / lock)}", f"{runtime} {_digest(ROOT / runtime)}")]


def _make_venv() -> None:
    if STAMP.exists() or not any(VENV.glob("*")):
        shutil.rmtree(VENV, ignore_errors=True)
    _run(
        [sys.executable, "-m", "venv", str(VENV)],
        dict(os.environ),
        "无法建立 Python 虚拟环境——请看日志。",
        "The virtual environment could not be made – see the log.",
    )


def _same_python() -> bool:
    asked = [str(VENV / "bin" / "python"), "-c", "import sys; print(sys.version_info[:2])"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    return answer.stdout.strip() == str(sys.version_info[:2])


def _pip(*arguments: str) -> None:
    command = [
        str(VENV / "bin" / "python"),
        "-m",
        "pip",
        "--quiet",
        "--disable-pip-version-check",
        *arguments,
    ]
    _run(
        command,
        dict(os.environ),
        "Python 软件包没有装好——请检查网络和 pip 的软件源设置，然后重新运行。",
        "The Python packages could not be installed – check the network and pip's index setting, then run it again.",
    )


def _compile(line: Step) -> None:
    """pip has compiled the packages; this compiles our own, so that the first start is as fast as the others."""
    line.note("compileall")
    folders = [str(ROOT / name) for name in ("services", "shared", "deploy")]
    subprocess.run([str(VENV / "bin" / "python"), "-m", "compileall", "-q", *folders], check=False)


def _run(command: list[str], environment: dict[str, str], zh: str, en: str) -> None:
    INSTALL_LOG.parent.mkdir(parents=True, exist_ok=True)
    with INSTALL_LOG.open("ab") as log:
        log.write(f"$ {' '.join(command)}\n".encode())
        log.flush()
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False
        )
    if done.returncode != 0:
        raise Fault(zh, en, INSTALL_LOG)


def _require_venv_module() -> None:
    if (VENV / "bin" / "python").exists():
        return
    try:
        import ensurepip  # noqa: F401 - Debian keeps it in a package of its own
    except ImportError:
        raise Fault(
            "缺少 Python 的 venv 模块——请先运行：sudo apt-get install python3-venv",
            "Python's venv module is missing – first run: sudo apt-get install python3-venv",
        ) from None


def _exists(pattern: str) -> bool:
    return any(Path("/").glob(pattern.lstrip("/")))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> int:
    try:
        bootstrap(for_tests="--for-tests" in sys.argv[1:])
    except Fault as fault:
        print(coloured(fault.text(), "31"), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
