"""How to reach the database: Django's values, and the check of an outside server."""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from abonent.config.postgres.cluster import DATABASE, ROLE
from abonent.config.postgres.places import data_folder, places
from abonent.config.postgres.refusals import ServerRefusal

OLDEST = 150000
ENGINE = "django.db.backends.postgresql"
# What Django keeps beside OPTIONS, by libpq's names.
OWN_KEYS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST"}


def connection_parameters(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return Django's ``DATABASES['default']``; nothing is started or contacted.

    From ``DATABASE_URL`` as libpq reads it (with its query parameters as OPTIONS), else the
    socket of the embedded server. Refuses an address that cannot be read.
    """
    address = environment.get("DATABASE_URL", "")
    if not address:
        return {
            "ENGINE": ENGINE,
            "NAME": DATABASE,
            "USER": ROLE,
            "PASSWORD": "",
            "HOST": str(places(data_folder(environment)).socket),
            "PORT": "5432",
            "OPTIONS": {},
        }
    known = _read(address)
    if "dbname" not in known:
        raise ServerRefusal(
            "В DATABASE_URL не названа база данных. Допишите её имя после адреса: "
            "postgresql://имя:пароль@адрес:5432/база."
        )
    taken = {key: known.pop(name, "") for name, key in OWN_KEYS.items()}
    return {"ENGINE": ENGINE, **taken, "PORT": known.pop("port", ""), "OPTIONS": known}


def check_outside_server(parameters: Mapping[str, Any]) -> None:
    """Check that the server of ``DATABASE_URL`` answers, is new enough and keeps UTF-8.

    Refuses with the reason and the remedy; the password is never repeated.
    """
    try:
        with psycopg.connect(
            dbname=parameters["NAME"],
            user=parameters["USER"] or None,
            password=parameters["PASSWORD"] or None,
            host=parameters["HOST"] or None,
            port=parameters["PORT"] or None,
            **{"connect_timeout": "10", **parameters["OPTIONS"]},
        ) as connection:
            version = connection.info.server_version
            encoding = connection.info.parameter_status("server_encoding")
    except psycopg.OperationalError as error:
        raise ServerRefusal(
            f"База данных из DATABASE_URL не отвечает: {str(error).strip()} "
            "Проверьте адрес, имя, пароль и то, что сервер запущен."
        ) from error
    if version < OLDEST:
        raise ServerRefusal(
            f"Нужен PostgreSQL 15 или новее, а сервер из DATABASE_URL – {version // 10000}. "
            "Обновите сервер или уберите DATABASE_URL: Абонент запустит встроенный."
        )
    if encoding != "UTF8":
        raise ServerRefusal(
            f"База данных из DATABASE_URL хранит текст в кодировке {encoding}, а нужна UTF8. "
            "Создайте базу заново: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0."
        )


def _read(address: str) -> dict[str, str]:
    try:
        if address.startswith(("postgresql://", "postgres://")):
            return {name: str(value) for name, value in conninfo_to_dict(address).items()}
    except psycopg.ProgrammingError:
        pass
    # The address holds a password, so neither it nor libpq's complaint is repeated.
    raise ServerRefusal(
        "Не удалось прочитать DATABASE_URL. Пишите так: "
        "postgresql://имя:пароль@адрес:5432/база?sslmode=require; особые знаки "
        "в пароле замените кодами (например, @ – на %40)."
    )
