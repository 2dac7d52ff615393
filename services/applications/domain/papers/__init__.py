"""The documents of each topic: what an event brings (`DRAFTERS`), and how it reads (`TEMPLATES`)."""
