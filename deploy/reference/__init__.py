"""The pages of docs/reference that are made from the code: `python -m deploy.reference` writes them.

A page that is written by hand is wrong after a while; these cannot be, because a test compares them with the code.
"""
