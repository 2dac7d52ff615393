"""The statutory process record: the rows of the exchange tables (domain rules §4.1), computed from the events.

`steps.py` is the one table to extend: a line for every kind of event.  Everything here is pure but `reading.py`, which answers
the two questions of the service.
"""
