"""The applicant's room: apply, follow one's own cases, supply papers, read notices."""
