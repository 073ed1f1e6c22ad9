"""What members do."""

from .activity import Activity, Output, Participation
from .media import MediaReport
from .programme import Programme, TaskGroup

__all__ = ["Activity", "MediaReport", "Output", "Participation", "Programme", "TaskGroup"]
