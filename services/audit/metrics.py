"""What an operator sees of the log: it grows, it is signed, and it does not contradict itself."""

from prometheus_client import Counter, Gauge, Histogram

_LEAVES = Counter("audit_leaves_total", "Leaves sealed by this process.")
_REPEATED = Counter("audit_repeated_total", "Events that came again and changed nothing.")
_SEAL_DURATION = Histogram(
    "audit_seal_duration_seconds",
    "From the first statement of a batch to its last, before the commit.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0),
)
_SIZE = Gauge("audit_tree_size", "Leaves in the log.")
_UNSEALED = Gauge("audit_unsealed", "Leaves that no signed checkpoint covers yet.")
_CHECKPOINT_AGE = Gauge(
    "audit_checkpoint_age_seconds", "Age of the newest checkpoint; it grows while nothing happens."
)
_DAMAGED = Gauge("audit_log_damaged", "1 when the stored log contradicts itself and nothing more is signed.")


def record_sealed(added: int, repeated: int, seconds: float) -> None:
    """A batch was sealed."""
    _LEAVES.inc(added)
    _REPEATED.inc(repeated)
    _SEAL_DURATION.observe(seconds)


def record_log(size: int, signed_size: int, checkpoint_age_seconds: float) -> None:
    """How far the signature is behind the log."""
    _SIZE.set(size)
    _UNSEALED.set(size - signed_size)
    _CHECKPOINT_AGE.set(checkpoint_age_seconds)


def record_damage(damaged: bool) -> None:
    """Whether the log was found to contradict itself."""
    _DAMAGED.set(int(damaged))
