"""The edge of the platform: HTTP for people and programs, accounts and sessions, uploads, the provincial event feed.

Each kind of visitor has a room (`applicant/`, `counter/`, `approver/`, `province/`, `operator/`).  A room's `actions.py`
holds what can be done in it; its API (`api.py`) and its pages call the same actions, and the actions ask the services.
Begin reading at `app.py`, then `operations.py`: every operation declares there who may use it.
"""
