"""How values of the library's tables look on Datasette's own pages."""

from typing import Final

from markupsafe import Markup

from library.site import compat
from library.site.addresses import Addresses, doi_url
from library.site.compat import Datasette

_KEYS: Final = frozenset((("works", "citation_key"), ("findings", "citation_key")))


def linked(
    value: object, column: str, table: str | None, database: str, datasette: Datasette
) -> Markup | None:
    """Return the cell as a link, or None to leave it to Datasette."""
    if database != compat.DATABASE or not isinstance(value, str) or not value:
        return None
    # A query has no table: there the name of the column is all that is known.
    if column == "citation_key" and (table is None or (table, column) in _KEYS):
        to = Addresses(base=datasette.setting("base_url") or "/")
        return Markup('<a href="{}">{}</a>').format(to.work(value), value)
    if column == "doi" and value.startswith("10."):
        return Markup('<a href="{}" rel="nofollow">{}</a>').format(doi_url(value), value)
    return None
