"""`python -m measure.build_once FOLDER PROCESSES`: one build, and what it took, as JSON."""

import json
import sys
import time
from pathlib import Path

from library.build import build
from library.settings import Settings


def main() -> None:
    """Build and print the seconds, the CPU seconds and how many works there are."""
    started, used = time.perf_counter(), time.process_time()
    summary = build(Settings(root=Path(sys.argv[1])), processes=int(sys.argv[2]))
    taken = {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - used,
        "works": summary.works,
        "way": summary.way,
    }
    print(json.dumps(taken))


if __name__ == "__main__":
    main()
