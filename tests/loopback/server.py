"""An HTTP server on 127.0.0.1 that serves twins of the services, logs, limits and fails on request.

    server = Loopback(services={"crossref": CrossrefTwin(works)})
    with server:
        get(server.url("crossref") + "/works/10.5555/12345678")

Each service lives under its own first path segment. What it is asked stands in `server.log`.
"""

import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from .faults import Fault
from .limits import Limits, LimitState
from .messages import Reply, Request


class Twin(Protocol):
    """One service's behaviour."""

    def answer(self, request: Request) -> Reply:
        """Answer one request."""

    def pool(self, request: Request) -> str:
        """Name the pool of limits that the request counts in."""


@dataclass(slots=True)
class Logged:
    """One line of the log."""

    service: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    target: str
    started: float  # time.monotonic()
    connection: int  # the client's port: one number, one connection
    status: int = 0
    fault: str | None = None


class Loopback:
    """A running server. `log`, `faults` and `limits` may be changed while it runs."""

    def __init__(
        self,
        services: Mapping[str, Twin],
        limits: Mapping[str, Limits] | None = None,
        port: int = 0,
    ) -> None:
        self.services = dict(services)
        self.limits = {name: LimitState(value) for name, value in (limits or {}).items()}
        self.log: list[Logged] = []
        self._faults: list[tuple[Callable[[Request], bool], Fault]] = []
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.loopback = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self.ending = threading.Event()  # set at the end: silent requests wake up

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def url(self, service: str) -> str:
        """Return the base address of a service, without a "/" at its end."""
        return f"http://127.0.0.1:{self.port}/{service}"

    def environment(self) -> dict[str, str]:
        """Return the variables that make the library ask here instead of out there."""
        addresses = {
            f"LIBRARY_{name.upper()}_URL": self.url(name)
            for name in self.services
            if name != "pages"
        }
        return {**addresses, "LIBRARY_MAILTO": "tests@example.org"}

    def fail(
        self,
        fault: Fault,
        *,
        service: str = "crossref",
        containing: str = "",
        times: int | None = 1,
    ) -> None:
        """Let the next `times` requests to `service` fail (None: all of them).

        Only requests whose decoded address holds `containing` are meant.
        """
        fault.left = times

        def meant(request: Request) -> bool:
            return request.service == service and containing in unquote(request.target)

        with self._lock:
            self._faults.append((meant, fault))

    def heal(self) -> None:
        """Take back all faults."""
        with self._lock:
            self._faults.clear()

    def limit(self, service: str, limits: Limits) -> None:
        """Set the limits of a service from now on."""
        self.limits[service] = LimitState(limits)

    def requests(self, service: str | None = None, containing: str = "") -> list[Logged]:
        """Return the logged requests of a service whose decoded address holds `containing`."""
        with self._lock:
            return [
                line
                for line in self.log
                if service in (None, line.service) and containing in unquote(line.target)
            ]

    def fault_for(self, request: Request) -> Fault | None:
        """Return the fault that meets this request, and count it."""
        with self._lock:
            for meant, fault in self._faults:
                if fault.left != 0 and meant(request):
                    if fault.left is not None:
                        fault.left -= 1
                    return fault
        return None

    def note(self, line: Logged) -> None:
        """Write one line of the log."""
        with self._lock:
            self.log.append(line)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    loopback: Loopback

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing about clients that went away; that is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet an answer: no waiting for delayed acknowledgements
    server: _Server

    def do_GET(self) -> None:
        loopback = self.server.loopback
        parts = urlsplit(self.path)
        service, _, rest = parts.path.lstrip("/").partition("/")
        request = Request(
            service,
            "/" + rest,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            self.path,
        )
        line = Logged(
            service,
            request.path,
            request.query,
            request.headers,
            self.path,
            time.monotonic(),
            self.client_address[1],
        )
        loopback.note(line)
        twin = loopback.services.get(service)
        if twin is None:
            self._send(Reply.text("no such service", 404), line)
            return
        state = loopback.limits.get(service)
        pool = twin.pool(request)
        limited = state.enter(pool, request.headers) if state else None
        try:
            self._answer(request, twin, line, limited)
        finally:
            if state:
                state.leave(pool)

    def _answer(self, request: Request, twin: Twin, line: Logged, limited: Reply | None) -> None:
        loopback = self.server.loopback
        state = loopback.limits.get(request.service)
        stated = state.headers(twin.pool(request), request.headers) if state else {}
        if limited is not None:
            limited.headers.update(stated)
            self._send(limited, line)
            return
        fault = loopback.fault_for(request)
        if fault is None:
            if state and state.limits.latency:
                loopback.ending.wait(state.limits.latency)
            reply = twin.answer(request)
            reply.headers.update(stated)
            self._send(reply, line)
            return
        line.fault = fault.name
        right = twin.answer(request)
        right.headers.update(stated)
        fault.play(self, right, loopback.ending)
        line.status = fault.status

    def _send(self, reply: Reply, line: Logged) -> None:
        line.status = reply.status
        self.send_reply(reply)

    def send_reply(self, reply: Reply, length: int | None = None) -> None:
        """Write one answer; `length` may state another size than the body has."""
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body) if length is None else length))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()

    def reset(self) -> None:
        """Break the connection with a RST packet, as a crashed machine's neighbour does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Write nothing to stderr; the log is in `Loopback.log`."""
