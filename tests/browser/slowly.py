"""A server in front of the site that sends each page in small pieces, as a poor network does."""

import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

_PIECE = 800  # bytes
_PAUSE = 0.03  # seconds, longer than a frame, so that the browser paints in between if it will


@contextmanager
def slowly(site: str) -> Iterator[str]:
    """Serve `site` in pieces; give the address."""

    class Slow(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with urllib.request.urlopen(site + self.path, timeout=30) as answer:  # noqa: S310 - our own server
                body, kind = answer.read(), answer.headers["content-type"]
            self.send_response(200)
            self.send_header("content-type", kind)
            self.end_headers()
            step = _PIECE if kind.startswith("text/html") else len(body)
            for start in range(0, len(body), step):
                self.wfile.write(body[start : start + step])
                self.wfile.flush()
                time.sleep(_PAUSE)

        def log_message(self, *args: object) -> None:
            del args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
