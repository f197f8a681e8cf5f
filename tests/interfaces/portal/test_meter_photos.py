"""Pictures of a meter beside the proof of its readings: drawn anew, private, shown in the history."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from abonent.domain.documents.models import Upload
from abonent.domain.metering.models import MeterPhoto, MeterReading
from cabinets import stranger, waiting_for
from flat import HISTORY, READINGS
from seen import keeps_the_policy, words
from sheets import confirm, usual


@pytest.fixture(autouse=True)
def _own_shelf(settings, tmp_path):
    settings.UPLOADS = tmp_path


@pytest.fixture
def proof(owner, registers) -> str:
    """The address of the proof of readings that were just sent."""
    confirm(owner, usual(registers))
    return f"{READINGS}{MeterReading.objects.get().pk}/"


def shot(kind: str = "JPEG", name: str = "meter.jpg") -> SimpleUploadedFile:
    """A telephone's picture with the place where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (56.0, 50.0, 16.0)
    written = io.BytesIO()
    Image.new("RGB", (40, 30), (9, 9, 9)).save(written, kind, exif=exif)
    return SimpleUploadedFile(name, written.getvalue())


def send(client: Client, proof: str, *files: SimpleUploadedFile) -> str:
    return words(client.post(f"{proof}photos/", {"files": list(files)}, follow=True))


def picture_of(proof: str) -> str:
    return f"{proof}photos/{Upload.objects.get().uuid}/"


def test_a_picture_is_sent_with_the_proof_and_is_seen_in_the_history(owner, proof):
    assert "есть снимок" not in words(owner.get(HISTORY))
    page = send(owner, proof, shot())
    assert "Снимок приложен" in page
    assert "meter.jpg" in page
    answer = owner.get(picture_of(proof))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "есть снимок" in words(owner.get(HISTORY))
    assert keeps_the_policy(owner.get(proof))


def test_of_the_picture_only_its_points_are_kept(owner, proof):
    send(owner, proof, shot())
    content = owner.get(picture_of(proof)).content
    with Image.open(io.BytesIO(content)) as kept:
        assert not kept.getexif()
    assert b"Exif" not in content


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("meter.pdf", b"%PDF-1.7\n%%EOF\n"), ("meter.svg", b"<svg/>"), ("meter.jpg", b"<html>"),
        ("meter.jpg", b""), ("meter.png", b"\xff\xd8\xff"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_not_taken(owner, proof, name, content):
    page = send(owner, proof, SimpleUploadedFile(name, content))
    assert "Снимок приложен" not in page
    assert not MeterPhoto.objects.exists()


def test_a_form_without_a_picture_says_so(owner, proof):
    assert "Выберите снимок" in send(owner, proof)


def test_six_pictures_are_too_many(owner, proof):
    for _ in range(2):
        send(owner, proof, *[shot(name=f"{place}.jpg") for place in range(3)])
    assert MeterPhoto.objects.count() == 3
    assert "Уже есть: 3" in send(owner, proof, *[shot(name=f"{place}.jpg") for place in range(3)])


def test_nobody_else_sees_or_adds_a_picture(owner, proof, home):
    send(owner, proof, shot())
    address = picture_of(proof)
    newcomer = waiting_for(home[0])
    for client in (stranger(), newcomer):
        assert client.get(address).status_code == 404
        assert client.post(f"{proof}photos/", {"files": [shot()]}).status_code == 404
    assert Client().get(address)["Location"].startswith("/demo/sign-in/")
    assert MeterPhoto.objects.count() == 1


def test_a_picture_of_another_submission_is_not_here(owner, proof, registers):
    send(owner, proof, shot())
    address = picture_of(proof)
    confirm(owner, usual(registers, cold="129,4") | {"key": "1" * 32})
    other = MeterReading.objects.exclude(pk=proof.split("/")[-2]).get()
    send(owner, f"{READINGS}{other.pk}/", shot(name="other.jpg"))
    assert owner.get(address.replace(proof.split("/")[-2], str(other.pk))).status_code == 404


def test_no_picture_is_handed_out_before_the_scanner_has_looked(owner, proof, settings):
    settings.SCANNER = "abonent.adapters.scanners.clamd.Clamd"
    send(owner, proof, shot())
    answer = owner.get(picture_of(proof))
    assert answer.status_code == 302
    assert "ещё проверяется" in words(owner.get(proof))
