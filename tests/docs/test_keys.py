"""The key card that is printed for the desk says what the keys of the desk do, in the words of the pages."""

import re

from deploy.local.home import ROOT
from services.gateway.counter.keys import ACTIONS
from services.gateway.design.language import CHINESE, speak

CARD = ROOT / "docs" / "guides" / "counter-keys.md"


def told() -> list[tuple[str, str, str]]:
    """The first table of the card: key, Chinese, English; the others are of pages that have keys of their own."""
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", _first_table(), re.MULTILINE)
    return [(key.replace("`", ""), zh, en) for key, zh, en in rows][1:]


def _first_table() -> str:
    found = re.search(r"(?:^\|.*\n)+", CARD.read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return found.group()


def test_the_key_card_has_every_key_of_the_desk_in_the_words_of_the_pages() -> None:
    chinese = [action.label for action in ACTIONS]
    speak("en")
    try:
        english = [action.label for action in ACTIONS]
    finally:
        speak(CHINESE)

    usual = [action.usual for action in ACTIONS]
    assert told() == list(zip(usual, chinese, english, strict=True))
