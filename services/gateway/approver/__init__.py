"""The approver's room: what awaits a decision, and the decision."""
