"""references.bib -> library.db, from top to bottom as the data flows.

Blocks of the file (bibtext) -> entries -> works and their rows (reading) -> tables (store). Either
the whole file into a new database (whole), or only what changed into the live one (changes).
"""

from library.build.building import Paths, Summary, build, watch

__all__ = ["Paths", "Summary", "build", "watch"]
