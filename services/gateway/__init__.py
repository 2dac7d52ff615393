"""The edge of the platform: HTTP for people and programs, accounts and sessions, uploads, the provincial event feed.

Each kind of visitor has a room (`applicant/`, `counter/`, `approver/`, `keeper/`, `supervisor/`, `operator/`, `province/`,
and `public/` for everybody).  A room's API is `api.py` and a `…_api.py` for each further topic; what several rooms offer is
declared by the module of the same name beside them.  A command on a case is declared with `case_commands.add_command`;
where a room has pages, `actions.py` holds what API and pages both do.  Begin reading at `app.py`, `rooms.py`, then
`operations.py`: every operation declares who may use it.
"""
