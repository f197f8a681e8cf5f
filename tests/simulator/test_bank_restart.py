"""Killed at any moment, the bank remembers what it answered for."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest
from bank_world import MORNING, SECRET, SHOP, payment

from bank_simulator import Shop, Simulator
from bank_simulator.__main__ import build, read_arguments


@contextmanager
def running(file, url, *more):
    """Run the command on a free port and give the process and its address."""
    command = [
        sys.executable, "-m", "bank_simulator", "--port", "0", "--data", str(file),
        "--seed", "3", "--shop", f"{SHOP}:{SECRET}:{url}", *more,
    ]  # fmt: skip
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": "src"}
    )
    try:
        line = process.stderr.readline()
        yield process, next(word for word in line.split() if word.startswith("http")).rstrip(";")
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def test_every_answer_survives_kill_9(tmp_path, site, merchant_at):
    file = tmp_path / "bank.sqlite"
    answered = {}
    with running(file, site.url) as (process, address):
        merchant = merchant_at(address)

        def create(number):
            try:
                answer = merchant.post("/v3/payments", payment(), key=f"op-{number}")
            except httpx.HTTPError:
                return
            answered[f"op-{number}"] = answer.json()["id"]
            if number == 25:
                os.kill(process.pid, signal.SIGKILL)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(create, range(60)))
    assert 20 <= len(answered) < 60
    with running(file, site.url) as (_, address):
        merchant = merchant_at(address)
        for key, identifier in answered.items():
            assert merchant.post("/v3/payments", payment(), key=key).json()["id"] == identifier
        truth = httpx.get(f"{address}/_sim/truth").json()
        known = [row["id"] for row in truth["payments"]]
    assert set(answered.values()) <= set(known)
    assert len(known) == len(set(known))
    # At most the four calls in flight were done without an answer.
    assert len(known) <= len(answered) + 4


def test_a_restart_keeps_time_money_and_the_outgoing_box(tmp_path, site, merchant_at):
    file = str(tmp_path / "bank.sqlite")
    shops = [Shop(SHOP, SECRET, site.url)]
    with Simulator(seed=3, shops=shops, data=file, starts_at=MORNING) as bank:
        merchant = merchant_at(bank.url)
        made = merchant.create()
        bank.advance(600)
        bank.payer(made["id"], act="pay")
        site.status = 500
        bank.deliver_due()
        before = bank.truth()
    with Simulator(seed=3, shops=shops, data=file, starts_at=MORNING) as bank:
        assert bank.truth() == before
        merchant = merchant_at(bank.url)
        assert merchant.payment(made["id"])["status"] == "succeeded"
        assert merchant.create()["id"] != made["id"]
        site.status = 200
        bank.advance(60)
        (delivery,) = bank.deliver_due()
        assert delivery.accepted
    assert len(site.received) == 2


def test_a_notification_interrupted_by_death_is_sent_again(tmp_path, site, merchant_at):
    file = str(tmp_path / "bank.sqlite")
    shops = [Shop(SHOP, SECRET, site.url)]
    with Simulator(shops=shops, data=file, starts_at=MORNING) as bank:
        merchant = merchant_at(bank.url)
        bank.payer(merchant.create()["id"], act="pay")
        with bank.store.transaction():
            bank.store.rows("UPDATE notifications SET state = 'sending'")
        assert bank.deliver_due() == []
    with Simulator(shops=shops, data=file, starts_at=MORNING) as bank:
        assert len(bank.deliver_due()) == 1


def test_the_command_runs_by_itself_and_stops_when_told(tmp_path, site, merchant_at):
    with running(tmp_path / "bank.sqlite", site.url) as (process, address):
        from threading import Event

        told = Event()
        site.on_receive = lambda _body: told.set()
        merchant = merchant_at(address)
        made = merchant.create()
        answer = httpx.post(f"{address}/pay/{made['id']}/card", data={
            "number": "2200 0000 0000 0004", "validity": "12/30", "code": "123"})  # fmt: skip
        assert answer.status_code == 303
        assert told.wait(15)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) == 0


def test_the_command_line_is_read(monkeypatch):
    monkeypatch.setenv("BANK_SIMULATOR_SHOPS", "1:a:http://127.0.0.1:8000/hook 2:b")
    arguments = read_arguments(
        ["--shop", "3:c:https://shop.test/hook", "--no-control", "--no-payment-order",
         "--no-delivery", "--port", "0", "--starts-at", "2026-11-24T12:00:00+03:00"]
    )  # fmt: skip
    bank = build(arguments)
    assert bank.options.control == "off"
    assert bank.options.payment_order == "optional"
    assert bank.options.delivery == "on_demand"
    with bank:
        assert bank.clock.now() == MORNING
        for shop, secret in (("1", "a"), ("2", "b"), ("3", "c")):
            me = httpx.get(f"{bank.url}/v3/me", auth=(shop, secret))
            assert me.json()["account_id"] == shop
    arguments = read_arguments([])
    assert (arguments.port, arguments.host, arguments.seed) == (8100, "127.0.0.1", 1)


@pytest.mark.parametrize("text", ["", "100", "100:", ":secret"])
def test_a_shop_written_wrongly_is_refused_without_its_secret(text):
    with pytest.raises(ValueError, match="ID:SECRET") as refused:
        Shop.parse(text)
    assert "secret" not in str(refused.value).split("SECRET")[0]


def test_an_address_behind_a_proxy_can_be_told(merchant_at):
    from bank_simulator import Options

    options = Options(public_url="https://bank.test/")
    with Simulator(shops=[Shop(SHOP, SECRET)], options=options) as bank:
        host, port = bank._server.server_address
        merchant = merchant_at(f"http://{host}:{port}")
        made = merchant.create()
        assert made["confirmation"]["confirmation_url"] == f"https://bank.test/pay/{made['id']}"


def test_too_large_a_body_is_refused(bank, merchant):
    headers = {"Idempotence-Key": "k"}
    answer = merchant.http.post("/v3/payments", content=b" " * 1_000_001, headers=headers)
    assert answer.status_code == 413
    assert merchant.get("/v3/me").status_code == 200
