"""The law of a case, without I/O and without a clock: values in, values out.

`transitions.py` is the table of what may happen when; `decide.py` finds the rule that answers a command with events
(`answering.py`, `supplying.py`, `concluding.py`), `case.py` folds events into a case; `materials.py`, `outcome.py`,
`tolerance.py` and `clocks.py` are what the rules lean on; `documents.py`, `drafting.py` and `wording.py` write the formal
documents.  Whoever calls passes today, the calendar, the item version and what the credit source said.
"""
