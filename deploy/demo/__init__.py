"""`make demo`: five cases from submission to result, over the public HTTP API, told step by step.

Nothing here knows the inside of the platform: `visitors` speaks HTTP as anybody's program would, `story` tells a person
or a program what happened, and each scene is one file.  Only the last part looks at two things beside the API, both in
the run folder: the letters that the local mail sink kept, and the public key with which it checks an audit proof itself.
"""
