"""Ways in which a service fails, one class each. Each is given to `Loopback.fail`."""

import threading
from email.utils import formatdate
from time import time
from typing import TYPE_CHECKING

from .messages import Reply

if TYPE_CHECKING:
    from .server import _Handler


class Fault:
    """What happens instead of the right answer."""

    status = 200  # what the log shows

    def __init__(self) -> None:
        self.left: int | None = 1  # requests it will still meet; None: all

    @property
    def name(self) -> str:
        """The fault's name in the log."""
        return type(self).__name__

    def play(self, handler: "_Handler", right: Reply, ending: threading.Event) -> None:
        """Answer badly; `right` is what should have been said."""
        raise NotImplementedError


class Status(Fault):
    """An error status, perhaps with Retry-After in seconds or as a date."""

    def __init__(
        self,
        status: int,
        *,
        retry_after: int | None = None,
        as_date: bool = False,
        body: str = "",
        content_type: str = "text/plain",
    ) -> None:
        super().__init__()
        self.status = status
        self.retry_after = retry_after
        self.as_date = as_date
        self.body = body
        self.content_type = content_type

    def play(self, handler: "_Handler", right: Reply, ending: threading.Event) -> None:
        """Send the status."""
        del ending
        right.status = self.status
        right.body = self.body.encode()
        right.content_type = self.content_type
        if self.retry_after is not None:
            date = formatdate(time() + self.retry_after, usegmt=True)
            right.headers["Retry-After"] = date if self.as_date else str(self.retry_after)
        handler.send_reply(right)


class Silent(Fault):
    """Nothing at all for a while, then the right answer."""

    def __init__(self, seconds: float = 60.0) -> None:
        super().__init__()
        self.seconds = seconds

    def play(self, handler: "_Handler", right: Reply, ending: threading.Event) -> None:
        """Wait; the client has gone by then."""
        ending.wait(self.seconds)
        handler.send_reply(right)


class Dripping(Fault):
    """A byte now and then: never silent for long, never done."""

    def __init__(self, pause: float = 0.05) -> None:
        super().__init__()
        self.pause = pause

    def play(self, handler: "_Handler", right: Reply, ending: threading.Event) -> None:
        """Drip."""
        body, right.body = right.body, b""
        handler.send_reply(right, length=len(body))
        for position in range(len(body)):
            if ending.wait(self.pause):
                return
            handler.wfile.write(body[position : position + 1])
            handler.wfile.flush()


class Reset(Fault):
    """The connection breaks before the first byte."""

    def play(self, handler: "_Handler", right: Reply, ending: threading.Event) -> None:
        """Break it."""
        del right, ending
        handler.reset()


class CutOff(Fault):
    """The connection ends in the middle of the body."""

    def play(self, handler: "_Handler", right: Reply, ending: threading.Event) -> None:
        """Send half."""
        del ending
        length = len(right.body)
        right.body = right.body[: length // 2]
        handler.send_reply(right, length=length)
        handler.close_connection = True


class CutJson(Fault):
    """A whole answer by its length, but its JSON ends in the middle."""

    def play(self, handler: "_Handler", right: Reply, ending: threading.Event) -> None:
        """Send half of the JSON as if it were all."""
        del ending
        right.body = right.body[: len(right.body) // 2]
        handler.send_reply(right)


class Html(Fault):
    """A web page with status 200, as a captive portal or a tired proxy sends."""

    def play(self, handler: "_Handler", right: Reply, ending: threading.Event) -> None:
        """Send the page."""
        del ending
        right.body = b"<!DOCTYPE html><html><body><h1>Please log in</h1></body></html>"
        right.content_type = "text/html"
        handler.send_reply(right)


class Body(Fault):
    """Status 200 with a body of our choice."""

    def __init__(self, body: bytes, content_type: str = "application/json") -> None:
        super().__init__()
        self.body = body
        self.content_type = content_type

    def play(self, handler: "_Handler", right: Reply, ending: threading.Event) -> None:
        """Send it."""
        del ending
        right.status = 200
        right.body = self.body
        right.content_type = self.content_type
        handler.send_reply(right)
