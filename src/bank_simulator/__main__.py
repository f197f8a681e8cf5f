"""Command line: ``python -m bank_simulator --port 8100 --shop ID:SECRET:WEBHOOK_URL``."""

from __future__ import annotations

import argparse
import logging
import os
import signal
from threading import Event

from bank_simulator.clock import from_text
from bank_simulator.records import Shop
from bank_simulator.simulator import Options, Simulator

log = logging.getLogger("bank_simulator")


def read_arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Return the arguments; shops come from the command line and from the environment."""
    parser = argparse.ArgumentParser(
        prog="bank-simulator", description="A bank that moves no real money, for tests and demos."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--data", default=":memory:", metavar="FILE", help="the bank's memory")
    parser.add_argument("--seed", type=int, default=1, help="decides everything random")
    parser.add_argument(
        "--shop",
        action="append",
        default=[],
        metavar="ID:SECRET:WEBHOOK_URL",
        help="may be repeated; also BANK_SIMULATOR_SHOPS, separated by spaces",
    )
    parser.add_argument("--public-url", default="", help="the address payers see")
    parser.add_argument("--send-from", default="", metavar="ADDRESS", help="of notifications")
    parser.add_argument("--starts-at", default="", metavar="ISO", help="a clock that stands still")
    parser.add_argument("--no-control", action="store_true", help="switch /_sim/ off")
    parser.add_argument("--no-payment-order", action="store_true", help="do not demand it")
    parser.add_argument("--no-delivery", action="store_true", help="deliver only on /_sim/deliver")
    parser.add_argument("--verbose", action="store_true", help="log every request")
    return parser.parse_args(given)


def build(arguments: argparse.Namespace) -> Simulator:
    """Return the simulator the arguments describe, not started yet."""
    texts = [*arguments.shop, *os.environ.get("BANK_SIMULATOR_SHOPS", "").split()]
    return Simulator(
        seed=arguments.seed,
        shops=[Shop.parse(text) for text in texts],
        data=arguments.data,
        starts_at=from_text(arguments.starts_at) if arguments.starts_at else None,
        options=Options(
            host=arguments.host,
            port=arguments.port,
            public_url=arguments.public_url,
            sends_from=arguments.send_from,
            payment_order="optional" if arguments.no_payment_order else "required",
            control="off" if arguments.no_control else "loopback",
            delivery="on_demand" if arguments.no_delivery else "by_itself",
        ),
    )


def main() -> None:
    """Run the bank until it is told to stop."""
    arguments = read_arguments()
    logging.basicConfig(
        level=logging.INFO if arguments.verbose else logging.WARNING,
        format="%(asctime)s %(name)s %(message)s",
    )
    log.setLevel(logging.INFO)
    logging.getLogger("bank_simulator.server").setLevel(
        logging.INFO if arguments.verbose else logging.WARNING
    )
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with build(arguments) as simulator:
        log.info("The bank simulator answers at %s; no real money moves here.", simulator.url)
        stop.wait()


if __name__ == "__main__":
    main()
