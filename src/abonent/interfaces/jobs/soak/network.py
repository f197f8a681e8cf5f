"""The network of terminals of a run: the simulator's own process, given orders by HTTP."""

from dataclasses import dataclass

import httpx

# A terminal waits ten seconds for an answer, and an order may be several calls.
PATIENCE = 60.0


@dataclass
class Deal:
    """Money that somebody put into a terminal, and what its network says of it (kopecks)."""

    number: str
    amount: int
    outcome: str = "open"


class Network:
    """Orders to the network; what it answers finally stands in the deals."""

    def __init__(self, url: str) -> None:
        self._line = httpx.Client(
            base_url=url, trust_env=False, timeout=PATIENCE, limits=httpx.Limits()
        )
        self.deals: list[Deal] = []

    def put_in(self, account: str, amount: int) -> Deal:
        """Let somebody put money in: from now on the supplier has to answer for it."""
        told = self._line.post("/put_in", json={"account": account, "amount": amount})
        told.raise_for_status()
        self.deals.append(Deal(told.json()["number"], amount))
        return self.deals[-1]

    def act(self, deal: Deal, manner: str) -> str:
        """Let the lines tell of the money in this manner; return how it stands now.

        A line that broke leaves it as it was.
        """
        told = self._line.post("/act", json={"number": deal.number, "manner": manner})
        told.raise_for_status()
        deal.outcome = told.json()["outcome"]
        return deal.outcome
