"""Taking a visitor out of the records: names, numbers, photos and every mention, while all figures stay as they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db import connection, models, transaction

from cases import journal
from cases.models import Case, Choice, Erasure, Instruction, Intake, Outcome, Submission
from liaison import reach
from liaison.models import Account, Attachment, Entry
from liaison.personal import Kind, fields_of
from liaison.privacy import ERASED, NUMBERS
from reception.models import ReceptionDay, Visit


@dataclass
class Report:
    """How many visits (and intakes), texts and files an erasure touched."""

    visits: int = 0
    texts: int = 0
    photos: int = 0

    def __add__(self, other: "Report") -> "Report":
        return Report(self.visits + other.visits, self.texts + other.texts, self.photos + other.photos)

    def __str__(self):
        return f"来访 {self.visits} 次，清理文字 {self.texts} 处，删除文件 {self.photos} 个"


@reach.everything()
def erase(sources: Iterable[Visit | Intake], *, reason: str, at: datetime, by: Account | None, request=None) -> Report:
    """Erase the visitors of these visits and intakes, all or nothing; what the database forgets, the disk forgets after
    the commit."""
    report = Report()
    for source in sources:
        locked = type(source).objects.select_for_update(of=("self",)).get(pk=source.pk)
        erasure = _erase(locked, reason, at, by)
        Entry.note(
            Entry.Act.ERASE,
            source,
            request=request,
            by=by,
            fields=["来访人个人信息"],
            reason=erasure.get_reason_display(),
        )
        report += Report(1, erasure.texts, erasure.photos)
    transaction.on_commit(journal.write)
    return report


def _erase(source: Visit | Intake, reason: str, at: datetime, by: Account | None) -> Erasure:
    words = source.recognised_by
    cases = list(source.cases.all())
    texts = sum(_clean(record, words) for record in _records(source, cases)) + _clean_steps(cases, words)
    photos = _drop_files([source, *cases])
    source.refresh_from_db()
    source.visitor_name = source.visitor_phone = ""
    source.consented = False
    if reason == Erasure.Reason.WITHDRAWN:
        source.consent_withdrawn_at = at
    source.save()
    return Erasure.objects.create(
        organisation=source.organisation, reason=reason, at=at, by=by, texts=texts, photos=photos,
        **{type(source)._meta.model_name: source},
    )  # fmt: skip


def cleaned(text: str, words: list[str]) -> str:
    for word in words:
        text = text.replace(word, ERASED)
    return NUMBERS.sub(ERASED, text)


def _records(source: Visit | Intake, cases: list[Case]) -> Iterable[models.Model]:
    submissions = Submission.objects.filter(source_cases__in=cases).distinct()
    yield source
    yield from cases
    yield from Choice.objects.filter(case__in=cases)
    yield from Outcome.objects.filter(case__in=cases)
    yield from submissions
    yield from Instruction.objects.filter(submission__in=submissions)
    if isinstance(source, Visit):
        yield from ReceptionDay.objects.filter(pk=source.reception_day_id)


def _clean(record: models.Model, words: list[str]) -> int:
    """Cut each field to what it may hold: the mark is longer than many a name."""
    changed = []
    for name in fields_of(record._meta.label_lower, Kind.MENTIONS):
        before = getattr(record, name)
        after = cleaned(before, words)[: record._meta.get_field(name).max_length]
        if after != before:
            setattr(record, name, after)
            changed.append(name)
    if changed:
        pinyin = ["pinyin"] if any(field.name == "pinyin" for field in record._meta.fields) else []
        record.save(update_fields=[*changed, *pinyin])
    return len(changed)


def _clean_steps(cases: list[Case], words: list[str]) -> int:
    """Steps are only ever appended; the one exception is this function of the owner (migration 0005)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cases_erase_in_steps(%s, %s, %s, %s)",
            [[case.pk for case in cases], words, NUMBERS.pattern, ERASED],
        )
        return cursor.fetchone()[0]


def _drop_files(records: list[models.Model]) -> int:
    dropped = 0
    for record in records:
        kind = ContentType.objects.get_for_model(record)
        for attachment in Attachment.objects.filter(content_type=kind, object_id=record.pk):
            transaction.on_commit(lambda name=attachment.file.name: drop_if_unused(name))
            attachment.delete()
            dropped += 1
    return dropped


@reach.everything()
def drop_if_unused(name: str) -> bool:
    """The same picture may hang on two records: the last one takes the file along."""
    if Attachment.objects.filter(file=name).exists():
        return False
    default_storage.delete(name)
    return True
