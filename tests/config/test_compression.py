"""Pages go out compressed, with a length that tells nothing; what is compressed stays as it is."""

import gzip

import brotli
import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from abonent.config import warming
from abonent.config.compression import Compression
from abonent.config.wsgi import application
from abonent.domain.suppliers.models import Supplier
from entrance import build_supplier

PAGE = "<p>Показания и начисления</p>" * 200


def answer(content=PAGE, kind="text/html; charset=utf-8", *, takes="gzip, deflate, br", **headers):
    given = HttpResponse(content, content_type=kind)
    for name, value in headers.items():
        given.headers[name.replace("_", "-")] = value
    request = RequestFactory().get("/", headers={"Accept-Encoding": takes})
    return Compression(lambda _request: given)(request)


def test_a_browser_that_takes_brotli_gets_it():
    found = answer()
    assert found["Content-Encoding"] == "br"
    assert int(found["Content-Length"]) == len(found.content) < 500
    page = brotli.decompress(found.content).decode()
    assert page.startswith(PAGE)
    assert page.removeprefix(PAGE).startswith("<!--")
    assert "Accept-Encoding" in found["Vary"]


@pytest.mark.parametrize("takes", ["gzip", "gzip, br;q=0", "gzip;q=1, zstd"])
def test_others_get_gzip(takes):
    found = answer(takes=takes)
    assert found["Content-Encoding"] == "gzip"
    assert gzip.decompress(found.content).decode() == PAGE


def test_who_takes_nothing_gets_the_page_itself():
    found = answer(takes="identity")
    assert not found.has_header("Content-Encoding")
    assert found.content.decode() == PAGE
    assert "Accept-Encoding" in found["Vary"]


@pytest.mark.parametrize("takes", ["br", "gzip"])
def test_the_same_page_has_no_one_length(takes):
    assert len({len(answer(takes=takes).content) for _ in range(60)}) > 10


def test_a_fragment_gets_no_comment():
    request = RequestFactory().get(
        "/", headers={"Accept-Encoding": "br, gzip", "HX-Request": "true"}
    )
    found = Compression(lambda _request: HttpResponse(PAGE))(request)
    assert gzip.decompress(found.content).decode() == PAGE


@pytest.mark.parametrize(
    ("content", "kind", "headers"),
    [
        (b"%PDF" * 200, "application/pdf", {}),
        ("коротко", "text/html", {}),
        (brotli.compress(PAGE.encode()), "text/css", {"Content_Encoding": "br"}),
    ],
)
def test_what_gains_nothing_is_left_alone(content, kind, headers):
    plain = HttpResponse(content).content
    assert answer(content, kind, **headers).content == plain


def test_what_comes_in_pieces_is_not_held_up():
    given = StreamingHttpResponse(iter([PAGE.encode()]), content_type="text/html")
    request = RequestFactory().get("/", headers={"Accept-Encoding": "br"})
    assert Compression(lambda _request: given)(request) is given


def test_the_site_itself_answers_compressed(db):
    build_supplier()
    page = Client().get("/test/", headers={"Accept-Encoding": "br"})
    assert page["Content-Encoding"] == "br"
    assert "Личный кабинет" in brotli.decompress(page.content).decode()


@pytest.fixture
def worker_world(db, settings, monkeypatch):
    """Let the requests of the warming leave the connection of the test open."""
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_a_worker_is_warmed_by_a_page_of_each_door(worker_world):
    assert warming.warm(application) == 3
    build_supplier()
    assert warming.warm(application) == len(warming.DOORS)
    assert warming.compile_templates() > 100


def test_a_worker_starts_even_if_it_cannot_be_warmed(worker_world, caplog):
    class Broken:
        wsgi = None

    Supplier.objects.all().delete()
    warming.post_worker_init(Broken())
    assert "прогреть" in caplog.text
