from __future__ import annotations

import pytest

from accounts.tests.cast import Cast
from dids.tests.factories import make_found_offer, make_order
from portal.tests.web.visitor import visitor_of
from trunks.models import CarrierFee
from trunks.tests.factories import make_carrier_account

pytestmark = pytest.mark.django_db


class TestTheFeesOfAnAccount:
    def test_are_entered_on_its_page_and_shown_apart_in_a_preview(self, cast: Cast) -> None:
        staff = visitor_of(cast.provider)
        account = make_carrier_account()
        path = f"/carriers/{account.uuid}/"
        assert "No fee yet." in staff.get(path).text
        form = {"what": "EMERGENCY", "country": "us", "monthly": "1.50", "currency": "usd"}
        sent = staff.post(f"{path}fees/enter/", **form, valid_from="2026-11-20")
        assert sent.status_code == 302
        row = CarrierFee.objects.get()
        assert (row.country, row.currency) == ("US", "USD")
        shown = staff.get(path).text
        assert "Emergency registration" in shown
        assert "Orders charge none of them" in shown

        order = make_order(offers=[make_found_offer(account=account)], actor=cast.staff)
        preview = staff.get(f"/orders/{order.uuid}/").text
        assert "1.50 USD a month for emergency registration" in preview
        assert "31.00 USD in all over 12 months" in preview
        assert "This order does not charge it." in preview

    def test_are_refused_beside_the_field_that_must_change(self, cast: Cast) -> None:
        account = make_carrier_account()
        form = {"what": "OTHER", "monthly": "1", "currency": "USD", "valid_from": "2026-11-20"}
        answer = visitor_of(cast.provider).post(f"/carriers/{account.uuid}/fees/enter/", **form)
        assert answer.status_code == 422
        assert 'id="id_label_error"' in answer.text
        assert not CarrierFee.objects.exists()
