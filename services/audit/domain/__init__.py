"""The rules of the log: tree, leaf and checkpoint, on the standard library alone.

Whoever wants to check the log without us can read these files as the definition; `docs/reference/audit-log.md` says
the same in prose.
"""
