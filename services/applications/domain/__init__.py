"""The law of a case, without I/O and without a clock: values in, values out.

`transitions.py` is the table of what may happen when, by whom, with which documents.  `decide.py` finds the rule that
answers a command with events, `evolve.py` the change that an event makes; both are put together from the topics:

- before acceptance: `answering.py`, `supplying.py`, `exits.py`, `mandates.py`; tolerance and commitments: `tolerance.py`,
  `tolerating.py`, `completing.py`, `committing.py`;
- on the way to a decision: `reviewing.py`, `sending_back.py`, `recusing.py`, `site_checks.py` (who may act for whom:
  `authority.py`), `hearing_rights.py`, `hearings.py`, `procedures.py`, `extending.py`;
- the decision and what comes after it: `concluding.py`, `licences.py`, `renewing.py`, `revoking.py`;
- time: `clocks.py`, `duties.py`, `recalculating.py`; from the fold alone follow `timers.py` and `tasks.py`.

A topic's commands, events, values of the case and documents are in `commands/`, `events/`, `parts/` and `papers/` under
its name; `drafting.py` and `wording.py` write the documents.  Whoever calls passes today, the calendar, the item version
and whatever else the world says (`facts.py`).
"""
