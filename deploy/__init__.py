"""Runs the platform: on one machine (`local`), beyond one machine (`kubernetes`), and the `tongban` program (`cli`)."""
