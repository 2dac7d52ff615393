"""The whole platform while its parts are killed, and while the broker hands out what it should not.

`load.py` is the world outside, which repeats itself until it is answered; `evidence.py` is everything that every database,
the mail server and the partner hold afterwards; `examination.py` says what is wrong with it.
"""
