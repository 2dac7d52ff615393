"""The counter's room: take applications in, accept, ask for corrections, hand results out."""
