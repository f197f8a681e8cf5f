"""Making the cluster and its settings."""

import os
import pwd
import shutil
from collections.abc import Mapping
from pathlib import Path

from abonent.config.postgres.account import Account, run_under
from abonent.config.postgres.binaries import Binaries
from abonent.config.postgres.messages import Tell
from abonent.config.postgres.places import Places
from abonent.config.postgres.refusals import ServerRefusal
from abonent.config.postgres.tuning import memory_of_machine, settings_for, written

DATABASE = "abonent"
ROLE = "abonent"
SUPERUSER = "postgres"
# Scratch databases of the bench and of the tests are made by the same role.
FIRST_STATEMENTS = f"CREATE ROLE {ROLE} LOGIN CREATEDB;\nCREATE DATABASE {DATABASE} OWNER {ROLE};\n"
HBA = "# Whoever the kernel says is at the other end of the socket; no passwords, no network.\n"
HBA += "local all all peer map=abonent\n"


def ensure_cluster(
    place: Places,
    account: Account,
    binaries: Binaries,
    override: Mapping[str, str],
    tell: Tell,
) -> None:
    """Make the cluster with its role and database, unless it exists.

    It appears under its name in one step, whole and on the disc: a crash in between leaves
    only a folder that the next start removes. Refuses a cluster of another major version.
    """
    if place.cluster.exists():
        _check_major(place, binaries)
        return
    tell("Создаём базу данных…")
    new = place.unfinished_cluster
    if new.exists():
        shutil.rmtree(new)
    new.mkdir(mode=0o700)
    if not account.is_ours:
        os.chown(new, account.uid, account.gid)
    command: list[str | Path] = [
        binaries.program("initdb"), "--pgdata", new, "--username", SUPERUSER,
        "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        "--auth-local=peer", "--auth-host=reject", "--locale=C",
    ]  # fmt: skip
    if override.get("fsync") == "off":
        command.append("--no-sync")
    # Order and letters come from the builtin provider on every machine alike; the classes of
    # characters of the C library are used by pg_trgm alone, which sees no Cyrillic in plain C.
    made = run_under(account, [*command, "--lc-ctype=C.UTF-8"])
    if made.returncode != 0 and "locale" in made.stderr:
        made = run_under(account, command)
    if made.returncode == 0:
        single: list[str | Path] = [binaries.program("postgres"), "--single", "-D", new, SUPERUSER]
        made = run_under(account, single, text=FIRST_STATEMENTS)
    if made.returncode != 0 or "ERROR" in made.stderr:
        raise ServerRefusal(
            f"Не удалось создать базу данных в «{place.cluster}». PostgreSQL ответил: "
            f"{made.stderr.strip()[-600:]} Исправьте причину и повторите команду."
        )
    new.rename(place.cluster)
    _sync_folder(place)


def write_settings(place: Places, account: Account, override: Mapping[str, str]) -> None:
    """Write the server's settings anew; its account may read and not change them.

    Peer authentication maps the operating system's users: the server's own, ours and root.
    """
    folder = place.settings
    folder.mkdir(mode=0o700, exist_ok=True)
    ident = "".join(
        f"abonent {quote_ident(name)} {role}\n"
        for name in sorted({account.name, pwd.getpwuid(os.geteuid()).pw_name, "root"})
        # A leading slash would make a pattern of the name; no system gives such names.
        if not name.startswith("/")
        for role in (ROLE, SUPERUSER)
    )
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(place.socket),
        "unix_socket_permissions": "0700",
        "port": "5432",
        "hba_file": str(folder / "pg_hba.conf"),
        "ident_file": str(folder / "pg_ident.conf"),
        **settings_for(memory_of_machine()),
        **override,
    }
    # Root's settings are read by the server's group; a user's own stay the user's, also when
    # root runs a command on that installation.
    keeper = place.home.stat().st_uid
    mode = 0o600 if keeper == account.uid else 0o640
    os.chown(folder, keeper, account.gid)
    folder.chmod(0o700 if keeper == account.uid else 0o750)
    texts = {
        "postgresql.conf": "# Written by Abonent at each start; change it with ALTER SYSTEM or\n"
        "# ABONENT_POSTGRES_SETTINGS.\n" + written(settings),
        "pg_hba.conf": HBA,
        "pg_ident.conf": ident,
    }
    for name, text in texts.items():
        path, fresh = folder / name, folder / f"{name}.new"
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            os.fchown(file.fileno(), keeper, account.gid)
            os.fchmod(file.fileno(), mode)
            file.write(text)
        fresh.replace(path)


def server_options(place: Places) -> str:
    """Return the options of the server as ``pg_ctl`` hands them to the shell."""
    return f"-c {_shell('config_file=' + str(place.settings / 'postgresql.conf'))}"


def quote_ident(name: str) -> str:
    """Return a user's name as pg_ident.conf reads it, spaces and all."""
    return '"' + name.replace('"', '""') + '"'


def _check_major(place: Places, binaries: Binaries) -> None:
    try:
        major = (place.cluster / "PG_VERSION").read_text().strip()
    except OSError as error:
        raise ServerRefusal(
            f"Папка «{place.cluster}» есть, но базы данных PostgreSQL в ней нет "
            f"({error.strerror}). Верните её из резервной копии или уберите папку."
        ) from error
    if major != binaries.major:
        raise ServerRefusal(
            f"База в «{place.cluster}» создана PostgreSQL {major}, а установлен PostgreSQL "
            f"{binaries.major}. Перенесите данные: 1) с прежней версией Абонента (с PostgreSQL "
            f"{major}) запустите сервер и сохраните базу: pg_dump -h {place.socket} -U {ROLE} "
            f"-Fc -f abonent.dump {DATABASE}; 2) остановите его и переименуйте папку "
            f"«{place.cluster}»; 3) с новой версией выполните abonent doctor, она создаст пустую "
            f"базу, и восстановите: pg_restore -h {place.socket} -U {ROLE} --clean --if-exists "
            f"-d {DATABASE} abonent.dump."
        )


def _sync_folder(place: Places) -> None:
    # Without this a power cut may undo the renaming after money has been written inside.
    handle = os.open(place.home, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _shell(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
