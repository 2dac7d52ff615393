"""The release that runs; the same number as in pyproject.toml."""

VERSION = "0.1.0"
