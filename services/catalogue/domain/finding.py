"""Finding an item by what people type: Chinese words, pinyin in full, its first letters, or everyday words.

A query is first looked up by its keys, which an index can answer, and what that gives is then ranked here.  A key is
never missing from an item that the ranking would accept, so the index loses nothing.
"""

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import Final

# The keys and what is kept of an item change together; an index made under an older number is made again.
RULES: Final = 1
KEY_LETTERS: Final = 3
LONGEST_QUERY: Final = 100
# A name and a sentence have to share so many characters in a row before the one speaks of the other.
SHARED_RUN: Final = 4
# Shorter queries are misspellings of too much.
MISSPELT_FROM: Final = 5


class MatchKind(StrEnum):
    """Why an item was found."""

    CODE = "code"
    NAME = "name"
    EVERYDAY = "everyday"
    PINYIN = "pinyin"
    ENGLISH = "english"
    SUMMARY = "summary"
    SIMILAR = "similar"
    """Written with other characters of the same sound, with a character left out, or misspelt by a letter."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Folded words and how each of their characters is read; a letter or digit is read as itself."""

    text: str
    readings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """All that an item can be found by."""

    codes: tuple[str, ...]
    name: Phrase
    everyday: tuple[Phrase, ...]
    english: tuple[str, ...]
    summary: str

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        return self.name, *self.everyday


@dataclass(frozen=True, slots=True)
class Match:
    kind: MatchKind
    words: str
    rank: tuple[int, ...]


def fold(text: str) -> str:
    """Without case, width, spaces and punctuation: A-08 and ａ０８ are the same."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def terms_of(query: str) -> tuple[str, ...]:
    """The parts of the query, folded."""
    return tuple(filter(None, (fold(part) for part in query[:LONGEST_QUERY].split())))


# -- keys ---------------------------------------------------------------------------------------------------


def keys_of(known: Known) -> set[str]:
    """Everything by which the index can find the item."""
    keys = {f"k{code}" for code in known.codes}
    keys |= {f"k{code[:length]}" for code in known.codes[:1] for length in range(1, len(code))}
    for phrase in known.phrases:
        keys |= _written(phrase.text)
        keys |= {f"l{opening}" for at in range(len(phrase.readings)) for opening in _openings(phrase, at)}
        keys |= {f"^{opening}" for opening in _openings(phrase, 0)}
    keys |= {f"1{phrase.text}" for phrase in known.everyday if len(phrase.text) == 1}
    keys |= _written(known.summary)
    keys |= {f"l{word[:length]}" for word in known.english for length in range(1, KEY_LETTERS + 1)}
    return keys


def _openings(phrase: Phrase, at: int) -> set[str]:
    """Every one to three letters with which a spelling may begin at this character: rfg, ref, ren."""
    found = {""}
    for reading in phrase.readings[at : at + KEY_LETTERS]:
        spelt = [reading[:length] for length in range(1, KEY_LETTERS + 1)]
        found |= {before + letters for before in found for letters in spelt}
    return {letters for letters in found if 0 < len(letters) <= KEY_LETTERS}


def asked_keys(term: str) -> set[str]:
    """The keys that an item has when it holds the term as it stands, with the words of one language in it."""
    if term.isascii():
        return {f"l{term[:KEY_LETTERS]}"}
    return set(_grams(term)) or _characters(term)


def code_key(term: str) -> str:
    return f"k{term}"


def beginning_key(term: str) -> str:
    """Items whose name or everyday word begins so are the first to be looked at."""
    return f"^{term[:KEY_LETTERS]}"


def similar_keys(term: str, readings: Sequence[str]) -> set[str]:
    """Keys that an item shares with a term that is only like it, or that is a sentence about it.

    Single characters are in too many items to be among them; only words of one character have a key of their own.
    """
    spelt = "".join(readings)
    starts = accumulate((len(reading) for reading in readings[:-1]), initial=0)
    sounds = {f"l{spelt[at : at + KEY_LETTERS]}" for at in starts if len(spelt) - at >= KEY_LETTERS}
    return sounds | set(_grams(term)) | {f"1{character}" for character in _characters(term)}


def _written(text: str) -> set[str]:
    return set(_grams(text)) | _characters(text)


def _grams(text: str) -> Iterator[str]:
    """Every two characters that stand together; letters and digits have keys of their own."""
    pairs = (text[at : at + 2] for at in range(len(text) - 1))
    return (pair for pair in pairs if not pair[0].isascii() and not pair[1].isascii())


def _characters(text: str) -> set[str]:
    return {character for character in text if not character.isascii()}


# -- ranking ------------------------------------------------------------------------------------------------


def match(query: Sequence[str], known: Known) -> Match | None:
    """How the item holds the whole query, or else each of its terms; nothing if one of them is missing."""
    together = _match("".join(query), known)
    if together is not None or len(query) < 2:
        return together
    each = [_match(term, known) for term in query]
    found = [one for one in each if one is not None]
    if len(found) < len(each):
        return None
    worst = max(found, key=lambda one: one.rank)
    return Match(worst.kind, worst.words, worst.rank)


def _match(term: str, known: Known) -> Match | None:
    steps = (_by_code, _by_name, _by_everyday, _by_sentence, _by_spelling, _by_english, _by_summary)
    for tier, step in enumerate(steps):
        if (found := step(term, known)) is not None:
            kind, words, *place = found
            # The sentence comes last of the Chinese ways, a word in the middle of the name before it.
            return Match(kind, words, (tier, *place))
    return None


_Found = tuple[MatchKind, str, int, int]


def _by_code(term: str, known: Known) -> _Found | None:
    if term in known.codes:
        return MatchKind.CODE, known.codes[0], 0, 0
    if known.codes[0].startswith(term):
        return MatchKind.CODE, known.codes[0], 1, 0
    return None


def _by_name(term: str, known: Known) -> _Found | None:
    if any(phrase.text == term for phrase in known.everyday):
        return MatchKind.EVERYDAY, term, 1, 0
    at = known.name.text.find(term)
    if at < 0 or term.isascii():
        return None
    return MatchKind.NAME, term, 0 if at == 0 else 2, len(known.name.text)


def _by_everyday(term: str, known: Known) -> _Found | None:
    if term.isascii():
        return None
    holding = [phrase.text for phrase in known.everyday if term in phrase.text]
    if not holding:
        return None
    shortest = min(holding, key=len)
    return MatchKind.EVERYDAY, shortest, len(shortest), 0


def _by_sentence(term: str, known: Known) -> _Found | None:
    """The query is a sentence in which everyday words or a part of the name occur: the more of it, the better."""
    words = {phrase.text for phrase in known.everyday if phrase.text in term}
    run = _longest_run(term, known.name.text)
    if len(run) >= SHARED_RUN:
        words.add(run)
    kept = sorted((word for word in words if not _inside_another(word, words)), key=len, reverse=True)
    if not kept:
        return None
    kind = MatchKind.NAME if kept[0] == run else MatchKind.EVERYDAY
    return kind, kept[0], -sum(map(len, kept)), len(known.name.text)


def _inside_another(word: str, words: Collection[str]) -> bool:
    return any(word != other and word in other for other in words)


def _longest_run(one: str, other: str) -> str:
    best, ends = "", [0] * (len(other) + 1)
    for at, letter in enumerate(one):
        before, ends = ends, [0] * (len(other) + 1)
        for place, opposite in enumerate(other, 1):
            if letter == opposite:
                ends[place] = before[place - 1] + 1
                if ends[place] > len(best):
                    best = one[at + 1 - ends[place] : at + 1]
    return best


def _by_spelling(term: str, known: Known) -> _Found | None:
    best: _Found | None = None
    for which, phrase in enumerate(known.phrases):
        at = _spelt_at(term, phrase)
        if at is None:
            continue
        found = (MatchKind.PINYIN, phrase.text, 0 if at == 0 else 1, which if at == 0 else at)
        best = found if best is None or found[2:] < best[2:] else best
    return best


def _spelt_at(term: str, phrase: Phrase) -> int | None:
    """The character from which the term spells the phrase, each by its beginning at least: renfgc, rfgc, 人防gc."""
    starts = (at for at in range(len(phrase.text)) if _spells(term, phrase, at))
    return next(starts, None)


def _spells(term: str, phrase: Phrase, start: int) -> bool:
    reached = {0}
    for character, reading in zip(phrase.text[start:], phrase.readings[start:], strict=True):
        reached = {after for place in reached for after in _after(term, place, character, reading)}
        if len(term) in reached:
            return True
        if not reached:
            return False
    return False


def _after(term: str, place: int, character: str, reading: str) -> Iterator[int]:
    if term.startswith(character, place):
        yield place + 1
    for length in range(1, len(reading) + 1):
        if not term.startswith(reading[:length], place):
            return
        yield place + length


def _by_english(term: str, known: Known) -> _Found | None:
    for at, word in enumerate(known.english):
        if term.isascii() and word.startswith(term):
            return MatchKind.ENGLISH, word, at, 0
    return None


def _by_summary(term: str, known: Known) -> _Found | None:
    at = known.summary.find(term)
    return None if at < 0 or term.isascii() else (MatchKind.SUMMARY, term, at, 0)


# -- what is only like it -----------------------------------------------------------------------------------


def similar(query: Sequence[str], readings: Sequence[str], known: Known) -> Match | None:
    """The item that was meant, when nothing holds the query as it was typed."""
    term, spelt = "".join(query), "".join(readings)
    for phrase in known.phrases:
        if not term.isascii() and len(term) > 1 and (at := _spelt_at(spelt, phrase)) is not None:
            return Match(MatchKind.SIMILAR, phrase.text, (0, at))
    for phrase in known.phrases:
        if not term.isascii() and (lost := _lost(term, phrase.text)) is not None:
            return Match(MatchKind.SIMILAR, phrase.text, (1, lost, len(phrase.text)))
    for phrase in known.phrases:
        if len(spelt) >= MISSPELT_FROM and _misspelt(spelt, phrase.readings):
            return Match(MatchKind.SIMILAR, phrase.text, (2, len(phrase.text)))
    return None


def _lost(term: str, text: str) -> int | None:
    """How many characters of the term are not in the text in their order; one of four may be missing."""
    place, lost = 0, 0
    for character in term:
        at = text.find(character, place)
        place, lost = (place, lost + 1) if at < 0 else (at + 1, lost)
    return lost if len(term) >= SHARED_RUN - 1 and lost <= len(term) // SHARED_RUN else None


def _misspelt(spelt: str, readings: Sequence[str]) -> bool:
    """One letter is wrong, missing, too many or in its neighbour's place."""
    for start in range(len(readings)):
        whole = ""
        for reading in readings[start:]:
            whole += reading
            if len(whole) > len(spelt) + 1:
                break
            if len(whole) >= len(spelt) - 1 and _one_apart(spelt, whole):
                return True
    return False


def _one_apart(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    at = next((at for at, letter in enumerate(short) if letter != long[at]), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    swapped = short[at + 1 : at + 2] + short[at : at + 1] + short[at + 2 :]
    return short[at + 1 :] == long[at + 1 :] or swapped == long[at:]
