"""Mechanism that every service stands on: runtime, messaging, database, time, identity, privacy, blobs, logs, metrics.

Nothing here knows a business rule, and nothing here imports a service. `shared/deadlines` is the only package of
it that a domain may import; everything else belongs to entry points, handlers and stores.
"""
