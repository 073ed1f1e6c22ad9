"""The admin of what came of it, by noun."""

from . import cases, outcomes, visits

__all__ = ["cases", "outcomes", "visits"]
