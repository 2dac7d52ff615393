"""The only SQL about cases: one module for each kind of row.

`cases.py` loads and changes a case, `intake.py` writes many submissions at once, `lists.py` answers the work lists,
`parties.py` and `documents.py` encrypt what only some may read; the others are what their names say.
"""
