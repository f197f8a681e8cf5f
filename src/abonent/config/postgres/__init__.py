"""The embedded PostgreSQL: our own launcher around the programs of a wheel.

An ordinary user and root may run it; see ``lease`` for sharing it between processes and
``connection_parameters`` for Django.
"""

from abonent.config.postgres.connection import check_outside_server, connection_parameters
from abonent.config.postgres.lease import Lease, lease, settle
from abonent.config.postgres.places import Places, data_folder, places
from abonent.config.postgres.refusals import ServerRefusal

__all__ = [
    "Lease",
    "Places",
    "ServerRefusal",
    "check_outside_server",
    "connection_parameters",
    "data_folder",
    "lease",
    "places",
    "settle",
]
