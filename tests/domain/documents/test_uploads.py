"""Files that people send: what is taken, what is left of it, who looks at it before others."""

import io
import socketserver
import struct
import threading
import zlib
from datetime import UTC, datetime

import pytest
from django.db import transaction
from PIL import Image

from abonent.adapters.scanners.clamd import Clamd
from abonent.common.refusals import NotFound
from abonent.domain.documents.models import Upload
from abonent.domain.documents.operations import NotChecked, keep_uploads, read_upload, scan_uploads
from abonent.domain.documents.operations.uploads import _place
from abonent.domain.documents.ports import ScannerError
from abonent.domain.documents.rules.uploads import (
    LONGEST_SIDE,
    MOST_BYTES,
    SentFile,
    UnfitFile,
    clean_file,
    fit_name,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def picture(kind: str, size=(40, 30), **options) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, (10, 120, 200)).save(written, kind, **options)
    return written.getvalue()


def shot() -> bytes:
    """A telephone's picture: turned, with the place where it was taken, and more behind it."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "Telephone of Anna"
    exif.get_ifd(0x8825)[2] = (56.0, 50.0, 16.0)
    return picture("JPEG", (400, 300), exif=exif, comment=b"a note") + b"PK\x05\x06<script>"


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is enormous, in a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 9))
        + chunk(b"IEND", b"")
    )


def test_of_a_picture_only_its_points_are_kept():
    kept = clean_file(SentFile("IMG_2041.JPG", shot()))
    found = Image.open(io.BytesIO(kept.content))
    assert found.size == (300, 400), "it is turned upright"
    assert not found.getexif()
    for trace in (b"Telephone", b"a note", b"<script>", b"PK\x05\x06", b"Exif"):
        assert trace not in kept.content
    png = clean_file(SentFile("снимок.png", picture("PNG") + b"<?php"))
    assert b"<?php" not in png.content


def test_a_large_picture_becomes_smaller():
    kept = clean_file(SentFile("x.jpg", picture("JPEG", (4000, 2000))))
    assert Image.open(io.BytesIO(kept.content)).size == (LONGEST_SIDE, LONGEST_SIDE // 2)


def test_a_pdf_is_kept_as_it_is():
    assert clean_file(SentFile("акт.pdf", PDF)).content == PDF


UNFIT = {
    "nothing": ("x.pdf", b"", "пустой"),
    "too much": ("x.pdf", PDF + b" " * MOST_BYTES, "больше"),
    "a page": ("x.html", b"<script>alert(1)</script>", "принимаем PDF"),
    "a drawing with scripts": ("x.svg", b"<svg onload='alert(1)'/>", "принимаем PDF"),
    "no ending": ("photo", b"\xff\xd8\xff", "принимаем PDF"),
    "two endings": ("x.jpg.exe", b"MZ", "принимаем PDF"),
    "a page called PDF": ("x.pdf", b"<html>%PDF-1.7 %%EOF", "внутри не PDF"),
    "a PDF behind something": ("x.pdf", b"GIF89a" + PDF, "внутри не PDF"),
    "a PNG called JPEG": ("x.jpg", picture("PNG"), "внутри не JPEG"),
    "a PDF called PNG": ("x.png", PDF, "внутри не PNG"),
    "an archive behind a PDF": ("x.pdf", PDF + b"PK\x05\x06" + bytes(18), "из нескольких"),
    "an archive that ends as a PDF": ("x.pdf", PDF + b"PK\x05\x06" + bytes(16) + b"\x05\0%%EOF", "из нескольких"),
    "a program behind a PDF": ("x.pdf", PDF + b"MZ" * 600, "из нескольких"),
    "half a JPEG": ("x.jpg", shot()[:900], "не читается"),
    "a JPEG in its first bytes only": ("x.jpg", b"\xff\xd8\xff\xe0" + b"<script>" * 50, "не читается"),
    "a bomb": ("x.png", bomb(50_000, 50_000), "слишком велик"),
    "half a PNG": ("x.png", bomb(3000, 3000), "не читается"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNFIT)
def test_unfit_files_are_refused_with_a_remedy(name: str):
    called, content, words = UNFIT[name]
    with pytest.raises(UnfitFile, match=words) as refused:
        clean_file(SentFile(called, content))
    assert refused.value.field == "files"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\фото\\счётчик.jpg", "счётчик.jpg"),
        ("акт\u202efdp.exe\x00.pdf", "актfdp.exe.pdf"),
        ("  .pdf", "pdf"),
        ("", "файл"),
        ("a" * 200 + ".pdf", "a" * 76 + ".pdf"),
    ],
)
def test_names_are_bare_and_visible(sent: str, kept: str):
    assert fit_name(sent) == kept


def keep(settings, tmp_path, scanner: str = "") -> Upload:
    settings.UPLOADS, settings.SCANNER = tmp_path, scanner
    with transaction.atomic():
        (upload,) = keep_uploads(
            supplier_id=7, files=[clean_file(SentFile("акт.pdf", PDF))], user_id=1, now=NOW
        )
    return Upload.objects.get(pk=upload)


@pytest.mark.django_db
def test_a_file_lies_under_a_name_of_ours(settings, tmp_path):
    kept = keep(settings, tmp_path)
    (place,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert place.name == kept.uuid.hex
    assert read_upload(upload_id=kept.pk) == PDF
    place.unlink()
    with pytest.raises(NotFound):
        read_upload(upload_id=kept.pk)


class Scanner:
    """A scanner that says what the test tells it."""

    answers: list[bool | None] = []

    def is_clean(self, content: bytes) -> bool:
        assert content == PDF
        answer = self.answers.pop(0)
        if answer is None:
            raise ScannerError("silent")
        return answer


HERE = f"{__name__}.Scanner"


@pytest.mark.django_db
def test_nobody_gets_a_file_before_the_scanner_has_looked(settings, tmp_path):
    kept = keep(settings, tmp_path, HERE)
    Scanner.answers = [None, True]
    for _ in range(2):
        with pytest.raises(NotChecked, match="проверяется"):
            read_upload(upload_id=kept.pk)
        Scanner.answers and scan_uploads(now=NOW)
    assert read_upload(upload_id=kept.pk) == PDF


@pytest.mark.django_db
def test_a_bad_file_is_removed(settings, tmp_path):
    kept = keep(settings, tmp_path, HERE)
    Scanner.answers = [False]
    assert scan_uploads(now=NOW) == 1
    assert not _place(7, kept.uuid).exists()
    with pytest.raises(NotChecked, match="вирус"):
        read_upload(upload_id=kept.pk)


class Daemon(socketserver.BaseRequestHandler):
    """Plays ClamAV's daemon: finds what has EICAR in it."""

    def handle(self) -> None:
        read = b""
        while not read.endswith(bytes(4)):
            read += self.request.recv(65_536)
        assert read.startswith(b"zINSTREAM\0")
        bad = b"EICAR" in read
        word = b"stream: Eicar-Signature FOUND\0" if bad else b"stream: OK\0"
        self.request.sendall(b"INSTREAM size limit exceeded. ERROR\0" if b"HUGE" in read else word)


def test_the_daemon_is_asked_and_understood(settings):
    with socketserver.TCPServer(("127.0.0.1", 0), Daemon) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMD = f"127.0.0.1:{server.server_address[1]}"
        assert Clamd().is_clean(PDF + b"." * 200_000)
        assert not Clamd().is_clean(b"X5O!P%@AP EICAR")
        with pytest.raises(ScannerError):
            Clamd().is_clean(b"HUGE")
        server.shutdown()


def test_a_daemon_that_is_away_says_nothing_of_a_file(settings):
    settings.CLAMD = "127.0.0.1:1"
    with pytest.raises(ScannerError):
        Clamd().is_clean(PDF)
