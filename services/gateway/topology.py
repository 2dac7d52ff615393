"""What the gateway needs on the broker: a queue for the provincial feed and one for checkpoints of the audit log."""

from services.applications.contracts import EVENTS, CaseFacts
from services.audit.contracts import CheckpointSignedV1
from shared.messaging.topology import ServiceTopology, queue_for

# Everything that happens to a case, whatever its channel; the feed keeps what belongs to a partner.
FEED_EVENTS = tuple(event for event in EVENTS if issubclass(event, CaseFacts))

FEED_QUEUE = queue_for("gateway", "feed", [event.event_type for event in FEED_EVENTS])
WITNESS_QUEUE = queue_for("gateway", "witness", [CheckpointSignedV1.event_type])

TOPOLOGY = ServiceTopology("gateway", queues=(FEED_QUEUE, WITNESS_QUEUE), answers_rpc=False)
