"""Keep pasted addresses out of private networks."""

import ipaddress
import socket
from urllib.parse import urlsplit

from library.sources.errors import PrivateAddressError

_PORTS = frozenset({80, 443})
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def public_address(url: str, *, allow_private: bool = False) -> str:
    """Return one IP address of the host in `url` that may be connected to.

    All addresses of the host must be public: a name that leads to a public and a private address
    is refused. Whoever connects must use the address returned here, since the name may lead
    elsewhere a moment later.

    Raises:
        PrivateAddressError: the address is private, of another scheme, or on an unusual port.
        OSError: the name does not resolve.

    Source: OWASP, "Server-Side Request Forgery Prevention Cheat Sheet".
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise PrivateAddressError(url, "only http and https addresses are opened")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if port not in _PORTS and not allow_private:
        raise PrivateAddressError(url, f"port {port} is not a web page's")
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    addresses = [str(item[4][0]).partition("%")[0] for item in found]
    if not allow_private:
        for text in addresses:
            if not is_public(text):
                raise PrivateAddressError(url, f"{parts.hostname} is in a private network ({text})")
    return addresses[0]


def is_public(text: str) -> bool:
    """Tell whether an IP address belongs to the public internet."""
    address = _inner(ipaddress.ip_address(text))
    return address.is_global and not address.is_multicast


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, where it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
