"""Formal documents on paper: signed PDFs, each made once and kept for ever.

`applications` seals a document as lines of text, with its number, in the transaction of its event.  This service hears
of it, asks for those lines, sets them in the page form of GB/T 9704 and signs the file.  Layout runs in a process of
its own (`press/`), so that a document which breaks the layout engine breaks nothing else.  What can't be printed with
every character in it is told back and becomes VOID there; nothing is ever printed with an empty box.
"""
