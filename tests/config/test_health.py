"""``/health`` tells a container and a load balancer whether the site reaches its database."""

import pytest
from django.db import OperationalError
from django.http import HttpResponse

from abonent.config import health


@pytest.fixture
def ask(rf):
    door = health.Health(lambda _request: HttpResponse("the site"))
    return lambda path: door(rf.get(path, headers={"host": "no.such.host"}))


@pytest.mark.django_db
def test_a_site_with_its_database_is_well_under_any_name(ask):
    answer = ask("/health")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_a_site_without_its_database_is_not(ask, monkeypatch):
    def lost():
        raise OperationalError("gone")

    monkeypatch.setattr(health.connection, "cursor", lost)
    assert ask("/health").status_code == 503


def test_other_addresses_go_on(ask):
    assert ask("/healthy").content == b"the site"


def test_it_is_the_first_to_look(settings):
    assert settings.MIDDLEWARE[0] == "abonent.config.health.Health"
