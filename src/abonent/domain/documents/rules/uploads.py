"""Which files people may send, and what is left of a picture when it is kept (TRUST T29). Pure.

What a file is, its first bytes say; its name must agree. A picture is drawn anew, so that
nothing hides in it: no place and time of the shot, no second file behind the first.
"""

import io
import re
import unicodedata
import warnings
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from abonent.common.refusals import Refusal
from abonent.common.words import quantity

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MOST_BYTES = 10_000_000
MOST_FILES = 5
# Telephones take pictures of 50 million points; a bomb of a picture has thousands of millions.
MOST_PIXELS = {"jpeg": 110_000_000, "png": 30_000_000}
LONGEST_SIDE = 2560
_QUALITY = 85  # of a JPEG
_LONGEST_NAME = 80
# The end of a file that is also an archive: it may stand this far from the last byte.
_ARCHIVE_END, _ARCHIVE_TAIL = b"PK\x05\x06", 65_557


class UploadKind(StrEnum):
    """A kind of file that is taken."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"


class UploadState(StrEnum):
    """Whether a file may be handed out: not before the scanner of viruses has said so."""

    CHECKING = "checking"
    CLEAN = "clean"
    REFUSED = "refused"


CONTENT_TYPES = {
    UploadKind.PDF: "application/pdf",
    UploadKind.JPEG: "image/jpeg",
    UploadKind.PNG: "image/png",
}
_ENDINGS = {
    "pdf": UploadKind.PDF,
    "jpg": UploadKind.JPEG,
    "jpeg": UploadKind.JPEG,
    "png": UploadKind.PNG,
}
_BEGINNINGS = {
    UploadKind.PDF: b"%PDF-",
    UploadKind.JPEG: b"\xff\xd8\xff",
    UploadKind.PNG: b"\x89PNG\r\n\x1a\n",
}

# How the points of a picture may be kept; what is neither becomes the first.
_MODES = {UploadKind.JPEG: ("RGB", "L"), UploadKind.PNG: ("RGBA", "RGB", "L")}


class UnfitFile(Refusal):
    """A file that cannot be taken; the text says what to send instead."""


class SentFile(NamedTuple):
    """A file as it came: the name that the sender's browser told, and the bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class CleanFile:
    """A file as it will be kept."""

    name: str
    kind: UploadKind
    content: bytes


def clean_file(sent: SentFile) -> CleanFile:
    """Return the file as it will be kept; pictures are drawn anew and turned upright.

    Refuses with UnfitFile what is empty, too large, of another kind than PDF, JPEG and PNG,
    whose name says another kind than its bytes, and what cannot be read to its end.
    """
    name = fit_name(sent.name)
    kind = _kind(name, sent.content)
    if kind is UploadKind.PDF:
        _check_pdf(name, sent.content)
        return CleanFile(name, kind, sent.content)
    return CleanFile(name, kind, _drawn_anew(name, kind, sent.content))


def fit_name(name: str) -> str:
    """Return a name that is safe to show: no folders, no invisible signs, not long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    stem, dot, ending = " ".join(visible.split()).strip(". ").rpartition(".")
    if not dot:
        return ending[:_LONGEST_NAME] or "файл"
    return f"{stem[: _LONGEST_NAME - len(ending) - 1] or 'файл'}.{ending}"


def _kind(name: str, content: bytes) -> UploadKind:
    if not content:
        raise UnfitFile(f"Файл «{name}» пустой. Выберите другой.", field="files")
    if len(content) > MOST_BYTES:
        most = quantity(MOST_BYTES // 1_000_000, "МБ")
        text = f"Файл «{name}» больше {most}. Уменьшите снимок или разделите файл."
        raise UnfitFile(text, field="files")
    kind = _ENDINGS.get(name.rpartition(".")[2].lower())
    if kind is None:
        text = f"Файл «{name}» не подойдёт: принимаем PDF, JPEG и PNG. Сохраните его так."
        raise UnfitFile(text, field="files")
    if not content.startswith(_BEGINNINGS[kind]):
        text = f"Файл «{name}» внутри не {kind.upper()}. Откройте его и сохраните заново."
        raise UnfitFile(text, field="files")
    return kind


def _check_pdf(name: str, content: bytes) -> None:
    """Refuse a file that is something else too: a PDF ends with its own mark and nothing more."""
    tail = content[-_ARCHIVE_TAIL:]
    if not re.search(rb"%%EOF\s*\Z", tail[-1024:]) or _ARCHIVE_END in tail:
        text = f"Файл «{name}» повреждён или составлен из нескольких. Сохраните его в PDF заново."
        raise UnfitFile(text, field="files")


def _drawn_anew(name: str, kind: UploadKind, content: bytes) -> bytes:
    from PIL import Image, ImageOps  # pages without files need not wait for it

    unread = f"Снимок «{name}» не читается. Откройте его и сохраните заново."
    too_large = f"Снимок «{name}» слишком велик. Уменьшите его и пришлите снова."
    try:
        with warnings.catch_warnings():
            # Bombs are told by the number of points below, before anything is decoded.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[kind.upper()]) as picture:
                if picture.width * picture.height > MOST_PIXELS[kind]:
                    raise UnfitFile(too_large, field="files")
                # A JPEG is read at a half or a quarter at once where that is enough.
                picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                return _bytes_of(upright, kind)
    except Image.DecompressionBombError as error:
        raise UnfitFile(too_large, field="files") from error
    except (OSError, ValueError, SyntaxError) as error:
        raise UnfitFile(unread, field="files") from error


def _bytes_of(picture: "Picture", kind: UploadKind) -> bytes:
    """Encode the points of a picture and nothing else that came with it."""
    from PIL import Image

    modes = _MODES[kind]
    clear = picture if picture.mode in modes else picture.convert(modes[0])
    # Comments, profiles and the place of the shot stay behind: only the points are copied.
    bare = Image.frombytes(clear.mode, clear.size, clear.tobytes())
    written = io.BytesIO()
    bare.save(written, kind.upper(), optimize=True, quality=_QUALITY)
    return written.getvalue()
