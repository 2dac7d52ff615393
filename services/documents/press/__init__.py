"""The press: a process that sets one document after another and holds no key, no database and no network.

The service speaks with it over its standard streams.  It has a limit of memory and of processor time; whatever happens
in it, the service takes another one.
"""
