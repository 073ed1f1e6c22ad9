"""Taking a visitor out of the records: names, numbers, photos and every mention, while all figures stay as they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.models import Q

from cases import journal
from cases.models import Case, Choice, Erasure, Instruction, Intake, Outcome, Submission
from liaison import reach
from liaison.models import Account, Attachment, Entry, Member, Organisation
from liaison.personal import PERSONAL, Kind, fields_of
from liaison.privacy import ERASED, NUMBERS
from reception.models import ReceptionDay, Visit

# Ends of what many are called by.
COURTESIES = ("女士", "先生", "同志", "师傅", "大爷", "大妈", "大娘", "阿姨", "老师", "老人", "居民", "村民")


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
    texts += _clean_elsewhere(source.organisation, words)
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
    """Without these words and without any telephone or identity number."""
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


def _clean_elsewhere(office: Organisation, words: list[str]) -> int:
    """Notices, reports, supplements and whatever else of the office says who it was, though nothing ties it to the visit.

    By words that are this visitor's alone: a courtesy (王女士) or a name that a member or colleague bears as well stays there.
    """
    ours = {*Member.objects.filter(organisation=office, name__in=words).values_list("name", flat=True)}
    ours |= {*Account.objects.filter(grants__organisation=office, name__in=words).values_list("name", flat=True)}
    words = [word for word in words if word not in ours and not word.endswith(COURTESIES)]
    return sum(_clean(record, words) for record in _naming(office, words)) if words else 0


def _naming(office: Organisation, words: list[str]) -> Iterable[models.Model]:
    """One query for each declared model of an office."""
    for model in (apps.get_model(label) for label in PERSONAL):
        names = _mentions(model)
        if names and any(field.name == "organisation" for field in model._meta.fields):
            named = [Q(**{f"{name}__contains": word}) for name in names for word in words]
            yield from model._base_manager.filter(reduce(or_, named), organisation=office)


def _mentions(model: type[models.Model]) -> list[str]:
    """Its columns of free text; files and settings are no text."""
    names = fields_of(model._meta.label_lower, Kind.MENTIONS)
    return [name for name in names if isinstance(model._meta.get_field(name), models.CharField | models.TextField)]


def _clean(record: models.Model, words: list[str]) -> int:
    """Cut each field to what it may hold: the mark is longer than many a name."""
    changed = []
    for name in _mentions(type(record)):
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
