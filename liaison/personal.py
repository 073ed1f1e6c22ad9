"""The declared list of personal data: what every text that is stored may say about a person (PIPL; SECURITY.md).

A test compares it with the models: a new text column fails until it stands here or among the impersonal ones. The trail,
the erasure and the masks follow it.
"""

from enum import Enum


class Kind(Enum):
    ENCRYPTED = "encrypted; masked outside its office; a visitor's is erased on request or after its time"
    MASKED = "in plain text, because it is searched in by its beginning; masked outside its office"
    MENTIONS = "free text in which a citizen may be named; cleaned by the erasure, never copied into the trail"
    OFFICE = "of a holder of an office: a member, an expert, a colleague; shown to whom the scope lets see the record"
    TRAIL = "kept with the trail, which the audit administrator alone reads"
    SECRET = "a hash; never shown"


PERSONAL = {
    "liaison.account": {
        "username": Kind.OFFICE, "name": Kind.OFFICE, "password": Kind.SECRET, "phone": Kind.ENCRYPTED,
        "phone_hash": Kind.SECRET,
    },
    "liaison.pastpassword": {"password": Kind.SECRET},
    "liaison.signincode": {"digest": Kind.SECRET},
    "liaison.apitoken": {"name": Kind.OFFICE, "digest": Kind.SECRET},
    "liaison.attachment": {"name": Kind.MENTIONS, "file": Kind.MENTIONS},
    # A report's last paragraph; gone with the job within days.
    "liaison.job": {"parameters": Kind.MENTIONS},
    "liaison.notice": {"text": Kind.MENTIONS},
    "liaison.noticesetting": {"email": Kind.ENCRYPTED, "new_email": Kind.ENCRYPTED, "code_digest": Kind.SECRET},
    "liaison.delivery": {"recipient": Kind.OFFICE},
    # No person's, but whoever knows them may post to the group.
    "liaison.robot": {"address": Kind.ENCRYPTED, "secret": Kind.ENCRYPTED},
    "liaison.department": {"contact": Kind.ENCRYPTED, "phone": Kind.ENCRYPTED},
    "liaison.entry": {"object_label": Kind.TRAIL, "changes": Kind.TRAIL, "address": Kind.TRAIL},
    "liaison.member": {
        "name": Kind.OFFICE, "ethnicity": Kind.OFFICE, "employer": Kind.OFFICE, "post": Kind.OFFICE,
        "expertise": Kind.OFFICE, "phone": Kind.ENCRYPTED,
    },
    "studios.contact": {"name": Kind.MASKED},
    "studios.posting": {"expert_name": Kind.OFFICE, "expert_employer": Kind.OFFICE},
    "activities.activity": {"summary": Kind.MENTIONS, "void_reason": Kind.MENTIONS},
    "activities.output": {"void_reason": Kind.MENTIONS},
    "activities.mediareport": {"title": Kind.OFFICE, "void_reason": Kind.MENTIONS},
    "reception.receptionday": {"summary": Kind.MENTIONS, "void_reason": Kind.MENTIONS, "cancel_reason": Kind.MENTIONS},
    "reception.dutyswap": {"note": Kind.OFFICE},
    "reception.feed": {"name": Kind.OFFICE, "digest": Kind.SECRET},
    "reception.visit": {
        "visitor_name": Kind.ENCRYPTED, "visitor_phone": Kind.ENCRYPTED, "visitor_name_hash": Kind.SECRET,
        "visitor_phone_hash": Kind.SECRET, "content": Kind.MENTIONS, "reply": Kind.MENTIONS,
        "referred_to": Kind.MENTIONS, "channel_named": Kind.MENTIONS, "void_reason": Kind.MENTIONS,
    },
    "cases.case": {
        "title": Kind.MENTIONS, "content": Kind.MENTIONS, "result": Kind.MENTIONS, "void_reason": Kind.MENTIONS,
    },
    "cases.step": {"note": Kind.MENTIONS, "department_reply": Kind.MENTIONS},
    "cases.intake": {
        "visitor_name": Kind.ENCRYPTED, "visitor_phone": Kind.ENCRYPTED, "visitor_name_hash": Kind.SECRET,
        "visitor_phone_hash": Kind.SECRET,
    },
    "cases.choice": {"reason": Kind.MENTIONS},
    "cases.outcome": {"note": Kind.MENTIONS, "void_reason": Kind.MENTIONS},
    "cases.submission": {"text": Kind.MENTIONS, "void_reason": Kind.MENTIONS},
    "cases.instruction": {"text": Kind.MENTIONS, "follow_up": Kind.MENTIONS, "void_reason": Kind.MENTIONS},
    "studios.fund": {"void_reason": Kind.MENTIONS},
    "reports.datacheck": {"note": Kind.MENTIONS},
    "reports.periodreport": {"note": Kind.MENTIONS, "why": Kind.MENTIONS, "doubts": Kind.MENTIONS},
    "reports.supplement": {"reason": Kind.MENTIONS, "why": Kind.MENTIONS},
}  # fmt: skip

# Reviewed: texts that say nothing about a person.
IMPERSONAL = {
    "liaison.division": {"code", "name"},
    "liaison.category": {"name"},
    "liaison.holiday": {"name"},
    "liaison.organisation": {"name", "short_name", "letters", "path"},
    "liaison.specialcommittee": {"name"},
    "liaison.activitygroup": {"name"},
    "liaison.sector": {"name"},
    "liaison.department": {"name"},
    "liaison.attachment": {"checksum"},
    "liaison.entry": {"object_id"},
    "liaison.job": {"kind", "title", "step", "error", "file_name", "file_type"},
    "liaison.notice": {"key", "url"},
    "liaison.robot": {"name"},
    "liaison.delivery": {"key", "error"},
    "liaison.seal": {"digest"},
    "liaison.anchor": {"digest"},
    "studios.studio": {"name", "brand", "host", "address", "phone", "intro", "industry", "grid", "code"},
    "studios.receptionrule": {"place"},
    "studios.fund": {"source"},
    "studios.spending": {"purpose"},
    "studios.paper": {"title", "version"},
    "activities.programme": {"name"},
    "activities.taskgroup": {"name"},
    "activities.mediareport": {"outlet", "link"},
    "activities.activity": {"title", "brand", "campaign", "place", "six_new"},
    "activities.output": {"title"},
    "reception.receptionday": {"place", "theme"},
    "reception.visit": {"consent_version"},
    "cases.case": {"number", "query_code", "campaign"},
    "cases.intake": {"proof", "consent_version"},
    "cases.submission": {"title", "submitted_to"},
    "cases.erasure": set(),
    "reports.dirty": {"source"},
    "reports.cell": {"source", "dimension", "key"},
    "reports.rolled": {"source", "dimension", "key"},
    "reports.reporttemplate": {"name", "note"},
    "reports.savedview": {"title", "query"},
    "reports.datacheck": {"key"},
    "reports.reportfigure": {"indicator", "since"},
    "reports.supplement": {"indicator"},
}


def kind_of(label: str, field: str) -> Kind | None:
    """kind_of("reception.visit", "content"); None for what says nothing about a person."""
    return PERSONAL.get(label, {}).get(field)


def fields_of(label: str, kind: Kind) -> list[str]:
    return [field for field, found in PERSONAL.get(label, {}).items() if found is kind]
