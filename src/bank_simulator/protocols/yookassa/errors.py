"""Refusals in the vendor's shape: ``{type, id, code, description, parameter}``."""

from __future__ import annotations

STATUSES = {
    "invalid_request": 400,
    "invalid_credentials": 401,
    "forbidden": 403,
    "not_found": 404,
}


class ApiError(Exception):
    """The vendor's API says no. Nothing was done; ``parameter`` names the field at fault."""

    def __init__(self, code: str, description: str, *, parameter: str = "") -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameter = parameter

    @property
    def status(self) -> int:
        """Return the HTTP status of the code."""
        return STATUSES[self.code]

    def body(self, *, identifier: str) -> dict[str, str]:
        """Return the JSON of the refusal."""
        body = {
            "type": "error",
            "id": identifier,
            "code": self.code,
            "description": self.description,
        }
        return body | ({"parameter": self.parameter} if self.parameter else {})


def invalid(parameter: str, description: str) -> ApiError:
    """Return a refusal of one field; nested names are joined by points."""
    return ApiError("invalid_request", description, parameter=parameter)
