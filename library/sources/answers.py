"""What came back from a service, and whether it can be used."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from xml.etree import ElementTree as ET

Expect = Literal["json", "xml", "any"]
Shape = Callable[[Any], bool]  # whether parsed JSON looks like what the service should send


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read to its end."""

    status: int
    url: str  # that answered, after redirects
    headers: Mapping[str, str]  # names in lower case
    body: bytes = field(repr=False)
    redirects: tuple[str, ...] = ()  # addresses that sent us on, in order
    moved_to: str | None = None  # where the address has moved to for good (301, 308)

    @property
    def text(self) -> str:
        """The body as text: UTF-8, undecodable bytes as U+FFFD."""
        return self.body.decode("utf-8", errors="replace")


class UnusableError(Exception):
    """One try failed; the next may not."""

    def __init__(self, cause: str, *, silent: bool = False, final: bool = False) -> None:
        super().__init__(cause)
        self.cause = cause
        self.silent = silent
        self.final = final  # it would be the same another time


def check(answer: Answer, expect: Expect, shape: Shape | None) -> None:
    """Refuse an answer that is not what it should be; such things mostly pass.

    Raises:
        UnusableError: it says so in words.
    """
    if answer.status != 200 or expect == "any":  # noqa: PLR2004 - OK
        return
    parsers: dict[str, Callable[[bytes], Any]] = {"json": json.loads, "xml": ET.fromstring}
    try:
        parsed = parsers[expect](answer.body)
    except (ValueError, ET.ParseError, RecursionError, LookupError) as error:
        start = answer.body[:200].lstrip().lower()
        if start.startswith((b"<!doctype html", b"<html")):
            raise UnusableError(f"a web page instead of {expect.upper()}") from error
        raise UnusableError(f"broken {expect.upper()}") from error
    if shape is not None and not shape(parsed):
        raise UnusableError(f"{expect.upper()} of an unknown shape")


def words(error: Exception) -> str:
    """Say what happened on the wire; the library's own words stay, they name host and reason."""
    said = " ".join(str(error).split())[:200]
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()
    return f"{name}: {said}" if said else name
