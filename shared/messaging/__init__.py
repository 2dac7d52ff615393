"""How facts leave a service and reach the others: outbox, relay, broker, idempotent consumers, commands and RPC.

Nothing publishes inside a handler.  A handler writes its state and the outbox rows in one transaction (`outbox.py`);
`relay.py` carries the rows to the broker; `consumer.py` writes the inbox row and the effect in one transaction and
acknowledges afterwards.  `commands.py` makes a command with the same id happen once.
"""
