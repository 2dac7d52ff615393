"""`make up` and its family: the whole platform on one machine, from nothing, on free ports, with its own servers.

`bootstrap.py` runs on the system's Python and brings what is missing; everything else runs inside the virtual environment.
"""
