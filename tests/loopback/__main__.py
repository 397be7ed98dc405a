"""`scripts/loopback`: the services on 127.0.0.1, for trying by hand."""

import argparse
import os
import sys
import threading
from pathlib import Path

from .limits import POLITE, Limits
from .world import world

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Serve until Ctrl-C; print what to set so that the library asks here."""
    parser = argparse.ArgumentParser(
        prog="scripts/loopback",
        description="Crossref, DataCite, doi.org, PubMed, arXiv and Open Library on 127.0.0.1, "
        "with the records of tests/data and, where LIBRARY_CORPORA is set, the real ones there.",
    )
    parser.add_argument("--port", type=int, default=8055, help="default: 8055; 0 takes a free one")
    parser.add_argument(
        "--polite", action="store_true", help="enforce Crossref's limits: 3 lists, 10 DOIs a second"
    )
    arguments = parser.parse_args()
    folder = os.environ.get("LIBRARY_CORPORA")
    limits = {"crossref": POLITE if arguments.polite else Limits()}
    say = sys.stdout.write
    try:
        with world(Path(folder) if folder else None, limits, arguments.port) as running:
            say("# Paste these lines into the shell that runs library; Ctrl-C here ends it.\n")
            for name, value in running.environment().items():
                say(f"export {name}={value}\n")
            sys.stdout.flush()
            threading.Event().wait()
    except OSError as error:
        sys.stderr.write(f"Port {arguments.port} cannot be used ({error}). Try --port 0.\n")
        return 3
    except KeyboardInterrupt:
        say("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
