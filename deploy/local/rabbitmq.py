"""A private RabbitMQ node: its own folder, ports, cookie and accounts; started and stopped without the distribution's service.

Accounts and their rights are read by the node itself at boot, from a definitions file: one start instead of twenty commands.
"""

import base64
import functools
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from deploy.local.faults import Fault
from deploy.local.ports import PortBook, answers
from deploy.local.processes import Process, launch

SCRIPTS = Path(
    "/usr/lib/rabbitmq/bin"
)  # the wrappers in /usr/sbin change user as root and refuse everybody else
NODE = "tongban@localhost"


@dataclass(frozen=True, slots=True)
class Account:
    """A login of the broker and, as patterns over queue and exchange names, what it may do there."""

    login: str
    password: str
    configure: str = ".*"
    write: str = ".*"
    read: str = ".*"
    bindings: Mapping[str, str] = field(default_factory=dict)
    """Of a topic exchange, the routing keys to which the login may bind its queues; any where nothing is said."""

    def definition(self) -> dict[str, object]:
        return {
            "name": self.login,
            "password_hash": _password_hash(self.login, self.password),
            "hashing_algorithm": "rabbit_password_hashing_sha256",
            "tags": [],
        }

    def permission(self, vhost: str) -> dict[str, str]:
        return {
            "user": self.login,
            "vhost": vhost,
            "configure": self.configure,
            "write": self.write,
            "read": self.read,
        }

    def topic_permissions(self, vhost: str) -> list[dict[str, str]]:
        return [
            {"user": self.login, "vhost": vhost, "exchange": exchange, "write": ".*", "read": keys}
            for exchange, keys in self.bindings.items()
        ]


class RabbitServer:
    """`home` holds the node, its log and its cookie. Without `accounts` it starts with those of its last start."""

    def __init__(
        self,
        home: Path,
        *,
        accounts: Iterable[Account] = (),
        ports: PortBook | None = None,
        vhosts: Iterable[str] = ("tongban",),
    ) -> None:
        self.home = home.absolute()
        self.log = self.home / "logs" / "rabbitmq.log"
        self.accounts = list(accounts)
        self._vhosts = list(vhosts)
        self._ports = ports or PortBook(self.home / "state.json")
        self._folder = self.home / "rabbitmq"
        self._pid_file = self.home / "run" / "rabbitmq.pid"
        self._epmd_pid_file = self.home / "run" / "epmd.pid"

    @property
    def port(self) -> int:
        return self._ports.remembered().get("rabbitmq", 0)

    def url(self, account: Account | None = None, vhost: str | None = None) -> str:
        account = account or self.accounts[0]
        vhost = vhost or self._vhosts[0]
        return f"amqp://{quote(account.login)}:{quote(account.password, safe='')}@127.0.0.1:{self.port}/{quote(vhost, safe='')}"

    def process(self) -> Process | None:
        return Process.remembered(self._pid_file)

    def running(self) -> bool:
        return self.process() is not None

    def start(self) -> None:
        """Returns when clients are answered; does nothing when it already runs."""
        if self.running():
            return
        if not (SCRIPTS / "rabbitmq-server").exists():
            raise Fault(
                "没有安装 RabbitMQ——请先运行 sudo apt-get install rabbitmq-server。",
                "RabbitMQ is not installed – run `sudo apt-get install rabbitmq-server` first.",
            )
        self._prepare()
        self._start_port_mapper()
        process = launch(
            [str(SCRIPTS / "rabbitmq-server")], self._environment(), self.log, folder=self._folder
        )
        process.remember(self._pid_file)
        end = time.monotonic() + 120
        while process.alive() and time.monotonic() < end:
            if self.ready():
                return
            time.sleep(0.05)
        raise Fault(
            "RabbitMQ 没有启动——请看日志最后几行，然后重新运行 make up。",
            "RabbitMQ did not start – see the log's last lines, then run `make up` again.",
            self.log,
        )

    def stop(self) -> None:
        """Everything durable is on disk afterwards; the port mapper, which would stay for ever, ends too."""
        for path, seconds in ((self._pid_file, 30), (self._epmd_pid_file, 5)):
            if process := Process.remembered(path):
                process.stop(seconds=seconds)
            path.unlink(missing_ok=True)

    def kill(self) -> None:
        """As a crash would. For tests."""
        if process := self.process():
            process.stop(seconds=0)

    def restart(self) -> None:
        self.stop()
        self.start()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def ready(self) -> bool:
        """The listener opens last, after accounts and queues are there; a broker greets only a client that speaks first."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                return connection.recv(1) == b"\x01"  # a method frame: Connection.Start
        except OSError:
            return False

    def add_vhost(self, name: str) -> None:
        """A virtual host with the same rights for every account, in a few milliseconds."""
        permissions = "".join(
            f"rabbit_auth_backend_internal:set_permissions({_binary(account.login)}, {_binary(name)}, "
            f"{_binary(account.configure)}, {_binary(account.write)}, {_binary(account.read)}, {_ACTOR}), "
            for account in self.accounts
        )
        permissions += "".join(
            f"rabbit_auth_backend_internal:set_topic_permissions({_binary(account.login)}, {_binary(name)}, "
            f"{_binary(exchange)}, {_binary('.*')}, {_binary(keys)}, {_ACTOR}), "
            for account in self.accounts
            for exchange, keys in account.bindings.items()
        )
        self.evaluate(f"rabbit_vhost:add({_binary(name)}, {_ACTOR}), {permissions}ok.")

    def delete_vhost(self, name: str) -> None:
        self.evaluate(f"rabbit_vhost:delete({_binary(name)}, {_ACTOR}), ok.")

    def evaluate(self, expression: str) -> str:
        """Runs an Erlang expression inside the node; what `rabbitmqctl eval` does in a second, in a hundredth of one."""
        command = ["erl_call", "-sname", NODE, "-c", self._cookie(), "-timeout", "30", "-fetch_stdout", "-e"]
        done = subprocess.run(
            command,
            input=expression + "\n",
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if done.returncode != 0 or "{error" in done.stdout:
            raise Fault(
                f"RabbitMQ refused an instruction: {done.stdout}{done.stderr}".strip(),
                "see the log",
                self.log,
            )
        return done.stdout

    def control(self, *arguments: str) -> str:
        """`rabbitmqctl` on this node."""
        command = [str(SCRIPTS / "rabbitmqctl"), "--quiet", *arguments]
        return subprocess.run(
            command, env=self._environment(), capture_output=True, text=True, check=True, timeout=60
        ).stdout

    def _prepare(self) -> None:
        for folder in (self._folder, self._folder / "data", self._folder / "home"):
            folder.mkdir(parents=True, exist_ok=True)
        # A call that waits lies in a file here with all that it says of people.
        self._folder.chmod(0o700)
        self._cookie()
        for name in ("rabbitmq-env.conf", "enabled_plugins", "advanced.config"):
            (self._folder / name).write_text("[].\n" if name != "rabbitmq-env.conf" else "")
        for name in ("rabbitmq", "rabbitmq-distribution"):
            self._ports.take(name, patience_seconds=5)
        definitions = self._folder / "definitions.json"
        if self.accounts:  # the supervisor starts a broker again without knowing its passwords
            definitions.write_text(json.dumps(self._definitions()))
        (self._folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            f"load_definitions = {definitions}\n"
            "loopback_users = none\n"
            "vm_memory_high_watermark.relative = 0.4\n"
            "disk_free_limit.absolute = 200MB\n"
            "raft.wal_max_size_bytes = 64000000\n"  # half a gigabyte by default: too much for a private node
            "log.file = false\n"
            "log.console = true\n"
            "log.console.level = info\n"
            "log.console.use_colors = off\n"
        )

    def _definitions(self) -> dict[str, object]:
        return {
            "users": [account.definition() for account in self.accounts],
            "vhosts": [{"name": vhost} for vhost in self._vhosts],
            "permissions": [account.permission(vhost) for account in self.accounts for vhost in self._vhosts],
            "topic_permissions": [
                permission
                for account in self.accounts
                for vhost in self._vhosts
                for permission in account.topic_permissions(vhost)
            ],
        }

    def _start_port_mapper(self) -> None:
        """Erlang would start one by itself, and nobody would know its pid when the time comes to stop it."""
        if Process.remembered(self._epmd_pid_file):
            return
        port = self._ports.take("epmd")
        command = ["epmd", "-port", str(port), "-address", "127.0.0.1"]
        launch(command, self._environment(), self.log).remember(self._epmd_pid_file)
        end = time.monotonic() + 5
        while not answers(port) and time.monotonic() < end:
            time.sleep(0.01)

    def _cookie(self) -> str:
        path = self._folder / "home" / ".erlang.cookie"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(os.urandom(20).hex().upper())
            path.chmod(0o400)
        return path.read_text()

    def _environment(self) -> dict[str, str]:
        ports = self._ports.remembered()
        distribution = str(ports.get("rabbitmq-distribution", 0))
        folder = self._folder
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "HOME": str(folder / "home"),
            # The script then becomes the Erlang machine instead of watching it: one process, one pid.
            "RUNNING_UNDER_SYSTEMD": "true",
            "RABBITMQ_NODENAME": NODE,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(ports.get("rabbitmq", 0)),
            "RABBITMQ_DIST_PORT": distribution,
            "ERL_EPMD_PORT": str(ports.get("epmd", 0)),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.log.parent),
            "RABBITMQ_PID_FILE": str(folder / "node.pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
            "RABBITMQ_CTL_DIST_PORT_MIN": str(_CONTROL_PORTS[0]),
            "RABBITMQ_CTL_DIST_PORT_MAX": str(_CONTROL_PORTS[1]),
            # Without the first the distribution port listens on all addresses; the others keep idle schedulers from
            # spinning on cores that everything else here shares.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} "
            "+sbwt none +sbwtdcpu none +sbwtdio none",
        }


_CONTROL_PORTS = (35672, 35999)  # short-lived: rabbitmqctl's own end of the conversation
_ACTOR = '<<"tongban">>'


def _binary(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'<<"{escaped}">>'


@functools.lru_cache(maxsize=64)
def _password_hash(login: str, password: str) -> str:
    """RabbitMQ's own form. The salt comes from both values, so that the definitions stay the same from start to start."""
    import hashlib  # and its library of 5 MB: the supervisor, which knows no password, gets by without

    salt = hashlib.sha256(f"{login}\0{password}".encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
