"""The network of terminals as a process: it takes orders by HTTP and has its own truth."""

from bank_simulator.terminals import Terminals
from bank_simulator.terminals.desk import Desk
from bank_simulator.web import Request

DEAD = "http://127.0.0.1:1/api/agents/x/osmp/"


def told(desk, method, path, body=b"", **more):
    answer = desk.answer(Request(method, path, body=body, peer="127.0.0.1", **more))
    return answer.status, answer.body.decode()


def test_money_put_in_stays_open_while_nobody_answers():
    network = Terminals(DEAD, seed=3)
    desk = Desk(network)
    status, _ = told(desk, "POST", "/put_in", b'{"account": "1", "amount": 500}')
    (deal,) = network.deals
    order = f'{{"number": "{deal.number}", "manner": "pay"}}'.encode()
    assert status == 200
    assert '"outcome": "open"' in told(desk, "POST", "/act", order)[1]
    assert '"problem": "ConnectionRefusedError"' in told(
        desk, "POST", "/act", order.replace(b"pay", b"hang_up")
    )[1]  # fmt: skip
    assert f'"number": "{deal.number}"' in told(desk, "GET", "/truth")[1]


def test_wrong_orders_are_refused_and_strangers_too():
    desk = Desk(Terminals(DEAD, seed=3))
    for body in (b"{}", b"[", b'{"account": 1, "amount": 5}', b'{"account": "1", "amount": 0}'):
        assert told(desk, "POST", "/put_in", body)[0] == 400
    assert told(desk, "POST", "/act", b'{"number": "7", "manner": "pay"}')[0] == 400
    assert told(desk, "GET", "/elsewhere")[0] == 404
    assert desk.answer(Request("GET", "/truth", peer="10.0.0.1")).status == 403
    assert told(desk, "GET", "/truth", headers={"via": "proxy"})[0] == 403
