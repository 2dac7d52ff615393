"""Finding entries by what is known of them, a page at a time and along an index."""

from datetime import timedelta

from services.audit import handlers
from services.audit.contracts import EntryPage, SearchEntries
from tests.audit.a_log import START, Log, event, events


async def search(log: Log, **asked: object) -> EntryPage:
    async with log.database.acquire() as connection:
        return await handlers.search_entries(connection, SearchEntries.model_validate(asked))


async def test_entries_are_found_by_subject_actor_kind_and_together(log: Log) -> None:
    await log.seal(*events(0, 20), event(20, actor="staff:limin"), event(21, subject="case-1"))
    assert len((await search(log)).entries) == 22
    assert [one.index for one in (await search(log, actor="staff:limin")).entries] == [20]
    # The newest come first.
    assert [one.index for one in (await search(log, subject="case-1")).entries] == [21, 15, 8, 1]
    assert (await search(log, type="cn.tongban.gateway.signed_in.v1")).entries == []
    kind = "cn.tongban.applications.case_accepted.v1"
    assert len((await search(log, type=kind, actor="staff:wangfang", subject="case-2")).entries) == 3


async def test_entries_are_found_by_the_time_of_their_sealing(log: Log) -> None:
    await log.seal(*events(0, 3))
    log.at += timedelta(days=1)
    await log.seal(*events(3, 5))
    day = START + timedelta(hours=12)
    assert [one.index for one in (await search(log, since=day)).entries] == [4, 3]
    assert [one.index for one in (await search(log, until=day)).entries] == [2, 1, 0]
    assert (await search(log, since=day + timedelta(days=9))).entries == []
    assert len((await search(log, until=day + timedelta(days=9))).entries) == 5


async def test_pages_follow_each_other_without_a_gap(log: Log) -> None:
    await log.seal(*events(0, 30))
    seen: list[int] = []
    cursor = None
    while True:
        page = await search(log, actor="staff:wangfang", limit=7, cursor=cursor)
        seen += [one.index for one in page.entries]
        if (cursor := page.next_cursor) is None:
            break
        # What is sealed meanwhile moves nothing.
        await log.seal(event(1000 + len(seen)))
    assert seen == list(range(29, -1, -1))


async def test_a_search_walks_down_an_index_and_never_over_the_whole_log(log: Log) -> None:
    await log.seal(*events(0, 50))
    async with log.database.transaction() as connection:
        await connection.execute("SET LOCAL enable_seqscan = off")
        for where in ("(leaf::json) ->> 'actor' = 'x'", "(leaf::json) ->> 'type' = 'x'", "subject = 'x'"):
            rows = await connection.fetch(
                f"EXPLAIN SELECT 1 FROM leaves WHERE leaf_index < 9 AND {where} ORDER BY leaf_index DESC LIMIT 5"
            )
            plan = "\n".join(row[0] for row in rows)
            assert "Index Cond: " in plan, plan
            assert "Sort" not in plan, plan
