"""The operator's room: what a case set in motion and how fast, the log's checkpoints, what waits for a person."""
