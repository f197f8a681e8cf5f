"""From the words of a sheet to a tagged PDF. The only place that knows typst and segno."""

import io
import json
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

import segno
import typst

PAPER = Path(__file__).resolve().parent.parent / "paper"
# PDF/UA-1 for screen readers, PDF/A-2a so that a bill can be read in twenty years.
STANDARDS: list[Literal["ua-1", "a-2a"]] = ["ua-1", "a-2a"]
# A fixed mask: choosing the best of eight takes five times longer and reads no better.
MASK = 2
DOTS_PER_MODULE = 4

# A compiler keeps fonts and the parsed template between bills, but serves one at a time.
_turn = threading.Lock()


def typeset(template: str, sheet: Mapping[str, object], *, qr: str, made_at: datetime) -> bytes:
    """Return the PDF of a sheet; the same sheet, code and moment give the same bytes.

    ``template`` is a name in ``paper``: bill, statement, blank, form. ``qr`` is the payload of the
    payment code, empty for none; ``made_at`` is aware and becomes the date of the file.
    """
    modules, picture = _code(qr) if qr else (0, [])
    inputs = {
        "sheet": json.dumps(sheet, ensure_ascii=False),
        "qr": json.dumps(picture),
        "modules": str(modules),
    }
    with _turn:
        pdf = _compiler(template).compile(
            format="pdf",
            pdf_standards=[*STANDARDS],
            timestamp=int(made_at.timestamp()),
            sys_inputs=inputs,
        )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gives a PDF as one piece.")
    return pdf


@lru_cache(maxsize=4)
def _compiler(template: str) -> typst.Compiler:
    """Return the compiler with our own faces alone, whatever the machine has installed."""
    return typst.Compiler(
        str(PAPER / f"{template}.typ"),
        root=str(PAPER),
        font_paths=[str(PAPER / "fonts")],
        ignore_system_fonts=True,
    )


def _code(payload: str) -> tuple[int, list[int]]:
    """Return the side of the code in modules and the bytes of its picture.

    Bytes, not text, go in: the payload's header promises UTF-8, and a library given text
    may choose another encoding (PERF D). Correction level M is what banks expect.
    """
    code = segno.make(payload.encode(), error="m", mask=MASK, micro=False, boost_error=False)
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=DOTS_PER_MODULE, border=0)
    return len(code.matrix), list(picture.getvalue())
