"""What may be attached to a case: few kinds of file, known by their bytes, not too large."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import PurePath
from typing import TYPE_CHECKING, Final, NamedTuple

from django.utils.translation import gettext as _

from workbench.may import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_FILES: Final = 10
LONGEST_NAME: Final = 120
WORKBOOK: Final = "xl/workbook.xml"


class Kind(NamedTuple):
    """One kind of file: how it is sent, and whether bytes are of it."""

    content_type: str
    fits: Callable[[bytes], bool]


def _is_workbook(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return WORKBOOK in book.namelist()
    # What is made to break readers breaks them in other ways than a plain bad file.
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error):
        return False


# No kind that a browser or an office program would run on opening.
KINDS: Final[dict[str, Kind]] = {
    ".pdf": Kind("application/pdf", lambda content: content.startswith(b"%PDF-")),
    ".png": Kind("image/png", lambda content: content.startswith(b"\x89PNG\r\n\x1a\n")),
    ".jpg": Kind("image/jpeg", lambda content: content.startswith(b"\xff\xd8\xff")),
    ".xlsx": Kind(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _is_workbook
    ),
}


def clean_name(given: str) -> str:
    """The name of a file without folders and without what is no letter of a name."""
    name = PurePath(given.replace("\\", "/")).name
    kept = "".join(one for one in name if one.isprintable() and one not in '"<>|:*?')
    stem, suffix = PurePath(kept).stem, PurePath(kept).suffix.lower()
    suffix = ".jpg" if suffix == ".jpeg" else suffix
    return f"{stem[: LONGEST_NAME - len(suffix)]}{suffix}"


def check(name: str, content: bytes) -> None:
    """Raise RefusedError where a file is empty, too large, or not of the kind it says."""
    if not content:
        raise RefusedError(_("The file is empty."))
    if len(content) > MOST_BYTES:
        raise RefusedError(_("The file is larger than 5 MB."))
    kind = KINDS.get(PurePath(name).suffix)
    if kind is None:
        raise RefusedError(_("Only PDF, PNG, JPEG and Excel (.xlsx) files can be attached."))
    if not kind.fits(content):
        raise RefusedError(_("The content of the file is not what its name says."))
