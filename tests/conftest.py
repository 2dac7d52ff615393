"""Every test finds the fixtures of `shared.testing`: servers, databases, virtual hosts, keys, clock, actors."""

pytest_plugins = ["shared.testing.plugin"]
