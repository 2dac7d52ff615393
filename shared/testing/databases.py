"""Fresh, migrated databases in a few milliseconds each: copies of a template that is migrated once per run."""

from __future__ import annotations

import secrets
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from deploy.migrate import migrate


class Databases:
    """Makes databases on one server. Each belongs to its service's own login, as in a real installation."""

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._admin = psycopg.connect(admin_url, autocommit=True)
        # Several runs may share a given server, so everything of this run carries its mark.
        self._mark = f"tongban_test_{secrets.token_hex(4)}"
        self._password = secrets.token_urlsafe(12)
        self._templates: dict[str, str] = {}
        self._count = 0

    def fresh(self, service: str) -> str:
        """The address of a new database of this service, migrated and empty."""
        template = self._templates.get(service) or self._make_template(service)
        self._count += 1
        name = f"{self._mark}_{service}_{self._count}"
        self._create(name, template, self._login(service))
        return self._url(name, self._login(service))

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._drop(urlsplit(url).path.removeprefix("/"))

    def close(self) -> None:
        """Remove what this run has made on the server."""
        for template in self._templates.values():
            self._drop(template)
        for service in self._templates:
            self._run("DROP ROLE IF EXISTS {}", self._login(service))
        self._admin.close()

    def _make_template(self, service: str) -> str:
        name, login = f"{self._mark}_{service}_template", self._login(service)
        self._run("CREATE ROLE {} LOGIN PASSWORD " + sql.Literal(self._password).as_string(), login)
        # An administrator who is no superuser may hand a database only to a role that he belongs to.
        self._run("GRANT {} TO CURRENT_USER", login)
        self._create(name, "template0", login)
        migrate(service, self._url(name, login))
        self._templates[service] = name
        return name

    def _create(self, name: str, template: str, owner: str) -> None:
        self._run("CREATE DATABASE {} TEMPLATE {} OWNER {}", name, template, owner)

    def _drop(self, name: str) -> None:
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _run(self, statement: str, *names: str) -> None:
        self._admin.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))

    def _login(self, service: str) -> str:
        return f"{self._mark}_{service}"

    def _url(self, database: str, login: str) -> str:
        parts = urlsplit(self._admin_url)
        place = f"{login}:{quote(self._password, safe='')}@{parts.hostname}:{parts.port or 5432}"
        return urlunsplit(("postgresql", place, f"/{database}", parts.query, ""))
