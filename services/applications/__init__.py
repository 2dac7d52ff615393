"""Cases: from the moment somebody hands in papers to the moment the result is in their hands.

`service.py` is the menu of what can happen, `handlers.py` what is then done, `domain/` the law, `store.py` the only
SQL.  The service keeps its own copy of the published item versions and calendars (`projections.py`), so it goes on
accepting submissions while every other service is stopped.
"""
