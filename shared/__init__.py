"""Mechanism that every service uses, and no business of its own: runtime, messaging, time, identity, privacy. Imports no service."""
