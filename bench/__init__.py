"""Measurements of the whole platform: `make bench` prints the table that `docs/benchmarks.md` keeps.

Each figure is a ratio or stands beside its reference from the same run, because machines differ and drift.  Nothing
here is a test: a slow machine fails nothing.
"""
