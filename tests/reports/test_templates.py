"""Templates of an office: uploaded, previewed, used, gone back from; a broken one leaves nothing behind."""

import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement

from liaison import jobs
from liaison.models import Entry, Job
from reports import rollup
from reports.models import ReportTemplate
from reports.word import own_template
from tests.cast import make_visit
from tests.pages import signed_in, text_of
from tests.reports.test_templates_read import docx
from tests.reports.test_text import MARCH

PAGE = "/reports/templates/"


def upload(client, content: bytes, note: str = "", name: str = "模板.docx", org: str = ""):
    query = f"?org={org}" if org else ""
    return client.post(f"{PAGE}{query}", {"file": SimpleUploadedFile(name, content), "note": note})


def packed(content: bytes, **parts: bytes) -> bytes:
    """The archive with further or other parts, by name with __ for /."""
    names = {name.replace("__", "/"): part for name, part in parts.items()}
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in names:
                new.writestr(name, old.read(name))
        for name, part in names.items():
            new.writestr(name, part)
    return made.getvalue()


@pytest.fixture
def clerk(cast):
    return signed_in(cast.lanzhou.clerk)


def test_a_template_is_kept_shown_and_used_only_when_somebody_says_so(cast, clerk):
    make_visit(cast.chengguan, MARCH, headcount=31)
    rollup.drain()
    answer = upload(clerk, docx("关于{{ 单位简称 }}的{{ 累计.联系服务群众 }}"), "改了标题")
    kept = ReportTemplate.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, kept.get_absolute_url())
    assert (kept.organisation, kept.version, kept.note, kept.is_current) == (
        cast.lanzhou.organisation,
        1,
        "改了标题",
        False,
    )
    assert "关于兰州市政协的31人次" in text_of(clerk.get(kept.get_absolute_url()))
    assert "关于兰州市政协" not in text_of_document(clerk.get("/reports/text.docx"))
    clerk.post(f"{PAGE}{kept.pk}/use/")
    assert text_of_document(clerk.get("/reports/text.docx")) == "关于兰州市政协的31人次"


def text_of_document(answer) -> str:
    return "\n".join(paragraph.text for paragraph in Document(BytesIO(answer.content)).paragraphs if paragraph.text)


def test_one_goes_back_to_an_older_version_and_to_the_houses_own(clerk):
    for line in ("第一份", "第二份"):
        upload(clerk, docx(line))
    second, first = ReportTemplate.objects.order_by("-version")
    for kept in (second, first):
        clerk.post(f"{PAGE}{kept.pk}/use/")
    assert list(ReportTemplate.objects.filter(is_current=True)) == [first]
    assert text_of_document(clerk.get("/reports/text.docx")) == "第一份"
    clerk.post(f"{PAGE}{first.pk}/use/", {"rest": "1"})
    assert not ReportTemplate.objects.filter(is_current=True).exists()
    assert "政协兰州市委员会" in text_of_document(clerk.get("/reports/text.docx"))


def test_every_act_is_noted(cast, clerk):
    upload(clerk, docx("第一份"))
    kept = ReportTemplate.objects.get()
    clerk.post(f"{PAGE}{kept.pk}/use/")
    clerk.get(f"{PAGE}{kept.pk}/file/")
    clerk.post(f"{PAGE}{kept.pk}/use/", {"rest": "1"})
    entries = list(Entry.objects.about(kept).order_by("id"))
    assert [(e.act, e.account, e.organisation) for e in entries] == [
        (act, cast.lanzhou.clerk, cast.lanzhou.organisation) for act in ("add", "change", "export", "change")
    ]
    assert [row["label"] for row in entries[1].changes["diff"]] == ["正在使用"]


def test_a_wrong_placeholder_is_named_with_its_paragraph_and_nothing_is_kept(clerk):
    answer = upload(clerk, docx("第一段", "{{ 单位全程 }}"), note="我的说明")
    assert answer.status_code == 400
    assert "正文第 2 段（“{{ 单位全程 }}”）：不认识占位符“单位全程”，是不是“单位全称”？" in text_of(answer)
    assert 'value="我的说明"' in answer.content.decode()
    assert not ReportTemplate.objects.exists()
    assert not Entry.objects.filter(act=Entry.Act.ADD).exists()


def with_external_picture() -> bytes:
    word = Document()
    word.part.relate_to("https://attacker.test/a.png", RELATIONSHIP_TYPE.IMAGE, is_external=True)
    return saved(word)


def with_field(*instructions: str) -> bytes:
    word = Document()
    paragraph = word.add_paragraph()
    for instruction in instructions:
        element = OxmlElement("w:instrText")
        element.text = instruction
        paragraph.add_run()._r.append(element)
    return saved(word)


def saved(word) -> bytes:
    file = BytesIO()
    word.save(file)
    return file.getvalue()


def bomb() -> bytes:
    return packed(docx("好"), **{"word__big.xml": b"<a>" + b" " * 50_000_000 + b"</a>"})


def entities() -> bytes:
    lol = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    return packed(docx("好"), **{"word__extra.xml": lol})


REFUSED = {
    "not a document": (lambda: b"%PDF-1.7", "不是 Word 文档（.docx）"),
    "an old document": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "是旧版 Word 文件（.doc）"),
    "a workbook": (lambda: packed_workbook(), "不是 Word 文档（.docx）"),
    "a cut-off archive": (lambda: own_template()[:-30], "另存为“Word 文档（.docx）”后再上传"),
    "a bomb": (bomb, "展开后过大，没有打开"),
    "entities": (entities, "的内容不合规范，没有打开"),
    "too large": (lambda: own_template() + b"\0" * 2_200_000, "超过 2 MB"),
    "macros": (lambda: packed(docx("好"), **{"word__vbaProject.bin": b"x"}), "含有宏"),
    "an embedded object": (lambda: packed(docx("好"), **{"word__embeddings__oleObject1.bin": b"x"}), "含有宏或嵌入的对象"),
    "a picture from elsewhere": (with_external_picture, "引用了外部的模板、图片或文件"),
    "a field that fetches": (lambda: with_field("INCLUDEPICTURE http://attacker.test/a.png"), "含有从别处取内容的域"),
    "the same in pieces": (lambda: with_field(" INCLUDE", "TEXT /etc/passwd"), "含有从别处取内容的域"),
    "a placeholder in a field": (lambda: with_field("PAGE {{ 时段 }}"), "的域里有占位符"),
    "broken XML": (lambda: packed(docx("好"), **{"word__document.xml": b"<w:document>"}), "的内容不合规范"),
    "other XML": (lambda: packed(docx("好"), **{"word__document.xml": b"<a/>"}), "的内容不合规范"),
    "an empty file": (lambda: b"", "这个文件是空的"),
}  # fmt: skip


def packed_workbook() -> bytes:
    from openpyxl import Workbook

    file = BytesIO()
    Workbook().save(file)
    return file.getvalue()


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_not_become_a_template_is_refused_with_a_sentence(clerk, name):
    make, sentence = REFUSED[name]
    answer = upload(clerk, make())
    assert answer.status_code == 400
    assert sentence in text_of(answer)
    assert not ReportTemplate.objects.exists()


def test_page_numbers_and_links_to_pages_may_stay(clerk):
    assert upload(clerk, with_field(" PAGE ", " HYPERLINK https://www.lanzhou.test ")).status_code == 302


def test_the_own_template_downloaded_and_given_back_is_accepted(clerk):
    own = clerk.get(f"{PAGE}own.docx")
    assert own["Content-Type"].endswith("wordprocessingml.document")
    assert upload(clerk, own.content).status_code == 302


def test_the_list_of_placeholders_names_each_with_an_example(clerk):
    told = text_of(clerk.get(f"{PAGE}placeholders/"))
    for words in (
        "{{ 单位全称 }}",
        "政协兰州市委员会",
        "{%p for 行 in 各节 %}",
        "{{ 段.文字 }}",
        "接待日活动",
        "本级累计",
    ):
        assert words in told


def test_only_those_who_work_for_the_office_have_its_templates(cast, clerk):
    upload(clerk, docx("第一份"))
    kept = ReportTemplate.objects.get()
    others = (cast.lanzhou.leader, cast.chengguan.clerk, cast.gansu.clerk, cast.qingyang.clerk, cast.admin)
    for account in (*others, cast.chengguan.account):
        client = signed_in(account)
        for address in (kept.get_absolute_url(), f"{PAGE}{kept.pk}/file/", f"{PAGE}?org=620100"):
            assert client.get(address).status_code == 404, (account, address)
        assert client.post(f"{PAGE}{kept.pk}/use/").status_code == 404
    assert upload(clerk, docx("好"), org="620102").status_code == 404
    assert not ReportTemplate.objects.filter(is_current=True).exists()


def test_a_county_makes_its_documents_with_its_own_template(cast, clerk):
    upload(clerk, docx("兰州的"))
    clerk.post(f"{PAGE}{ReportTemplate.objects.get().pk}/use/")
    assert "兰州的" not in text_of_document(signed_in(cast.chengguan.clerk).get("/reports/text.docx"))


def test_the_list_costs_the_same_with_one_and_three_versions(clerk):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for more in (1, 2):
        for _ in range(more):
            upload(clerk, docx("一份"))
        with CaptureQueriesContext(connection) as queries:
            clerk.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_brief_has_templates_of_its_own(cast, clerk):
    brief = "/reports/templates/?kind=brief"
    page = text_of(clerk.get(brief))
    assert "兰州市政协每周简报模板" in page and "下载自带模板" in page
    own = clerk.get("/reports/templates/own.docx?kind=brief")
    assert "{{ 未按时 }}" in text_of_document(own)
    assert "本周应开展接待日12次" in text_of(clerk.get("/reports/templates/placeholders/?kind=brief"))
    sent = {"file": SimpleUploadedFile("简报.docx", docx("{{ 单位全称 }}一周：{{ 未按时 }}")), "note": ""}
    clerk.post(brief, sent)
    kept = ReportTemplate.objects.get()
    assert kept.kind == ReportTemplate.Kind.BRIEF
    words = "政协兰州市委员会一周：本周没有应开展的接待日。"
    assert words in text_of(clerk.get(kept.get_absolute_url()))
    assert clerk.post(f"{PAGE}{kept.pk}/use/")["Location"].endswith("kind=brief")
    asked = clerk.post("/jobs/brief/word/?org=620100&week=2026-03-12")
    assert asked.status_code == 302
    jobs.run(Job.objects.get().pk)
    made = clerk.get(f"/jobs/{Job.objects.get().pk}/file/")
    assert text_of_document(made).startswith(words)
    # The report is made with the house's own as before.
    assert "一周" not in text_of_document(clerk.get("/reports/text.docx"))


def test_what_a_report_may_name_a_brief_may_not(clerk):
    sent = {"file": SimpleUploadedFile("简报.docx", docx("{{ 累计.联系服务群众 }}")), "note": ""}
    answer = clerk.post("/reports/templates/?kind=brief", sent)
    assert (answer.status_code, ReportTemplate.objects.count()) == (400, 0)
    assert "不认识占位符“累计”" in text_of(answer)
    for page in ("", "own.docx", "placeholders/"):
        assert clerk.get(f"{PAGE}{page}?kind=nothing").status_code == 404
