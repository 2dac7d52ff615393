"""The exact bytes of leaf v1: a change here would break every log ever written."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.errors import LeafRefused
from services.audit.domain.leaf import LARGEST_INTEGER, Leaf, instant, parse_leaf

FIELDS = {
    "event_id": "0197c0de-0000-7000-8000-000000000001",
    "type": "cn.tongban.applications.case_accepted.v1",
    "source": "/applications",
    "subject": "0197c0de-0000-7000-8000-0000000000ca",
    "sequence": 3,
    "actor": "staff:wangfang",
    "role": "clerk",
    "recorded_at": "2026-09-18T01:02:03.000456Z",
    "payload_sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
}
CONTENT = (
    '{"actor":"staff:wangfang","event_id":"0197c0de-0000-7000-8000-000000000001",'
    '"payload_sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",'
    '"recorded_at":"2026-09-18T01:02:03.000456Z","role":"clerk","sequence":3,"source":"/applications",'
    '"subject":"0197c0de-0000-7000-8000-0000000000ca","type":"cn.tongban.applications.case_accepted.v1"}'
)
HASH = "7388f2891b1945eaf15c856f94e5cd02174b312d662c3f4b972070504e24deef"

plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=[*map(chr, range(32)), "\x7f"]))


def test_the_bytes_and_the_hash_of_a_leaf_are_fixed_for_ever():
    leaf = Leaf(**FIELDS)
    assert leaf.content == CONTENT
    assert leaf.hash.hex() == HASH
    assert parse_leaf(CONTENT) == leaf


@given(plain, plain, plain, st.integers(-LARGEST_INTEGER, LARGEST_INTEGER))
def test_the_content_is_what_a_full_rfc_8785_implementation_writes(subject, actor, source, sequence):
    values = FIELDS | {"subject": subject, "actor": actor, "source": source, "sequence": sequence}
    leaf = Leaf(**values)
    assert leaf.content.encode() == rfc8785.dumps(values)
    assert parse_leaf(leaf.content) == leaf


@given(st.sampled_from(sorted(FIELDS)), st.data())
def test_any_other_fact_gives_another_hash(field, data):
    other = {
        "event_id": "0197c0de-0000-7000-8000-000000000002",
        "sequence": data.draw(st.integers(4, LARGEST_INTEGER)),
        "recorded_at": "2026-09-18T01:02:03.000457Z",
        "payload_sha256": "0" * 64,
    }.get(field, FIELDS[field])
    changed = other if other != FIELDS[field] else f"{other}x"
    assert Leaf(**FIELDS | {field: changed}).hash.hex() != HASH


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("event_id", "0197C0DE-0000-7000-8000-000000000001"),
        ("event_id", "0197c0de000070008000000000000001"),
        ("sequence", 2**53),
        ("sequence", True),
        ("sequence", 1.0),
        ("sequence", "3"),
        ("recorded_at", "2026-09-18T01:02:03Z"),
        ("recorded_at", "2026-09-18T01:02:03.000456+00:00"),
        ("recorded_at", "2026-13-18T01:02:03.000456Z"),
        ("payload_sha256", "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"),
        ("payload_sha256", "e3b0"),
        ("subject", "a\x00b"),
        ("subject", "a\nb"),
        ("actor", "\ud800"),
        ("role", None),
    ],
)
def test_a_value_without_one_canonical_form_is_refused(field, value):
    with pytest.raises(LeafRefused) as refusal:
        Leaf(**FIELDS | {field: value})
    assert refusal.value.pointer == f"/{field}"
    assert refusal.value.zh
    assert refusal.value.en


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        CONTENT.replace(":3,", ": 3,"),
        CONTENT.replace('"sequence":3', '"sequence":3.0'),
        CONTENT.replace("staff", "\\u0073taff"),
        CONTENT[:-1] + ',"more":1}',
        CONTENT.replace('"role":"clerk",', ""),
        '{"actor":"other",' + CONTENT[1:],
        json.dumps(FIELDS),
        CONTENT + "\n",
    ],
)
def test_text_in_any_other_form_is_no_leaf(content):
    with pytest.raises(LeafRefused):
        parse_leaf(content)


def test_an_instant_is_written_in_utc_with_six_digits():
    assert instant(datetime(2026, 9, 18, 1, 2, 3, 456, tzinfo=UTC)) == "2026-09-18T01:02:03.000456Z"
    assert (
        instant(datetime(2026, 9, 18, 9, 2, 3, tzinfo=timezone(timedelta(hours=8))))
        == "2026-09-18T01:02:03.000000Z"
    )
    with pytest.raises(LeafRefused, match="time zone"):
        instant(datetime(2026, 9, 18, 1, 2, 3))  # noqa: DTZ001  # the naive instant is the point
