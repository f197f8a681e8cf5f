"""Pay by terminals once, or stand as a network that is told by HTTP what people do.

python -m bank_simulator.terminals CHANNEL_ADDRESS --account 0010012345 --sum 500 --count 3
python -m bank_simulator.terminals CHANNEL_ADDRESS --port 8200
"""

import argparse
import random
import signal
import sys
from datetime import datetime
from threading import Event

from bank_simulator.server import Server
from bank_simulator.terminals.desk import Desk
from bank_simulator.terminals.network import EPS, OSMP, Terminals


def main(arguments: list[str] | None = None) -> int:
    """Check a number and pay for it some times, 0 when all of it was taken; or listen."""
    reader = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    reader.add_argument("url", help="the address of a channel")
    reader.add_argument("--protocol", choices=("osmp", "eps"), default="osmp")
    reader.add_argument("--account", default="")
    reader.add_argument("--sum", type=int, default=100, help="whole roubles")
    reader.add_argument("--count", type=int, default=1)
    reader.add_argument("--seed", type=int, default=None)
    reader.add_argument("--port", type=int, default=0, help="listen to orders instead of paying")
    given = reader.parse_args(arguments)
    if bool(given.account) == bool(given.port):
        reader.error("either --account or --port")
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(2**32)
    network = Terminals(given.url, EPS if given.protocol == "eps" else OSMP, seed=seed)
    return _listen(network, given.port) if given.port else _pay(network, given)


def _pay(network: Terminals, given: argparse.Namespace) -> int:
    sys.stdout.write(f"check: {network.check(given.account).body.decode('utf-8', 'replace')}")
    for _ in range(given.count):
        deal = network.put_in(given.account, given.sum * 100, datetime.now().astimezone())
        network.pay_until_final(deal)
        sys.stdout.write(f"{deal.number}: {deal.outcome} {deal.ours}\n")
    return 0 if len(network.taken()) == given.count else 1


def _listen(network: Terminals, port: int) -> int:
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    server = Server(("127.0.0.1", port), Desk(network).answer)
    server.start()
    stop.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
