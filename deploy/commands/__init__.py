"""The commands of `tongban`, one module each: `add_arguments(parser)` and `run(options)`; the table is in `deploy/cli.py`."""
