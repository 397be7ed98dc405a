"""Headers that hold for every answer, and the policy of Datasette's own pages.

Our pages send a Content-Security-Policy without any "unsafe-…" (answers.py). Datasette's pages
have inline scripts: those that stand unchanging in its templates are allowed by their hash, taken
from the installed templates, never from a page that was made. They also style elements in place,
so inline styles stay allowed there; docs/decisions/the-site.md says what that means.
"""

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import datasette

from library.site import compat
from library.site.answers import SAFE_HEADERS

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_SETTLED: Final = (
    # The one value in Datasette's inline scripts that is filled in: a yes or no.
    ("{{ datasette_allow_facet }}", ("true", "false")),
)


def protected(app: App) -> App:
    """Return `app` with our headers on every answer that does not set its own."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers") or [])
                present = {bytes(name).lower() for name, _ in headers}
                wanted = {**SAFE_HEADERS, "content-security-policy": stock_policy()}
                headers += [
                    (name.encode(), value.encode())
                    for name, value in wanted.items()
                    if name.encode() not in present
                ]
                message = {**message, "headers": headers}
            await send(message)

        await app(scope, receive, send_with_headers)

    return wrapped


@lru_cache(maxsize=1)
def stock_policy() -> str:
    """Return the Content-Security-Policy of Datasette's own pages."""
    hashes = " ".join(f"'{value}'" for value in sorted(script_hashes()))
    if compat.is_one():
        # Its pages hold data in inline scripts, which no hash can know beforehand.
        hashes = "'unsafe-inline'"
    return (
        f"default-src 'none'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def script_hashes() -> set[str]:
    """Return the CSP hashes of the inline scripts that stand in Datasette's templates."""
    folder = Path(str(datasette.__file__)).parent / "templates"
    scripts = {
        script
        for path in folder.glob("*.html")
        for script in _SCRIPT.findall(path.read_text(encoding="utf-8"))
    }
    return {_hash(filled) for script in scripts for filled in _filled(script)}


def _filled(script: str) -> list[str]:
    forms = [script]
    for mark, values in _SETTLED:
        if mark in script:
            forms = [form.replace(mark, value) for form in forms for value in values]
    return [form for form in forms if "{{" not in form and "{%" not in form]


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return "sha256-" + base64.b64encode(digest).decode()
