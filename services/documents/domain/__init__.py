"""The rules of printing, without fonts, files or I/O: the page form, the words of failures, and how long to be patient."""
