"""The one error that these programs show to a person: what went wrong, what to do, and where the log is."""

from pathlib import Path


class Fault(Exception):
    """One sentence in each language, `cause – remedy`; never a traceback."""

    def __init__(self, zh: str, en: str, log: Path | None = None) -> None:
        super().__init__(en)
        self.zh, self.en, self.log = zh, en, log

    def text(self) -> str:
        lines = [f"✗ {self.zh}", f"  {self.en}"]
        if self.log:
            lines.append(f"  日志 Log: {self.log}")
        return "\n".join(lines)
