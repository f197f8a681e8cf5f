"""What the supplier of a town tells: a piece of news and an outage a few days ahead."""

from datetime import datetime, timedelta

from abonent.domain.support import operations, queries
from abonent.interfaces.jobs.demo.town import Town

_TITLE = "Как устроен этот кабинет"
_TEXT = (
    "Перед вами учебный город: люди, адреса и суммы вымышлены. Показания, платежи и обращения "
    "можно отправлять смело."
)


def tell_news(town: Town, *, now: datetime) -> None:
    """Publish both, unless the town has news already."""
    if queries.news(supplier_id=town.supplier_id, now=now):
        return
    operations.publish_news(
        supplier_id=town.supplier_id, title=_TITLE, text=_TEXT, actor_id=None, now=now
    )
    begins = (now + timedelta(days=3)).replace(hour=6, minute=0, second=0, microsecond=0)
    house = town.accounts[0].house
    operations.announce_outage(
        supplier_id=town.supplier_id,
        service="Плановые работы",
        places=f"{house.street}, {house.number}",
        reason="замена оборудования",
        begins_at=begins,
        ends_at=begins + timedelta(hours=6),
        actor_id=None,
        now=now,
    )
