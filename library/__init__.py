"""A bibliographic research library you keep as a text file and publish as a database.

1. `sources` ask Crossref and others for the record of an identifier, and keep it in records.db;
2. `formats` turn a record, or a file of any reference manager, into `Work`s and `Finding`s;
3. `judgement` decides: same work or another, which value is better, which citation key;
4. `bibfile` patches references.bib, the truth, and changes nothing that was not asked for;
5. `build` turns references.bib and the records into the tables of library.db (`store`);
6. `site` publishes them through Datasette, and `export` hands them to reference managers.
"""

from library.errors import LibraryError
from library.findings import Finding
from library.work import Contributor, Work

__all__ = ["Contributor", "Finding", "LibraryError", "Work"]
