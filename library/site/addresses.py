"""The addresses of this site: made here, and nowhere else.

Addresses are a public interface: people bookmark and cite them. A work lives at
/w/<citation key, percent-encoded>; its DOI leads there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

SAFE_SCHEMES = frozenset(("http", "https", "ftp", "mailto"))
"""What a link from the data may start with; anything else ("javascript:") is shown as text."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Makes the site's addresses; paths, unless `absolute` is asked."""

    base: str = "/"  # where the site starts on its host, with "/" at both ends
    origin: str = ""  # "https://library.example.org", without a slash at the end

    def path(self, path: str) -> str:
        """Return the address of a page of ours: "works" gives "/works"."""
        return self.base + path.lstrip("/")

    def absolute(self, path: str) -> str:
        """Return a path of this site with scheme and host."""
        return self.origin + path

    def home(self) -> str:
        """Return the address of the first page."""
        return self.base

    def static(self, name: str, version: str) -> str:
        """Return the address of a file of ours that changes its address when it changes."""
        return self.path(f"-/library/{version}/{name}")

    def work(self, key: str, extension: str = "") -> str:
        """Return a work's page, or with an `extension` the work in that format."""
        return self.path(f"w/{quote(key, safe='')}" + (f".{extension}" if extension else ""))

    def doi(self, doi: str) -> str:
        """Return the address that leads to the work with this DOI."""
        return self.path(f"doi/{quote(doi, safe='/')}")

    def works(self, pairs: Iterable[tuple[str, object]] = (), extension: str = "") -> str:
        """Return the list of works with these query arguments; as a file with an `extension`."""
        query = urlencode([(key, str(value)) for key, value in pairs])
        page = self.path("works") + (f".{extension}" if extension else "")
        return page + ("?" + query if query else "")

    def where(self, **named: object) -> str:
        """Return the list of works under the named filters, as in `where(year=2014)`."""
        return self.works(named.items())

    def works_of_years(self, pairs: Iterable[tuple[str, object]] = ()) -> Callable[[int, int], str]:
        """Return what gives the list of works from one year to another under the other arguments.

        A chart asks for many of them: the other arguments are encoded once.
        """
        rest = self.works(pairs)
        before = rest + ("&" if "?" in rest else "?")
        return lambda first, last: f"{before}year_from={first}&year_to={last}"

    def list_of(self, keys: Iterable[str], extension: str = "") -> str:
        """Return the page (or file) of a list of works, which stands in the address itself."""
        page = self.path("list") + (f".{extension}" if extension else "")
        query = urlencode([("key", key) for key in keys])
        return page + ("?" + query if query else "")

    def citations_of(self, keys: Iterable[str]) -> str:
        """Return the page that cites these works together."""
        return self.list_of(keys).replace(self.path("list"), self.path("cite"), 1)

    def of(self, kind: str, name: object) -> str:
        """Return the page of a person, venue, keyword or funder."""
        return self.path(f"{kind}/{quote(str(name), safe='')}")

    def table(self, name: str, pairs: Iterable[tuple[str, object]] = ()) -> str:
        """Return Datasette's own page of a table."""
        query = urlencode([(key, str(value)) for key, value in pairs])
        return self.path(f"library/{name}") + ("?" + query if query else "")


def safe_url(url: str | None) -> str | None:
    """Return `url` if a page may link to it, else None.

    Blanks and control characters before and inside the scheme are what browsers skip and filters
    forget, so an address with any of them is not linked at all.
    """
    if not url or any(ord(character) <= 32 or ord(character) == 127 for character in url):  # noqa: PLR2004 - blank and DEL
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme.lower() not in SAFE_SCHEMES:
        return None
    if parts.scheme.lower() in ("http", "https") and not parts.netloc:
        return None
    return url


def doi_url(doi: str) -> str:
    """Return the resolver's address of a DOI name."""
    return "https://doi.org/" + quote(doi, safe="/:;().,-_~!$&'*+=@")
