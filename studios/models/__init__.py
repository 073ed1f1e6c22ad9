"""Where members are to be found."""

from .funds import Fund, Spending
from .rule import ReceptionRule
from .standing import Contact, Guidance, LeaderLink, Paper, Posting, StandardCheck
from .studio import Studio, own_studios

__all__ = [
    "Contact", "Fund", "Guidance", "LeaderLink", "Paper", "Posting", "ReceptionRule", "Spending", "StandardCheck",
    "Studio", "own_studios",
]  # fmt: skip
