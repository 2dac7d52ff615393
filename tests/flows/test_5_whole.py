"""What must be true of the whole platform after everything above: no personal data where it cannot be taken back,
nothing lost, nothing waiting for a person, and a log that verifies."""

import json
from collections.abc import Iterator

import pytest
from psycopg import sql

from deploy.services import SERVICES
from services.gateway.demo_accounts import EVERYBODY, PEOPLE
from shared.testing.platform import RunningPlatform
from tests.flows.conftest import Rows, Steps, run

# The public surname of a masked name may stand anywhere; what identifies a person may not.
FIELDS = ("name", "certificate_number", "representative", "address", "mobile", "email")


def secrets() -> dict[str, str]:
    """Everything personal that the demonstration ever said, and what it is."""
    found = {
        account.person[field]: f"{account.login}'s {field}"
        for account in PEOPLE
        for field in FIELDS
        if field in account.person
    }
    found |= {account.name: f"the name of {account.login}" for account in PEOPLE}
    return found | {account.password: f"the password of {account.login}" for account in EVERYBODY}


def found_in(text: str) -> set[str]:
    """Which of the secrets this text gives away: written out, as JSON escapes, or as the hexadecimal of bytes."""
    return {
        what
        for secret, what in secrets().items()
        if secret in text or json.dumps(secret)[1:-1] in text or secret.encode().hex() in text.lower()
    }


def tables(rows: Rows, service: str) -> list[str]:
    """Every table of a service's database."""
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    return [row["tablename"] for row in rows(service, query)]


def content(rows: Rows, service: str, table: str) -> Iterator[str]:
    """Every row as text, bytes in hexadecimal."""
    query = sql.SQL("SELECT to_jsonb(t)::text AS row FROM {} AS t").format(sql.Identifier(table))
    for row in rows(service, query.as_string()):
        yield row["row"]


@pytest.mark.parametrize("service", SERVICES)
def test_no_table_holds_personal_data_that_is_not_encrypted(
    demonstrations: list[Steps], rows: Rows, service: str
) -> None:
    looked_at = 0
    for table in tables(rows, service):
        for row in content(rows, service, table):
            looked_at += 1
            assert found_in(row) == set(), f"{service}.{table}"
    assert looked_at > 0


@pytest.mark.parametrize(
    ("service", "table"),
    [
        ("applications", "outbox"),
        ("applications", "case_events"),
        ("notifications", "messages"),
        ("notifications", "outbox"),
        ("gateway", "outbox"),
        ("gateway", "feed"),
        ("audit", "leaves"),
    ],
)
def test_the_places_that_were_searched_are_not_empty(
    demonstrations: list[Steps], rows: Rows, service: str, table: str
) -> None:
    assert any(content(rows, service, table))


def test_the_search_finds_what_it_looks_for() -> None:
    name, number = PEOPLE[0].name, PEOPLE[0].person["certificate_number"]
    assert found_in(f"x{name}x")
    assert found_in(json.dumps({"n": name}))
    assert found_in(f"\\x{number.encode().hex()}")
    assert not found_in("王**, 341602********0012, 138****0001")


def test_no_log_holds_personal_data(demonstrations: list[Steps], platform: RunningPlatform) -> None:
    logs = list(platform.home.logs.glob("*.log*"))
    assert {log.stem for log in logs} >= {*SERVICES, "relay", "supervisor"}
    for log in logs:
        assert found_in(log.read_text("utf-8", "replace")) == set(), log.name
    assert any(log.stat().st_size for log in logs)


def test_no_stored_file_can_be_read_without_its_key(
    demonstrations: list[Steps], platform: RunningPlatform
) -> None:
    blobs = [file for file in platform.home.blobs.rglob("*") if file.is_file()]
    assert blobs
    for blob in blobs:
        beginning = blob.read_bytes()
        assert b"%PDF" not in beginning
        assert b"PNG" not in beginning[:8]


def test_a_letter_says_no_more_than_it_must(demonstrations: list[Steps], platform: RunningPlatform) -> None:
    """It is addressed to the person and names no certificate, no mobile number, no home address."""
    allowed = ("email", "name")
    letters = [file.read_text("utf-8", "replace") for file in platform.home.mail.glob("*.eml")]
    assert letters
    for letter in letters:
        assert {what for what in found_in(letter) if not what.endswith(allowed)} == set()


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_waits_for_a_person_and_everything_was_sent(
    demonstrations: list[Steps], rows: Rows, service: str
) -> None:
    assert rows(service, "SELECT consumer, type, reason, detail FROM dead_letters") == []
    assert rows(service, "SELECT consumer, attempts, last_error FROM retries") == []
    assert rows(service, "SELECT routing_key, last_error FROM outbox WHERE sent_at IS NULL") == []


def test_every_event_of_a_case_is_one_leaf_with_the_digest_of_its_record(
    demonstrations: list[Steps], rows: Rows
) -> None:
    recorded = rows("applications", "SELECT event_id, encode(sha256, 'hex') AS digest FROM case_events")
    leaves = rows("audit", "SELECT event_id, leaf::json ->> 'payload_sha256' AS digest FROM leaves")
    sealed = {leaf["event_id"]: leaf["digest"] for leaf in leaves}
    assert recorded
    assert [event for event in recorded if sealed.get(event["event_id"]) != event["digest"]] == []


def test_document_numbers_have_no_gap(demonstrations: list[Steps], rows: Rows) -> None:
    series = rows("applications", "SELECT kind, year, last FROM document_numbers")
    assert series
    for one in series:
        issued = rows(
            "applications",
            "SELECT number FROM documents WHERE kind = %s AND date_part('year', issued_on) = %s",
            one["kind"],
            one["year"],
        )
        numbers = sorted(int(row["number"].partition("〕")[2].removesuffix("号")) for row in issued)
        assert numbers == list(range(1, one["last"] + 1)), one


def test_the_feed_has_every_position_once(demonstrations: list[Steps], rows: Rows) -> None:
    feed = rows("gateway", "SELECT partner, position FROM feed ORDER BY partner, position")
    last = rows("gateway", "SELECT partner, last_position FROM feed_partners")
    for partner in last:
        positions = [row["position"] for row in feed if row["partner"] == partner["partner"]]
        assert positions == list(range(1, partner["last_position"] + 1))


def test_every_event_of_every_service_is_one_leaf(demonstrations: list[Steps], rows: Rows) -> None:
    """Except the log's own checkpoints, which would never let it come to rest.  Rows sent long ago are purged."""
    published = {
        row["message_id"]
        for service in SERVICES
        for row in rows(
            service,
            "SELECT message_id FROM outbox WHERE routing_key <> %s",
            "cn.tongban.audit.checkpoint_signed.v1",
        )
    }
    sealed = [row["event_id"] for row in rows("audit", "SELECT event_id FROM leaves")]
    assert len(sealed) == len(set(sealed))
    assert published - set(sealed) == set()


def test_the_whole_log_verifies(demonstrations: list[Steps], platform: RunningPlatform) -> None:
    done = run(platform, "-m", "deploy.cli", "audit", "verify", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["ok"]
    assert report["tree_size"] > 0


def test_the_proof_file_of_the_demonstration_verifies_by_itself(
    demo: Steps, platform: RunningPlatform
) -> None:
    done = run(platform, "-m", "deploy.cli", "audit", "verify-proof", demo["end"]["proof"]["file"])
    assert done.returncode == 0, done.stdout + done.stderr
