"""Periodic reports as offices make them, through the pages."""

from datetime import date

from liaison.periods import parse
from reports import signing
from reports.models import PeriodReport
from tests.cast import Office
from tests.pages import signed_in

MARCH = date(2026, 3, 10)
LIST = "/reports/periods/"


def start(client, office: Office, period: str = "2026-03") -> PeriodReport:
    client.post(f"{LIST}start/", {"org": office.organisation.code, "period": period})
    return PeriodReport.objects.get(organisation=office.organisation, starts_on=parse(period, MARCH).start)


def act(client, report: PeriodReport, verb: str, **sent):
    answer = client.post(f"{LIST}{report.pk}/{verb}/", sent)
    report.refresh_from_db()
    return answer


def submitted(office: Office, period: str = "2026-03") -> PeriodReport:
    client = signed_in(office.clerk)
    report = start(client, office, period)
    assert act(client, report, "submit").status_code == 302
    return report


def line(report: PeriodReport, code: str) -> signing.Line:
    return next(
        one for _, lines in signing.groups(report, signing.parts(report)) for one in lines if one.indicator.code == code
    )


def said(answer) -> str:
    """The sentences of a refusal."""
    forms = (answer.context[name] for name in ("note_form", "return_form", "accept_form"))
    return " ".join(str(error) for form in forms if form for errors in form.errors.values() for error in errors)


def accepted(office: Office, above: Office) -> PeriodReport:
    report = submitted(office)
    act(signed_in(above.clerk), report, "accept")
    assert report.state == "accepted"
    return report
