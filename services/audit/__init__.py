"""The audit service: one append-only, tamper-evident log of everything that happened on the platform.

Every event of every service becomes one leaf of a Merkle tree (RFC 9162).  The root of the tree is signed about once a
second as a checkpoint, which others keep as witnesses; with a checkpoint, anybody can check that an entry is in the
log, that nothing before it changed, and that nothing was cut off, without trusting this service or its database.
The log holds identifiers and digests, never personal data: it can outlive every case it tells of.
"""
