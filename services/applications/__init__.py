"""Cases: from the moment somebody hands in papers to the moment the result is in their hands, and what becomes of it later.

`service.py` is the menu of what can happen, with the methods of each topic in `methods/`.  A command is loaded and put to
the domain in `handlers.py` (a submission in `submitting.py`), decided in `domain/`, and written in one transaction by
`recording.py` through `store/`, the only SQL; `effects.py` are the registers that outlive the case, `published/` says as
what contract an event leaves.

Questions are answered in `queries.py`, `work_lists.py` and, where people's data are shown in full, `looks.py`; the replies
are made in `viewing/`.  What comes due by itself: `timers.py`, `expiry.py`, `recalculating.py`, `refolding.py`.
`credit/` asks about applicants, `process_record/` is the statutory record, `appointing.py` who holds which power.

The service keeps its own copy of the published item versions and calendars (`projections.py`), so it goes on accepting
submissions while every other service is stopped.
"""
