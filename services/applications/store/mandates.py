"""The agent of a case among its parties: put there, put in another's place, and without reach after the revocation."""

from uuid import UUID

from services.applications.store.parties import TABLE, Party, PartyBook
from services.applications.store.rows import arrays
from shared.database import Connection

_INSERT = TABLE.insert()


async def put_agent(connection: Connection, book: PartyBook, case_id: UUID, agent: Party) -> None:
    """The agent of the case; an earlier one leaves the file's list of people, and stays in its record by pseudonym."""
    await connection.execute("DELETE FROM parties WHERE case_id = $1 AND role = 'agent'", case_id)
    await connection.execute(_INSERT, *arrays([book.seal(case_id, agent)], len(TABLE.columns)))


async def end_reach(connection: Connection, case_id: UUID) -> None:
    """Who the agent was stays in the file; the case is no more among the agent's own."""
    await connection.execute(
        "UPDATE parties SET person_id = NULL WHERE case_id = $1 AND role = 'agent'", case_id
    )
