"""`make demo`: six cases from submission to result, over the public HTTP API, told step by step.

Nothing here knows the inside of the platform: `visitors` speaks HTTP as anybody's program would, `story` tells a person
or a program what happened, and each scene is one file.  Only the last two parts look at things beside the API, all in the
run folder: the letters that the local mail sink kept, and the public key and the certificate with which they check an
audit proof, the bundle of a case and the signature of a document themselves.
"""
