"""The supervisor's room."""
