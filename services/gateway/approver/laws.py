"""The law that most of this room's acts rest on, by its own name."""

LICENCE_LAW = "行政许可法"
