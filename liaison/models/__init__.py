"""Who and where: the ground floor that every other app stands on."""

from .accounts import Account, Grant, Role
from .credentials import ApiToken, PastPassword, SignInCode
from .entries import Anchor, Entry, Seal, Unsealed
from .jobs import Job
from .notices import Notice
from .organisations import ActivityGroup, Department, Organisation, Sector, SpecialCommittee, Term
from .outbox import Channel, Delivery, NoticeSetting, Robot
from .people import Base, Member, Party, PartyMembership, Seat
from .places import Category, Division, Holiday, Level
from .records import Attachment, OnceQuerySet, Voidable, VoidableQuerySet
from .rules import Inheriting, PlacedRules

__all__ = [
    "Account", "ActivityGroup", "Anchor", "ApiToken", "Attachment", "Base", "Category", "Channel", "Delivery", "Department", "Division", "Entry", "Grant",
    "Holiday", "Inheriting", "Job", "Level", "Member", "Notice", "NoticeSetting", "OnceQuerySet", "Organisation", "Party", "PartyMembership", "PastPassword", "PlacedRules", "Robot", "Role", "Seal",
    "Seat", "Sector", "SignInCode", "SpecialCommittee", "Term", "Unsealed", "Voidable", "VoidableQuerySet",
]  # fmt: skip
