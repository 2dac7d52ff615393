"""Every text of the pages is in the catalogues, in Chinese and in English, and none is said past them."""

from string import Formatter

import pytest

from deploy import words
from services.gateway.design import language

# Rooms whose pages are still being brought into the catalogues.
TO_COME = frozenset({"applicant", "approver", "counter", "design", "gateway", "public"})
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
