"""As what contract the events of each topic leave, and with which fields."""
