"""What OpenAPI cannot say of a request, for the fuzzer."""

import json
from uuid import UUID

import schemathesis


LINES = "application/x-ndjson"


def is_uuid(value):
    try:
        return isinstance(value, str) and str(UUID(value)) == value.lower()
    except ValueError:
        return False


@schemathesis.hook
def before_call(context, case, kwargs):
    """A caller's UUID in the body and the one in Idempotency-Key have to be the same, and lines have none: else 400."""
    named = case.body.get("UUID") if isinstance(case.body, dict) else None
    if is_uuid(named) and "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = named
    if case.media_type == LINES:
        for name in [name for name in case.headers or {} if name.lower().endswith("idempotency-key")]:
            del case.headers[name]


@schemathesis.serializer(LINES)
def lines(context, value):
    """Lines are a text that is sent as it is."""
    return (value if isinstance(value, str) else json.dumps(value)).encode(errors="replace")
