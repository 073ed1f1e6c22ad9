"""How much a bench database holds."""

from dataclasses import dataclass

YEARS = 5


@dataclass(frozen=True)
class Size:
    """Rows of each fact table; within: "" for the nation or the code of one division; studios, members: of each
    organisation; changes: visits changed before a drain; imported: visits of one import; rebuild_goal: of a rebuild ÷
    GROUP BY. Facts lie evenly over organisations and the last `YEARS` years."""

    visits: int
    cases: int
    activities: int
    within: str
    studios: int = 4
    members: int = 30
    changes: tuple[int, ...] = (100, 10_000)
    imported: int = 20_000
    rebuild_goal: float = 1.3

    @property
    def words(self) -> str:
        place = f"区划 {self.within} 以内" if self.within else "全国"
        return f"来访 {self.visits:,}、事项 {self.cases:,}、活动 {self.activities:,}，{YEARS} 年，{place}"


DEFAULT = Size(visits=300_000, cases=150_000, activities=90_000, within="62")
FULL = Size(visits=10_000_000, cases=5_000_000, activities=3_000_000, within="", members=60, changes=(100, 10_000, 100_000),
            imported=100_000, rebuild_goal=1.5)  # fmt: skip
