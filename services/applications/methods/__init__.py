"""The RPC methods of each topic and what each of them does; `service.py` puts them together.

`base.py` says how all of them run: a command once, in a transaction; a question without one; a look with its record.
"""
