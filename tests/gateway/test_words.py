"""Every text of the pages is in the catalogues, in Chinese and in English, and none is said past them."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter
from types import SimpleNamespace

import pytest

from deploy import words
from services.gateway.design import language
from services.gateway.design import words as spoken
from shared.time import today

# Rooms whose pages are still being brought into the catalogues.
TO_COME: frozenset[str] = frozenset()
DONE = [room for room in words.rooms() if room not in TO_COME]


@pytest.mark.parametrize("room", DONE)
def test_no_text_is_said_past_the_catalogues(room: str) -> None:
    assert list(words.hard_coded(room)) == []


@pytest.mark.parametrize("room", DONE)
@pytest.mark.parametrize("spoken", ["zh_CN", "en"])
def test_every_text_has_its_words(room: str, spoken: str) -> None:
    assert words.lacking(spoken, room) == []
    known, used = words.read(spoken, room), dict(words.texts_of(room))
    assert {message.id for message in known if message.id} == set(used), "python -m deploy.words"


@pytest.mark.parametrize("room", DONE)
def test_a_translation_has_the_same_places_and_no_chinese(room: str) -> None:
    for message in words.read("en", room):
        if not message.id:
            continue
        assert _places(str(message.string)) == _places(str(message.id)), message.id
        assert not words.CHINESE.search(str(message.string)), message.id


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_a_text_is_spoken_in_the_language_of_the_request() -> None:
    language.speak("en")
    try:
        assert language._("跳到主要内容") == "Skip to the main content"
        assert language.chosen("甲", "A") == "A"
    finally:
        language.speak("zh-CN")
    assert language._("跳到主要内容") == "跳到主要内容"
    assert language.chosen("甲", "A") == "甲"


@pytest.fixture
def english() -> Iterator[None]:
    language.speak("en")
    yield
    language.speak("zh-CN")


@pytest.mark.usefixtures("english")
def test_days_and_lengths_are_said_as_english_says_them() -> None:
    assert spoken.day_said(date(2026, 12, 22)) == "Tue 22 Dec 2026"
    assert spoken.moment(datetime(2026, 12, 22, 7, 4, tzinfo=UTC)).striptags() == "Tue 22 Dec 2026 15:04"
    assert spoken.left(today()) == "due today"
    assert spoken.length(1, "working_day") == "1 working day"
    assert spoken.length(20, "working_day") == "20 working days"
    assert spoken.media("image/png") == "picture"
    assert spoken.certificate("111") == "resident identity card"
    assert dict(spoken.ROLES)["clerk"] == "Counter clerk"


@pytest.mark.parametrize(("zh", "words"), [("zh-CN", "已受理"), ("en", "Accepted")])
def test_a_field_with_an_english_twin_is_said_in_the_language_of_the_page(zh: str, words: str) -> None:
    line = SimpleNamespace(state_zh="已受理", state_en="Accepted", item_name="事项", item_name_en="")
    language.speak(zh)
    try:
        assert language.spoken(line, "state") == words
        # Without an English twin the Chinese is better than nothing.
        assert language.spoken(line, "item_name") == "事项"
    finally:
        language.speak("zh-CN")


def test_bringing_a_catalogue_up_to_date_keeps_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(words.LOCALES, tmp_path / "locales")
    monkeypatch.setattr(words, "LOCALES", tmp_path / "locales")
    before = words.catalogue_file("en", "identity").read_text("utf-8")
    words.write("en", "identity")
    assert words.catalogue_file("en", "identity").read_text("utf-8") == before


def test_a_text_is_said_in_one_way_whichever_room_says_it() -> None:
    """The catalogues are read as one: a text with two translations would be said in either."""
    said: dict[str, set[str]] = {}
    for room in words.rooms():
        for message in words.read("en", room):
            if message.id and message.string:
                said.setdefault(str(message.id), set()).add(str(message.string))
    assert {text: ways for text, ways in said.items() if len(ways) > 1} == {}
