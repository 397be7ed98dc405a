"""Identifiers, records and searches -> decisions about references.bib.

Nothing here writes a file: a request (`library.tasks`) hands in what sources sent and what the
library holds, and writes what comes out.
"""
