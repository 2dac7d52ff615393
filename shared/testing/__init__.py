"""What tests stand on: a private PostgreSQL and RabbitMQ, fresh databases and virtual hosts, keys, a clock, actors.

Nothing is mocked that the platform owns. `tests/conftest.py` loads `plugin.py`, whose fixtures are the list of what there
is. The servers are started by the same code as `make up`, in a temporary folder, only when a test asks for them, and
are ended by a watchdog that outlives a killed test run. TEST_DATABASE_URL and TEST_AMQP_URL make it use given servers.
"""
