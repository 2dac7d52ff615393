"""Every call is answered, also with a refusal whose facts cannot be sent."""

from shared.errors import Refused
from shared.identity import TokenVerifier
from shared.messaging.rpc_server import RpcServer


def test_a_refusal_that_json_cannot_hold_is_answered_as_a_bug() -> None:
    server = RpcServer("catalogue", {}, TokenVerifier("catalogue", {}), concurrency=1)
    refused = Refused("conflict", "odd", "怪", "odd", facts={"thing": object()})
    body, outcome = server._explain("ask", refused)
    assert outcome == "failed"
    assert b"internal error" in body
