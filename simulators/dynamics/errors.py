"""The errors of the Web API: status, code and message as the service words them.

Codes and messages: Microsoft Learn, "Web service error codes", and public client projects that quote them.
"""

from __future__ import annotations

from simulators.dynamics.schema.catalog import stable_id

ODATA = "0x80060888"
PAYLOAD = "0x80048d19"
HELP = "For more information on this error please follow this help link https://go.microsoft.com/fwlink/?linkid=2195293"


class ApiError(Exception):
    """An answer other than success. `headers` travel with it."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}


def bad_query(message: str, status: int = 400) -> ApiError:
    """An address or query option that the OData layer refuses."""
    return ApiError(status, ODATA, message)


def bad_payload(table_set: str, inner: str) -> ApiError:
    """A body that does not fit the table."""
    return ApiError(
        400,
        PAYLOAD,
        f"Error identified in Payload provided by the user for Entity :'{table_set}', {HELP} ----> "
        f"InnerException : Microsoft.OData.ODataException: {inner}",
    )


def unknown_property(name: str, table: str) -> ApiError:
    """A query names a column that the table has not."""
    return bad_query(f"Could not find a property named '{name}' on type 'Microsoft.Dynamics.CRM.{table}'.")


def unknown_segment(name: str) -> ApiError:
    """An address names something that does not exist."""
    return bad_query(f"Resource not found for the segment '{name}'.", 404)


def not_found(table: str, row_id: str) -> ApiError:
    """ObjectDoesNotExist."""
    return ApiError(404, "0x80040217", f"Entity '{table}' With Id = {row_id} Does Not Exist")


def invalid(message: str) -> ApiError:
    """InvalidArgument."""
    return ApiError(400, "0x80040203", message)


def denied(caller: str, privilege: str, otc: int, table: str, label: str) -> ApiError:
    """PrivilegeDenied: no role gives the privilege."""
    return ApiError(
        403,
        "0x80040220",
        f"Principal user (Id={caller}, type=8, roleCount=1, privilegeCount=1, accessMode=4), is missing {privilege} "
        f"privilege (Id={stable_id('privilege', privilege)}) on OTC={otc} for entity '{table}' "
        f"(LocalizedName='{label}'). context.Caller={caller}",
    )


def no_access(caller: str, row_id: str, table: str, right: str) -> ApiError:
    """The privilege does not reach this record."""
    return ApiError(
        403,
        "0x80048306",
        f"Principal user (Id={caller}, type=8) does not have {right}Access right(s) for record with id {row_id} "
        f"of entity {table}.",
    )
