"""Credit: the local register, the city's platform, importing lists, repairing and withdrawing records.

`sources` says what a source of credit answers are; `register` is ours, `platform` the city's.  `asking` asks all of
them, keeps each answer and takes them together.  `reader` and `lines` read a file of records, `importing` puts it on the
register, `ending` repairs and withdraws, `looking` shows records to the staff and records that they looked.
"""
