"""How the API says no: one shape, with a sentence for people in it. liaison/api/schema.py declares it."""

API = "/api/v1/"


def refusal(code: str, sentence: str, fields: dict[str, list[str]] | None = None) -> dict:
    """code: for programs · message: for people · fields: what to mend, by the name of the field or parameter."""
    return {"code": code, "message": sentence, "fields": fields or {}}
