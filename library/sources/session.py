"""What every source works with: the client, the store, and where each service lives."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

from library.errors import SettingsError
from library.sources.http import Client
from library.sources.records import Freshness, Records

if TYPE_CHECKING:
    from library.snapshot.reading import Snapshot


@dataclass(frozen=True, slots=True)
class Services:
    """The base address of each service, without a "/" at its end: the real one, or a mirror."""

    crossref: str = "https://api.crossref.org"
    datacite: str = "https://api.datacite.org"
    doi: str = "https://doi.org"
    pubmed: str = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
    pmc: str = "https://pmc.ncbi.nlm.nih.gov/tools/idconv/api/v1"
    arxiv: str = "https://export.arxiv.org/api"
    openlibrary: str = "https://openlibrary.org"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], **given: str | None) -> "Services":
        """Return the addresses of `given` (by name), else of LIBRARY_<NAME>_URL, else the real.

        Raises:
            SettingsError: an address is not an http or https one.
        """
        chosen: dict[str, str] = {}
        for item in fields(cls):
            name = item.name
            address = given.get(name) or environment.get(f"LIBRARY_{name.upper()}_URL")
            if address:
                chosen[name] = _checked(name, address)
        return replace(cls(), **chosen)


@dataclass(frozen=True, slots=True)
class Session:
    """One run's means of asking sources."""

    client: Client
    records: Records
    services: Services = field(default_factory=Services)
    freshness: Freshness = field(default_factory=Freshness)
    snapshot: "Snapshot | None" = None  # asked in place of every service


def _checked(name: str, address: str) -> str:
    bare = address.strip().rstrip("/")
    if not bare.lower().startswith(("http://", "https://")):
        raise SettingsError(
            f"{address!r} is not an address for {name}: it must start with http:// or https://"
        )
    return bare
