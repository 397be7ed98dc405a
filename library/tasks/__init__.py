"""What a person asks for, whole: each request changes references.bib at most once, then builds.

The command line and the site write only through here.
"""

from library.tasks.adding import Added, add, add_entry, add_pasted, add_text, import_files
from library.tasks.changing import Changed, edit, remove
from library.tasks.deduplicating import Deduplicated, dedupe
from library.tasks.formatting import Formatted, reformat
from library.tasks.keying import Rekeyed, pin, rekey, rename
from library.tasks.proposing import Proposed, enrich, match
from library.tasks.refreshing import Refreshed, fix, links, refresh
from library.tasks.running import Progress, session
from library.tasks.starting import Begun, init

__all__ = [
    "Added",
    "Begun",
    "Changed",
    "Deduplicated",
    "Formatted",
    "Progress",
    "Proposed",
    "Refreshed",
    "Rekeyed",
    "add",
    "add_entry",
    "add_pasted",
    "add_text",
    "dedupe",
    "edit",
    "enrich",
    "fix",
    "import_files",
    "init",
    "links",
    "match",
    "pin",
    "reformat",
    "refresh",
    "rekey",
    "remove",
    "rename",
    "session",
]
