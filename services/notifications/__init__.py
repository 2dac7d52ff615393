"""Notices to applicants: what is said, to whom, by which channel, and the proof that it was served.

Every notice is the effect of one event of `applications`.  Its template, version, values and text are frozen in the
transaction that handles the event, so that nothing said to an applicant ever changes afterwards.  The in-app inbox is
served by that same row; e-mail is sent by a worker whose every attempt is on record before the mail server hears of it.
"""
