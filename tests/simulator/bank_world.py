"""The cast of the simulator's tests: two shops, a shop's site, and a well-formed payment."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Lock, Thread

import httpx

MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SHOP, SECRET = "100500", "test_secret"
OTHER_SHOP, OTHER_SECRET = "200700", "other_secret"
RETURN_URL = "http://shop.test/payments/return?number=17"

KEYS = count(1)
"""Never repeated in a run; ``next`` on it is one step even between threads."""

ORDER = {
    "type": "utilities",
    "amount": {"value": "345.67", "currency": "RUB"},
    "payment_purpose": "Оплата электроэнергии за октябрь 2026, л/с 4012730518",
    "recipient": {
        "name": "АО «Свет»",
        "inn": "6670000000",
        "kpp": "667001001",
        "bank": {
            "name": "Банк развития",
            "bic": "044525225",
            "account": "40702810000000000001",
            "correspondent_account": "30101810400000000225",
        },
    },
    "kbk": "0",
    "oktmo": "65701000",
    "payment_period": {"month": 10, "year": 2026},
    "account_number": "4012730518",
}


def payment(**changes):
    """Return the body of a one-step payment, with top-level fields changed (None removes)."""
    body = {
        "amount": {"value": "345.67", "currency": "RUB"},
        "capture": True,
        "confirmation": {"type": "redirect", "return_url": RETURN_URL},
        "description": "Электроэнергия, л/с 4012730518",
        "metadata": {"operation": "op-17"},
        "payment_order": deepcopy(ORDER),
    } | changes
    return {name: value for name, value in body.items() if value is not None}


class Merchant:
    """A shop's own client of the bank."""

    def __init__(self, url, shop=SHOP, secret=SECRET):
        self.http = httpx.Client(base_url=url, auth=(shop, secret), timeout=10)

    def post(self, path, body=None, key=None):
        key = f"key-{next(KEYS)}" if key is None else key
        return self.http.post(
            path, json={} if body is None else body, headers={"Idempotence-Key": key}
        )

    def get(self, path, **query):
        return self.http.get(path, params=query)

    def create(self, **changes):
        answer = self.post("/v3/payments", payment(**changes))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def payment(self, identifier):
        return self.get(f"/v3/payments/{identifier}").json()

    def refund(self, identifier, value="345.67"):
        amount = {"value": value, "currency": "RUB"}
        return self.post("/v3/refunds", {"payment_id": identifier, "amount": amount})

    def close(self):
        self.http.close()


class ShopSite:
    """Receives notifications and answers what it is told to answer."""

    def __init__(self):
        self.received = []
        self.calls = []
        self.body = b""
        self.peers = []
        self.status = 200
        self.on_receive = lambda _body: None
        self._lock = Lock()
        site = self

        class Receiver(BaseHTTPRequestHandler):
            def do_GET(self):
                self._hear("GET", self.path.partition("?")[2])

            def do_POST(self):
                self._hear("POST", self.rfile.read(int(self.headers["Content-Length"])).decode())

            def _hear(self, method, text):
                body = json.loads(text) if text.startswith("{") else text
                with site._lock:
                    site.calls.append((method, text))
                    site.received.append((self.path, body))
                    site.peers.append(self.client_address[0])
                site.on_receive(body)
                self.send_response(site.status)
                self.send_header("Content-Length", str(len(site.body)))
                self.end_headers()
                self.wfile.write(site.body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def events(self):
        return [body["event"] for _, body in self.received]

    @property
    def objects(self):
        return [body["object"] for _, body in self.received]

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def order(bank, path, body):
    """Give an order through the control API."""
    return httpx.post(f"{bank.url}{path}", json=body)
