"""The law of a case, without I/O and without a clock: values in, values out.

`transitions.py` is the table of what may happen when; `decide.py` answers a command with events, `case.py` folds
events into a case; `materials.py`, `tolerance.py` and `clocks.py` are the rules that both lean on; `documents.py`
writes the formal documents.  Whoever calls passes today, the calendar, the item version and what the credit source said.
"""
