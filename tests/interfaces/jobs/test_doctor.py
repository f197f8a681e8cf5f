"""``abonent doctor``: every ill it knows is found and has a remedy; a sound house has none."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from abonent.interfaces.jobs import checkup

pytestmark = pytest.mark.django_db


@pytest.fixture
def production(settings):
    settings.DEMO = settings.TEST_PAYMENTS = settings.DEBUG = False
    settings.PUBLIC_URL = "https://lk.example.ru"
    settings.ALLOWED_HOSTS = [".example.ru"]
    settings.YOOKASSA_URL = "https://api.yookassa.ru/v3"
    settings.YOOKASSA_SHOPS = '{"sesb": "123456:live_key"}'
    settings.TBANK_SHOPS = '{"teplo-nn": "1700500:live"}'
    settings.SECRET_KEY = "k" * 64
    return settings


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def found(name):
    return checkup.look(name)[1]


def defer_a_job(waiting):
    run(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at) "
        "VALUES ('default', 'x', 'todo', %s)",
        timezone.now() - waiting,
    )


def test_a_sound_installation_has_a_line_per_check_and_no_remedy(production):
    run("SET synchronous_commit = on")
    # The tests' own server does without fsync, which the doctor rightly dislikes.
    checks = [name for name in checkup.CHECKS if name != "database"]
    out = StringIO()
    call_command("doctor", *checks, stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == len(checks)
    assert all(line.startswith("✓ ") for line in lines), lines


def test_an_ill_one_ends_with_one_and_names_the_remedy(production):
    production.PUBLIC_URL = "http://lk.example.ru"
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("doctor", "address", "disk", stdout=out)
    assert end.value.code == 1
    assert out.getvalue().startswith("✗ Адрес сайта: http://lk.example.ru. Настройте TLS")


def test_an_unknown_check_is_misuse():
    with pytest.raises(CommandError, match="нет проверки «liver»"):
        call_command("doctor", "liver")


def test_lost_durability_is_found():
    run("SET synchronous_commit = off")
    assert "synchronous_commit" in found("database").found
    assert "платежи" in found("database").remedy


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"server_version_num": 140011, "server_version": "14.11"}, "15 или новее"),
        (
            {"server_version_num": 180006, "server_version": "18", "server_encoding": "LATIN1"},
            "UTF8",
        ),
    ],
)
def test_an_unfit_server_is_found(monkeypatch, answers, words):
    monkeypatch.setattr(checkup, "_one", lambda text: answers[text.split("'")[1]])
    assert words in found("database").remedy


def test_a_table_that_is_behind_is_found():
    run("DELETE FROM django_migrations WHERE app = 'sessions'")
    assert found("migrations").found == "не применено: 1"
    assert "abonent migrate" in found("migrations").remedy


def test_a_queue_nobody_works_is_wrong_only_when_jobs_wait():
    assert found("queue").remedy == ""
    assert "abonent run" in found("worker").remedy
    defer_a_job(timedelta(minutes=4))
    assert found("queue").remedy == "", "a minute or two is no illness"
    defer_a_job(timedelta(minutes=6))
    assert "ждут дольше 5 минут: 1" in found("queue").found
    assert "abonent run" in found("queue").remedy


def test_a_worker_is_known_by_its_signs_of_life():
    run("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    assert found("worker").remedy == ""
    defer_a_job(timedelta(hours=1))
    assert "ещё один" in found("queue").remedy
    run("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'")
    assert found("worker").remedy != ""


def test_a_full_disc_is_found(monkeypatch, settings):
    monkeypatch.setattr(checkup, "LEAST_FREE", 2**70)
    assert str(settings.DATA) in found("disk").remedy


def test_a_data_folder_that_is_not_made_yet_lies_on_some_disc(settings, tmp_path):
    settings.DATA = tmp_path / "not" / "yet"
    assert found("disk").remedy == ""


def test_wrong_clocks_are_found(monkeypatch):
    monkeypatch.setattr(checkup, "now", lambda: timezone.now() - timedelta(seconds=40))
    assert "расходятся на 40 с" in found("clock").found
    monkeypatch.setattr(checkup, "now", lambda: timezone.now() - timedelta(days=9999))
    assert "NTP" in found("clock").remedy


def test_a_missing_time_zone_is_found(monkeypatch):
    monkeypatch.setattr(checkup, "ZONES", ("Europe/Moscow", "Asia/Atlantis"))
    assert "Asia/Atlantis" in found("clock").found


def test_missing_fonts_are_found(monkeypatch, tmp_path):
    monkeypatch.setattr(checkup, "files", lambda _package: tmp_path)
    assert found("fonts").remedy


def test_a_weak_or_open_key_is_found(production, tmp_path):
    production.DATA = tmp_path
    key = tmp_path / "secret-key"
    key.write_text("k" * 64)
    key.chmod(0o644)
    assert "chmod 600" in found("key").remedy
    key.chmod(0o600)
    assert found("key").remedy == ""
    production.SECRET_KEY = "short"
    assert "ABONENT_SECRET_KEY_FILE" in found("key").remedy


@pytest.mark.parametrize(
    ("setting", "value", "remedy"),
    [
        ("DEBUG", True, "ABONENT_DEBUG"),
        ("PUBLIC_URL", "http://lk.example.ru", "TLS"),
        ("ALLOWED_HOSTS", ["127.0.0.1"], "ABONENT_HOSTS=lk.example.ru"),
        ("PUBLIC_URL", "http://127.0.0.1:8000", ""),
        ("ALLOWED_HOSTS", ["*"], ""),
    ],
)
def test_the_address_is_fit_for_people(production, setting, value, remedy):
    setattr(production, setting, value)
    assert remedy in found("address").remedy
    assert bool(remedy) == bool(found("address").remedy)


@pytest.mark.parametrize(
    ("setting", "value", "remedy"),
    [
        ("YOOKASSA_SHOPS", '{"sesb": "1:test_key", "nesk": "2:live"}', "рабочими ключами"),
        ("YOOKASSA_URL", "http://127.0.0.1:8100/v3", "без TLS"),
        ("TEST_PAYMENTS", True, "ABONENT_DEMO"),
        ("YOOKASSA_SHOPS", "", ""),
        ("TBANK_SHOPS", '{"sesb": "1700500DEMO:password"}', "рабочими ключами"),
        ("TBANK_SHOPS", '{"sesb": "1700500"}', "рабочими ключами"),
        ("TBANK_URL", "http://127.0.0.1:8100/v2", "без TLS"),
        (
            "RBS_SHOPS",
            '{"sesb": {"number": "a-api", "secret": "s", "url": "https://3dsec.sberbank.ru/payment/rest"}}',
            "рабочими ключами",
        ),
        (
            "RBS_SHOPS",
            '{"sesb": {"token": "live", "url": "https://pay.alfabank.ru/payment/rest"}}',
            "",
        ),
        ("RBS_URL", "http://127.0.0.1:8100/payment/rest", "без TLS"),
    ],
)
def test_real_payments_never_go_to_a_test_shop(production, setting, value, remedy):
    setattr(production, setting, value)
    assert remedy in found("acquirers").remedy
    assert bool(remedy) == bool(found("acquirers").remedy)


def test_shops_in_a_file_are_looked_at_too(production, tmp_path):
    production.YOOKASSA_SHOPS = ""
    production.YOOKASSA_SHOPS_FILE = str(Path(tmp_path) / "shops")
    Path(production.YOOKASSA_SHOPS_FILE).write_text('{"sesb": "1:test_key"}')
    assert "sesb" in found("acquirers").found


def test_in_the_demo_no_bank_is_needed(production):
    production.DEMO = production.TEST_PAYMENTS = True
    assert found("acquirers").remedy == ""


def test_a_silent_database_is_a_finding(monkeypatch):
    def silent(_statement):
        raise OperationalError("connection refused\nmore")

    monkeypatch.setattr(checkup, "_one", silent)
    monkeypatch.setattr(checkup.connection, "close", lambda: None)
    assert found("database").found == "база не отвечает: connection refused"
    assert "DATABASE_URL" in found("database").remedy


def test_channels_of_agents_that_cannot_work_are_named(settings, tmp_path):
    assert found("agents") == checkup.Finding("не настроены")
    path = tmp_path / "agents.toml"
    settings.AGENTS_FILE = str(path)
    assert "agents.toml" in found("agents").found
    path.write_text('[demo.telepay]\nprotocol = "telepay"\n')
    assert found("agents").found.startswith("[demo.telepay] канал открыт всем")
    assert found("agents").remedy
    path.write_text('[demo.telepay]\nprotocol = "telepay"\naddresses = ["79.142.16.0/20"]\n')
    assert found("agents") == checkup.Finding("настроены")
