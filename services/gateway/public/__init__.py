"""What anybody may ask: the catalogue and its guides, a case by its code, the proofs of the audit log."""
