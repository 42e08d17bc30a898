"""BulkDelete: many deletions as a system job, done at once here.

Parameters: Microsoft Learn, "BulkDelete Action".
"""

from __future__ import annotations

from typing import Any

from simulators.dynamics.call import Call, Reply, answer
from simulators.dynamics.errors import invalid
from simulators.dynamics.odata.address import guid
from simulators.dynamics.schema.catalog import Table
from simulators.dynamics.store.rows import exists
from simulators.dynamics.writing.records import Writer


def bulk_delete(call: Call) -> Reply:
    """Deletes the records that each query names by id, and answers with the job's id."""
    given = call.body("BulkDelete")
    queries = given.get("QuerySet")
    if not isinstance(queries, list) or not queries:
        raise invalid("The parameter 'QuerySet' is missing.")
    job = {"name": given.get("JobName") or "Bulk delete", "operationtype": 13, "statecode": 3, "statuscode": 30}
    with call.writing() as session:
        writer = Writer(call.state, session, call.caller)
        for query in queries:
            table, ids = _meant(call, query)
            for row_id in ids:
                if exists(session, table, row_id):
                    writer.delete(table, row_id)
        trusted = Writer(call.state, session, call.state.person(call.caller.user))
        job_id = trusted.create(call.state.catalog.tables["asyncoperation"], job)
    where = f"{call.root}$metadata#Microsoft.Dynamics.CRM.BulkDeleteResponse"
    return answer(call, {"@odata.context": where, "JobId": job_id})


def _meant(call: Call, query: dict[str, Any]) -> tuple[Table, list[str]]:
    table = call.state.catalog.tables.get(str(query.get("EntityName")))
    if table is None:
        raise invalid(f"The entity '{query.get('EntityName')}' of the query is unknown.")
    conditions = (query.get("Criteria") or {}).get("Conditions") or []
    found = [value for condition in conditions for value in condition.get("Values") or []]
    texts = [str(value.get("Value") if isinstance(value, dict) else value) for value in found]
    return table, [row_id for text in texts if (row_id := guid(text))]
