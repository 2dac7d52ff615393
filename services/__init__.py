"""The bounded contexts: each service owns its data and speaks to the others only through its contracts."""
