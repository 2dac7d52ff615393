"""A private PostgreSQL cluster with its own folder, port, password and log; the distribution's service is left alone."""

import contextlib
import functools
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from deploy.local.faults import Fault
from deploy.local.ports import PortBook
from deploy.local.processes import Process, launch

SUPERUSER = "tongban"
SOCKET_PATH_LIMIT = 107  # bytes that a Unix socket's address holds, the file's name included


class PostgresServer:
    """`home` holds the cluster, its log and its password. `durable=False` trades safety for speed and is for tests only."""

    def __init__(self, home: Path, *, ports: PortBook | None = None, durable: bool = True) -> None:
        self.home = home.absolute()
        self.log = self.home / "logs" / "postgresql.log"
        self._ports = ports or PortBook(self.home / "state.json")
        self._durable = durable
        self._pid_file = self.home / "run" / "postgresql.pid"
        self._password_file = self.home / "secrets" / "postgresql.password"

    @property
    def port(self) -> int:
        return self._ports.remembered().get("postgresql", 0)

    def url(self, database: str = "postgres", login: str = SUPERUSER, password: str | None = None) -> str:
        password = password if password is not None else self._password_file.read_text().strip()
        return f"postgresql://{login}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def process(self) -> Process | None:
        return Process.remembered(self._pid_file)

    def running(self) -> bool:
        return self.process() is not None

    def start(self) -> None:
        """Returns when queries are answered; does nothing when it already runs."""
        if self.running():
            return
        self._prepare_folders()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        _clear_after_crash(self.data)
        # The sessions of a server that was killed hold its port until they notice.
        self._write_settings(self._ports.take("postgresql", patience_seconds=5))
        self._launch_until_ready()

    def stop(self) -> None:
        """A fast shutdown: sessions are ended, everything committed is on disk."""
        if process := self.process():
            process.stop(seconds=30, number=signal.SIGINT)
        self._pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """As a crash would: no shutdown, no checkpoint. For tests."""
        if process := self.process():
            process.send(signal.SIGKILL)
            process.wait_gone(10)

    def restart(self) -> None:
        self.stop()
        self.start()

    def remove(self) -> None:
        """Stops it and deletes the cluster, wherever it had to be kept."""
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)
        if not self.data.is_relative_to(self.home):
            with contextlib.suppress(OSError):  # another copy's cluster may be beside it
                self.data.parent.rmdir()
                self.data.parent.parent.rmdir()

    @functools.cached_property
    def data(self) -> Path:
        """In the run folder; under /var/lib where the unprivileged owner could not reach that (as in root's home)."""
        inside = self.home / "postgresql"
        if os.getuid() != 0 or all(folder.stat().st_mode & 0o001 for folder in self.home.parents):
            return inside
        from hashlib import (
            sha256,
        )  # and its library of 5 MB: the supervisor gets by without, unless root needs it

        return Path("/var/lib/tongban") / sha256(str(self.home).encode()).hexdigest()[:16] / "postgresql"

    def _prepare_folders(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self._password_file.parent.mkdir(mode=0o700, exist_ok=True)
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(mode=0o700, exist_ok=True)
        if owner := _owner():
            self.home.chmod(0o711)  # its own folder below is reached, nothing is listed
            shutil.chown(self.data, owner, owner)

    def _initialise(self) -> None:
        """Never as root: PostgreSQL refuses, rightly."""
        if not self._password_file.exists():
            self._password_file.touch(mode=0o600)
            self._password_file.write_text(os.urandom(24).hex() + "\n")
        owner = _owner()
        reading_end = _pipe_holding(self._password_file.read_bytes(), owner)
        command = [
            program("initdb"), f"--pgdata={self.data}", f"--username={SUPERUSER}", f"--pwfile=/dev/fd/{reading_end}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums",
        ]  # fmt: skip
        if not self._durable:
            command.append("--no-sync")
        try:
            done = subprocess.run(
                command, env=_environment(), cwd=self.data, capture_output=True, text=True, check=False,
                pass_fds=(reading_end,), user=owner, group=owner, extra_groups=[] if owner else None,
            )  # fmt: skip
        finally:
            os.close(reading_end)
        if done.returncode != 0:
            self.log.parent.mkdir(exist_ok=True)
            self.log.write_text(done.stdout + done.stderr)
            raise Fault(
                "无法建立新的 PostgreSQL 数据库集群——请看日志最后几行。",
                "PostgreSQL's new cluster could not be made – see the log's last lines.",
                self.log,
            )

    def _write_settings(self, port: int) -> None:
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self._socket_folder(),
            "max_connections": 200,
            "shared_buffers": "128MB",
            "max_wal_size": "2GB",
            "jit": "off",  # its compilation costs more than our short queries take
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %u@%d ",
            # Row values may be personal data, and a log is kept longer than a row.
            "log_error_verbosity": "terse",
            "log_parameter_max_length": 0,
            "log_parameter_max_length_on_error": 0,
            "log_min_error_statement": "panic",
        }
        if not self._durable:
            # A killed server still loses nothing that was committed; a machine without power might.
            settings |= {"fsync": "off", "full_page_writes": "off"}
        lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
        path = self.data / "tongban.conf"
        path.write_text("".join(lines))
        if owner := _owner():
            shutil.chown(path, owner, owner)
        main = self.data / "postgresql.conf"
        if "include 'tongban.conf'" not in main.read_text():
            with main.open("a") as file:
                file.write("include 'tongban.conf'\n")

    def _socket_folder(self) -> str:
        longest = self.data / ".s.PGSQL.65535"
        return str(self.data) if len(os.fsencode(longest)) <= SOCKET_PATH_LIMIT else ""

    def _launch_until_ready(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            process = launch(
                [program("postgres"), "-D", str(self.data)],
                _environment(),
                self.log,
                user=_owner(),
                folder=self.data,
            )
            process.remember(self._pid_file)
            while process.alive() and time.monotonic() < end:
                if self.ready():
                    return
                time.sleep(0.05)
            # After a crash the last server's children may hold the shared memory for a moment longer.
            time.sleep(0.5)
            if "pre-existing shared memory" not in _tail(self.log):
                break
        raise Fault(
            "PostgreSQL 没有启动——请看日志最后几行，然后重新运行 make up。",
            "PostgreSQL did not start – see the log's last lines, then run `make up` again.",
            self.log,
        )

    def ready(self) -> bool:
        asked = [
            program("pg_isready"),
            "-q",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-d",
            "postgres",
            "-U",
            SUPERUSER,
        ]
        return subprocess.run(asked, check=False, env=_environment()).returncode == 0


@functools.cache
def program(name: str) -> str:
    """A server program of the newest installed PostgreSQL; distributions keep them off the PATH."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True
    )
    for folder in versions:
        if (folder / name).exists():
            return str(folder / name)
    if found := shutil.which(name):
        return found
    raise Fault(
        f"PostgreSQL's program {name} is missing", "install it with `sudo apt-get install postgresql`"
    )


@functools.cache
def _owner() -> str | None:
    """The user that a root's cluster runs as; an ordinary user's runs as himself."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise Fault(
        "PostgreSQL 不得以 root 运行，而本机没有 postgres 用户——请安装发行版自带的 PostgreSQL。",
        "PostgreSQL must not run as root and there is no user postgres – install the distribution's PostgreSQL.",
    )


def _environment() -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def _pipe_holding(content: bytes, owner: str | None) -> int:
    """Hands over a secret that never lies in a file another user could read."""
    reading_end, writing_end = os.pipe()
    os.write(writing_end, content)
    os.close(writing_end)
    if owner:
        os.fchown(reading_end, pwd.getpwnam(owner).pw_uid, -1)
    return reading_end


def _clear_after_crash(data: Path) -> None:
    """A server of this very cluster that nobody remembers is stopped; locks left over from a crash are forgotten.

    PostgreSQL itself believes a lock whose pid exists, even if it is a zombie or belongs to somebody else by now.
    """
    lock = data / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError, IndexError):
        process = Process.of(int(lock.read_text().splitlines()[0]))
        if process and Path(f"/proc/{process.pid}/cwd").resolve() == data.resolve():
            process.stop(seconds=30, number=signal.SIGINT)
    for path in (lock, *data.glob(".s.PGSQL.*.lock")):
        path.unlink(missing_ok=True)


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2000))
        return file.read().decode(errors="replace")
