"""The installed library as a wheel, so that another machine runs just what this one runs.

Source of the form: PyPA, "Binary distribution format" and "Recording installed projects".
"""

import base64
import hashlib
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from io import BytesIO
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import library
from library.errors import WorldError

NAME: Final = "library"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest date of a zip: the same files, the same bytes
_DESCRIBING: Final = ("METADATA", "entry_points.txt")
_WHEEL: Final = "Wheel-Version: 1.0\nGenerator: library\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel() -> tuple[str, bytes]:
    """Return the name and the bytes of a wheel of the library that is running.

    Raises:
        WorldError: it was not installed, so what it is called and needs is unknown.
    """
    installed = _installed(NAME)
    version = installed.version
    folder = f"{NAME}-{version}.dist-info"
    files = dict(_modules())
    for name in _DESCRIBING:
        text = installed.read_text(name)
        if text:
            files[f"{folder}/{name}"] = text.encode()
    files[f"{folder}/WHEEL"] = _WHEEL.encode()
    record = "".join(f"{path},{_digest(data)},{len(data)}\n" for path, data in files.items())
    files[f"{folder}/RECORD"] = f"{record}{folder}/RECORD,,\n".encode()
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return f"{NAME}-{version}-py3-none-any.whl", held.getvalue()


def pinned() -> list[str]:
    """Return what the library needs as installed here, without its extras: "click==8.1.7".

    Raises:
        WorldError: the library or something that it needs is not installed.
    """
    found: dict[str, str] = {}
    queue = [Requirement(NAME)]
    while queue:
        wanted = queue.pop()
        name = canonicalize_name(wanted.name)
        if name in found:
            continue
        installed = _installed(name)
        found[name] = installed.version
        needs = map(Requirement, installed.requires or ())
        queue.extend(need for need in needs if _applies(need, wanted.extras))
    del found[NAME]
    return [f"{name}=={version}" for name, version in sorted(found.items())]


def _applies(need: Requirement, extras: set[str]) -> bool:
    if need.marker is None:
        return True
    return any(need.marker.evaluate({"extra": extra}) for extra in ("", *extras))


def _installed(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError as error:
        raise WorldError(
            f"the package {name} is not installed here, so it cannot be sent along. Install the "
            "library with pip and run the same command again; nothing was written."
        ) from error


def _modules() -> Iterator[tuple[str, bytes]]:
    """Give the package's own files and their contents, by their place in a wheel."""
    top = Path(library.__file__).parent
    for path in sorted(top.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield f"{NAME}/{path.relative_to(top).as_posix()}", path.read_bytes()


def _digest(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return "sha256=" + digest.rstrip(b"=").decode()
