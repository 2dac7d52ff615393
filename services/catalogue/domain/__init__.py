"""The rules of publication, free of I/O and clock: codes, limits, tolerance, bases, versions."""
