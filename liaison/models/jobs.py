"""Work that somebody asked for and comes back to: documents, workbooks."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from liaison.scope import ScopedQuerySet

from .accounts import Account
from .organisations import Organisation

# A worker that was not heard of for so long is taken for dead.
LEASE = timedelta(minutes=3)
MOST_ATTEMPTS = 3
KEPT_DAYS = 7


class JobQuerySet(ScopedQuerySet):
    def visible_to(self, account):
        """One's own, and only as long as one may still read of that office."""
        return super().visible_to(account).filter(asked_by_id=account.pk)

    def writable_by(self, account):
        return self.visible_to(account)

    def listed(self):
        """Newest first, without the files themselves."""
        return self.defer("content", "parameters").select_related("organisation").order_by("-id")

    def due(self, now: datetime):
        """Waiting, or left behind by a worker that died."""
        left = Q(state=Job.State.RUNNING, touched_at__lt=now - LEASE)
        return self.filter(Q(state=Job.State.WAITING) | left)

    def expired(self, now: datetime):
        return self.filter(asked_at__lt=now - timedelta(days=KEPT_DAYS))

    def claim(self, pk: int, now: datetime) -> "Job | None":
        """The job, if nobody else is at it; a second claim of the same one gets nothing."""
        attempt = {
            "state": Job.State.RUNNING,
            "attempts": F("attempts") + 1,
            "progress": 0,
            "step": "",
            "touched_at": now,
        }
        if not self.due(now).filter(pk=pk).update(**attempt):
            return None
        return self.select_related("asked_by", "organisation__division", "organisation__parent__division").get(pk=pk)


class Job(models.Model):
    """One piece of work of one account: waiting → running → done | failed. The database is the truth, the broker a
    doorbell: a sweep takes up what was never rung for and what a dead worker left. The file lies in the row, behind both walls."""

    class State(models.TextChoices):
        WAITING = "waiting", "排队中"
        RUNNING = "running", "生成中"
        DONE = "done", "已完成"
        FAILED = "failed", "没有完成"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="政协组织")
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="jobs", verbose_name="申请人")
    kind = models.CharField("种类", max_length=20, editable=False)
    title = models.CharField("名称", max_length=200)
    parameters = models.JSONField("参数", default=dict, editable=False)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    progress = models.PositiveSmallIntegerField("进度（%）", default=0)
    step = models.CharField("正在做", max_length=60, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField("次数", default=0, editable=False)
    error = models.TextField("原因", blank=True)
    file_name = models.CharField("文件名", max_length=200, blank=True)
    file_type = models.CharField("文件类型", max_length=100, blank=True, editable=False)
    content = models.BinaryField("文件", null=True, editable=False)
    asked_at = models.DateTimeField("申请时间", auto_now_add=True)
    touched_at = models.DateTimeField("最近活动", null=True, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="job_done_with_file", condition=~Q(state="done") | Q(content__isnull=False),
                violation_error_message="完成的任务要有文件。",
            ),
            models.CheckConstraint(
                name="job_progress_in_percent", condition=Q(progress__lte=100), violation_error_message="进度不能超过 100%。"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(name="job_own", fields=["asked_by", "-id"]),  # 我的文件
            models.Index(
                name="job_due", fields=["touched_at"], condition=Q(state__in=["waiting", "running"])
            ),  # the sweep
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("reports:job-file", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def expires_at(self) -> datetime:
        return self.asked_at + timedelta(days=KEPT_DAYS)

    def report(self, **values) -> bool:
        """How far this attempt is, or what came of it; False if another worker has taken the job over."""
        own = Job.objects.filter(pk=self.pk, attempts=self.attempts, state=self.State.RUNNING)
        return bool(own.update(**values))

    def again(self):
        """Ask once more for what failed."""
        self.state, self.error, self.attempts, self.progress = self.State.WAITING, "", 0, 0
        self.save(update_fields=["state", "error", "attempts", "progress"])
