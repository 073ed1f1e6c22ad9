"""指标口径: every indicator stands there, with what it means and where it comes from."""

import pytest

from reports import rollup
from reports.indicators import INDICATORS
from tests.cast import make_visit

URL = "/definitions/"


@pytest.fixture
def page(client, cast) -> str:
    client.force_login(cast.lanzhou.leader)
    return client.get(URL).content.decode()


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda i: i.code)
def test_every_indicator_is_defined(page, indicator):
    row = page.partition(f'id="{indicator.code}"')[2].partition("</tr>")[0]
    for words in (indicator.name, indicator.unit, indicator.definition, indicator.since):
        assert words in row
    assert all(str(model._meta.verbose_name) in row for model in indicator.models)
    assert "relationship" not in row


def test_the_page_tells_of_the_oldest_change_that_is_not_counted_yet(client, cast):
    client.force_login(cast.lanzhou.leader)
    rollup.drain()
    assert "全部变动已计入" in client.get(URL).content.decode()
    make_visit(cast.chengguan)
    assert "最早一条未计入的变动" in client.get(URL).content.decode()


def test_only_those_who_read_totals_see_it(client, cast):
    for account, status in ((cast.chengguan.clerk, 200), (cast.chengguan.account, 404), (cast.auditor, 404)):
        client.force_login(account)
        assert client.get(URL).status_code == status
