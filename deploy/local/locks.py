"""Whether the lock files still say what pyproject.toml asks for: every package pinned, hashed, and from no named index."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^\]]*\])?==(?P<version>[^ ;\\]+)", re.MULTILINE)
_REMEDY = "重新生成锁定文件（见 CONTRIBUTING.md） compile the lock files again (see CONTRIBUTING.md)"


def faults(root: Path) -> list[str]:
    project = tomllib.loads((root / "pyproject.toml").read_text())
    runtime_text = (root / "requirements.lock").read_text()
    dev_text = (root / "requirements-dev.lock").read_text()
    runtime, dev = pins(runtime_text), pins(dev_text)
    return [
        *_unsatisfied(project["project"]["dependencies"], runtime, "requirements.lock"),
        *_unsatisfied(project["dependency-groups"]["dev"], dev, "requirements-dev.lock"),
        *(
            f"{name} {version} 在两个锁定文件中不同 differs between the lock files – {_REMEDY}"
            for name, version in runtime.items()
            if dev.get(name) != version
        ),
        *_unsafe(runtime_text, "requirements.lock"),
        *_unsafe(dev_text, "requirements-dev.lock"),
    ]


def pins(text: str) -> dict[str, frozenset[Version]]:
    """Each package's locked versions: more than one when it differs between Python versions."""
    found: dict[str, frozenset[Version]] = {}
    for match in _PIN.finditer(text):
        name = canonicalize_name(match["name"])
        found[name] = found.get(name, frozenset()) | {Version(match["version"])}
    return found


def _unsatisfied(requirements: list[str], pinned: dict[str, frozenset[Version]], file: str) -> list[str]:
    wanted = [Requirement(requirement) for requirement in requirements]
    return [
        f"{requirement} 不在 is not in {file} – {_REMEDY}"
        for requirement in wanted
        if not (versions := pinned.get(canonicalize_name(requirement.name)))
        or not all(requirement.specifier.contains(version, prereleases=True) for version in versions)
    ]


def _unsafe(text: str, file: str) -> list[str]:
    found = [f"{file} 含有地址 names an address – {_REMEDY}"] if "://" in text else []
    hashed = re.findall(r"^[A-Za-z0-9][^\n]*==[^\n]*\\\n +--hash=sha256:", text, re.MULTILINE)
    if len(hashed) < len(_PIN.findall(text)):
        found.append(f"{file} 有未带哈希的软件包 has a package without a hash – {_REMEDY}")
    return found
