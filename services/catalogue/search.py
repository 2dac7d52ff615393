"""Searching the items: the words of a version made findable, and a query answered through the index and the ranking."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from pypinyin import lazy_pinyin

from services.catalogue.contracts import ItemMatch, ItemMatches, ItemVersion, MatchKind, SearchItems
from services.catalogue.domain import finding
from services.catalogue.domain.finding import Known, Match, Phrase
from services.catalogue.store import CatalogueStore, Found

# What the ranking looks at; a query that more items answer to is one or two letters, and one more letter follows.
CANDIDATES: Final = 400
# The items of an index made under older rules are taken so many at a time.
BATCH: Final = 200


def known_by(item: ItemVersion) -> Known:
    """All that this version can be found by."""
    content = item.content
    return Known(
        codes=_codes(item),
        name=_phrase(content.name.zh),
        everyday=tuple(_phrase(word) for word in content.everyday_words if finding.fold(word)),
        english=tuple(finding.fold(word) for word in content.name.en.split() if finding.fold(word)),
        summary=finding.fold(content.summary.zh),
    )


def _codes(item: ItemVersion) -> tuple[str, ...]:
    """The short code first, as a08, and its number alone; then those that systems use."""
    local = finding.fold(item.content.codes.local)
    number = local.lstrip("abcdefghijklmnopqrstuvwxyz")
    given = (local, number, number.lstrip("0"), item.content.codes.basic, item.code.casefold())
    return tuple(dict.fromkeys(filter(None, given)))


def _phrase(words: str) -> Phrase:
    text = finding.fold(words)
    return Phrase(text, _readings(text))


def _readings(text: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(text, errors=list))  # type: ignore[arg-type]  # a list is taken too, which its types leave out


async def search(question: SearchItems, store: CatalogueStore, today: date) -> ItemMatches:
    """The items in force that answer to the words, the best first."""
    terms = finding.terms_of(question.text)
    ranked = await _ranked(terms, store, today) if terms else []
    return ItemMatches(
        items=tuple(_said(found, how) for how, found in ranked[: question.limit]), found=len(ranked)
    )


async def codes_found(text: str, store: CatalogueStore, today: date, *, withdrawn: bool) -> list[str]:
    """The codes of every item that answers to the words, for lists that have an order of their own."""
    terms = finding.terms_of(text)
    ranked = await _ranked(terms, store, today, withdrawn=withdrawn) if terms else []
    return [found.summary.code for _, found in ranked]


async def _ranked(
    terms: Sequence[str], store: CatalogueStore, today: date, *, withdrawn: bool = False
) -> list[tuple[Match, Found]]:
    whole = "".join(terms)
    keys = set().union(*map(finding.asked_keys, terms))
    beginning = finding.beginning_key(whole)
    held = await store.found(keys, finding.code_key(whole), beginning, CANDIDATES, today, withdrawn=withdrawn)
    exact = [(how, one) for one in held if (how := finding.match(terms, one.known)) is not None]
    if exact:
        return sorted(exact, key=_order)
    readings = _readings(whole)
    near = await store.nearly_found(
        finding.similar_keys(whole, readings), CANDIDATES, today, withdrawn=withdrawn
    )
    spoken = [(how, one) for one in near if (how := finding.match(terms, one.known)) is not None]
    if spoken:
        return sorted(spoken, key=_order)
    like = [(how, one) for one in near if (how := finding.similar(terms, readings, one.known)) is not None]
    return sorted(like, key=_order)


def _order(ranked: tuple[Match, Found]) -> tuple[tuple[int, ...], str]:
    how, found = ranked
    return how.rank, found.summary.code


def _said(found: Found, how: Match) -> ItemMatch:
    return ItemMatch(**found.summary.model_dump(), match=MatchKind(how.kind), matched=how.words)


async def index_missing(store: CatalogueStore) -> int:
    """Make findable what was published before there was an index, or under older rules; how many that were."""
    versions = await store.not_indexed(finding.RULES, BATCH)
    for item in versions:
        await index(item, store)
    return len(versions)


async def index(item: ItemVersion, store: CatalogueStore) -> None:
    """Make one version findable."""
    known = known_by(item)
    await store.make_findable(item.code, item.version, known, finding.keys_of(known), finding.RULES)
