"""What is particular to VoIP Innovations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from lib.e164 import E164
from trunks.carriers.voip_innovations import payloads, soap
from trunks.carriers.voip_innovations.adapter import VoipInnovations
from trunks.deadlines import Deadline
from trunks.errors import Misconfigured, OutcomeUnknown, Reason, Rejected, Unavailable
from trunks.exchanges import ExchangeRecord
from trunks.http import Caller
from trunks.numbering import Capability, NumberType
from trunks.offers import LineStatus, Wanted
from trunks.transport import new_client
from trunks.xml import xml_from

NUMBER = E164("+17045550810")
OTHER = E164("+17045550811")
NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
REFERENCE = "5b0a3f2e-6f0f-4f57-9c55-0f5f3a1d2c4b"
CREDENTIALS = {"login": "api", "secret": "p&w<'\"-1234", "endpoint_group": "70"}


def soon() -> Deadline:
    """Give an operation five seconds."""
    return Deadline(5)


def did(number: str = "7045550810", code: str = "100", **more: str) -> str:
    """Write a number of an answer."""
    facts = {"tn": number, "status": "A sentence", "statusCode": code, "endpointId": "71", **more}
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in facts.items())
    return f"<DIDs><DID>{inner}</DID></DIDs>"


def said(content: str = "", code: str = "100", words: str = "Success") -> httpx2.Response:
    """Write an answer."""
    inner = f"<responseCode>{code}</responseCode><responseMessage>{words}</responseMessage>"
    text = (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f'<XResponse xmlns="http://tempuri.org/"><XResult>{inner}{content}</XResult></XResponse>'
        "</soap:Body></soap:Envelope>"
    )
    return httpx2.Response(200, text=text)


def answering(*answers: httpx2.Response) -> tuple[VoipInnovations, list[httpx2.Request]]:
    """Give an adapter to which the carrier answers this, one after the other."""
    left = list(answers)
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return left.pop(0)

    caller = Caller(new_client(httpx2.MockTransport(answer)), clock=lambda: NOW)
    return VoipInnovations(credentials=CREDENTIALS, caller=caller), seen


def element(text: str) -> Any:
    """Read a number of an answer."""
    root = xml_from(text.encode())
    assert root is not None
    return root.find("DID")


class TestNumbers:
    @pytest.mark.parametrize("written", ["7045550810", "17045550810", "+17045550810"])
    def test_are_read_with_ten_digits_or_eleven(self, written: str) -> None:
        assert payloads.number_in(written) == NUMBER
        assert payloads.number_out(NUMBER) == "7045550810"

    def test_others_than_north_american_ones_cannot_be_written(self) -> None:
        with pytest.raises(ValueError, match="North America"):
            payloads.number_out(E164("+442079460200"))


class TestEnvelope:
    def test_has_the_credentials_first_and_everything_escaped(self) -> None:
        carrier, seen = answering(said("<Amount>1.00</Amount>"))
        carrier.balance(deadline=soon())

        (request,) = seen
        assert str(request.url).startswith("https://backoffice.voipinnovations.com/Services/")
        assert request.headers["soapaction"] == '"http://tempuri.org/GetPrepaidBalance"'
        root = xml_from(request.content)
        assert root is not None
        assert [(part.tag, part.text) for part in root[0][0]] == [
            ("login", CREDENTIALS["login"]),
            ("secret", CREDENTIALS["secret"]),
        ]

    def test_the_secret_is_kept_nowhere(self) -> None:
        kept: list[ExchangeRecord] = []
        client = new_client(httpx2.MockTransport(lambda _: said("<Amount>1.00</Amount>")))
        caller = Caller(client, kept.append, secrets=[CREDENTIALS["secret"]])
        VoipInnovations(credentials=CREDENTIALS, caller=caller).balance(deadline=soon())

        (record,) = kept
        assert "[removed]" in record.request_body
        assert "1234" not in record.request_body

    def test_reads_are_repeated_although_they_are_posts(self) -> None:
        carrier, seen = answering(httpx2.Response(504), said("<Amount>7.20</Amount>"))

        assert str(carrier.balance(deadline=soon())) == "7.20 USD"
        assert len(seen) == 2


class TestCodes:
    @pytest.mark.parametrize("code", ["901", "902"])
    def test_no_access_needs_a_person(self, code: str) -> None:
        carrier, _ = answering(said(code=code, words="IP unknown"))

        with pytest.raises(Misconfigured, match="registered"):
            carrier.balance(deadline=soon())

    @pytest.mark.parametrize(
        ("code", "words", "reason"),
        [
            ("948", "Endpoint Group", Reason.INVALID),
            ("900", "insufficient balance", Reason.NO_FUNDS),
        ],
    )
    def test_refusals_are_told_apart(self, code: str, words: str, reason: Reason) -> None:
        carrier, _ = answering(said(code=code, words=words))

        with pytest.raises(Rejected) as caught:
            carrier.order([NUMBER], reference=REFERENCE, binding="71", deadline=soon())
        assert caught.value.reason is reason

    @pytest.mark.parametrize("code", ["900", "12345"])
    def test_an_exception_says_nothing_about_what_was_done(self, code: str) -> None:
        carrier, _ = answering(said(code=code, words="Object reference not set"))
        with pytest.raises(OutcomeUnknown):
            carrier.order([NUMBER], reference=REFERENCE, binding="", deadline=soon())

        carrier, _ = answering(*[said(code=code, words="Object reference") for _ in range(3)])
        with pytest.raises(Unavailable):
            carrier.balance(deadline=soon())

    def test_words_about_the_balance_are_of_a_purchase_alone(self) -> None:
        told = said(code="900", words="Exception: the balance cannot be read")
        carrier, _ = answering(*[told] * 3)

        with pytest.raises(Unavailable):
            carrier.balance(deadline=soon())
        carrier, _ = answering(said(did(availability="Assigned")), told)
        with pytest.raises(OutcomeUnknown):
            carrier.release(NUMBER, carrier_reference="", deadline=soon())

    def test_a_fault_is_none_of_these(self) -> None:
        body = xml_from(b"<E><Body><Fault><faultstring>broke</faultstring></Fault></Body></E>")

        assert soap.refusal_from(400, body) == (Reason.OTHER, "broke")
        with pytest.raises(ValueError, match="without words"):
            soap.refusal_from(400, None)
        with pytest.raises(ValueError, match="no code"):
            soap.result_from(body, spends=False)


class TestSearch:
    def test_nothing_to_search_by_is_refused_before_anything_is_sent(self) -> None:
        carrier, seen = answering()

        with pytest.raises(Rejected, match="area code"):
            carrier.search(Wanted(country="US"), deadline=soon())
        assert seen == []

    @pytest.mark.parametrize(
        "wanted",
        [
            Wanted(country="GB", area_code="20"),
            Wanted(country="US", area_code="704", type=NumberType.MOBILE),
        ],
    )
    def test_what_it_does_not_sell_is_not_asked_for(self, wanted: Wanted) -> None:
        carrier, seen = answering()

        assert carrier.search(wanted, deadline=soon()) == []
        assert seen == []

    def test_toll_free_is_a_state(self) -> None:
        wanted = Wanted(country="US", type=NumberType.TOLL_FREE)

        assert payloads.search_content(wanted) == [("state", "TF")]

    def test_countries_and_wishes_are_chosen_from_the_answer(self) -> None:
        def locator(tn: str, state: str, sms: str) -> str:
            return f"<DIDLocator><tn>{tn}</tn><state>{state}</state><sms>{sms}</sms></DIDLocator>"

        rows = locator("7045550810", "NC", "true") + locator("7045550811", "NC", "false")
        rows += locator("7045550812", "ON", "true")
        carrier, _ = answering(said(f"<DIDLocators>{rows}</DIDLocators>"))
        wishes = frozenset({Capability.SMS})
        wanted = Wanted(country="US", area_code="704", capabilities=wishes)

        (offer,) = carrier.search(wanted, deadline=soon())
        assert (offer.number, offer.country, offer.monthly) == (NUMBER, "US", None)

    def test_toll_free_numbers_are_of_the_country_that_was_asked_for(self) -> None:
        row = "<DIDLocator><tn>8005550810</tn><state>TF</state></DIDLocator>"
        wanted = Wanted(country="CA", type=NumberType.TOLL_FREE)
        carrier, _ = answering(said(f"<DIDLocators>{row}</DIDLocators>"))

        (offer,) = carrier.search(wanted, deadline=soon())
        # Where they are kept is no state.
        assert (offer.country, offer.region) == ("CA", "")

    def test_no_records_are_none(self) -> None:
        carrier, _ = answering(said(code="101", words="No records"))

        assert carrier.search(Wanted(country="US", area_code="704"), deadline=soon()) == []


class TestHold:
    @pytest.mark.parametrize(
        ("told", "until"),
        [
            ("2026-07-01T09:20:00", NOW + timedelta(minutes=20)),
            ("2026-07-01T05:20:00", NOW + timedelta(minutes=20)),
            ("1900-01-01T00:00:00", None),
            ("2026-07-01T07:20:00", None),
            ("", None),
        ],
    )
    def test_its_end_is_read_in_either_zone(self, told: str, until: datetime | None) -> None:
        assert payloads.until_from(element(did(expireDate=told)), NOW) == until

    def test_lasts_half_an_hour_where_no_end_is_told(self) -> None:
        for code in ("100", "103220"):
            carrier, _ = answering(said(did(code=code, expireDate="1900-01-01T00:00:00")))
            hold = carrier.hold([NUMBER], reference=REFERENCE, deadline=soon())
            assert hold.until == NOW + timedelta(minutes=30)

    @pytest.mark.parametrize("code", ["103225", "103230", "103235", "103250", "103259", "103420"])
    def test_is_none_where_the_number_is_not_to_be_had(self, code: str) -> None:
        carrier, _ = answering(said(did(code=code)))
        hold = carrier.hold([NUMBER], reference=REFERENCE, deadline=soon())

        assert (hold.numbers, hold.until) == ((), None)

    def test_a_code_that_nobody_knows_leaves_it_unknown(self) -> None:
        carrier, _ = answering(said(did(code="103221")))

        with pytest.raises(OutcomeUnknown):
            carrier.hold([NUMBER], reference=REFERENCE, deadline=soon())


class TestOrder:
    @pytest.mark.parametrize(
        ("code", "status", "word"),
        [
            ("100", LineStatus.BOUGHT, ""),
            ("104225", LineStatus.FAILED, ""),
            ("104235", LineStatus.FAILED, ""),
            ("104420", LineStatus.FAILED, ""),
            ("104220", LineStatus.PENDING, "104220"),
            ("104221", LineStatus.PENDING, "104221"),
            ("999", LineStatus.PENDING, "999"),
        ],
    )
    def test_each_number_is_judged_by_its_own_code(
        self, code: str, status: LineStatus, word: str
    ) -> None:
        carrier, _ = answering(said(did(code=code)))
        placed = carrier.order([NUMBER], reference=REFERENCE, binding="71", deadline=soon())

        (line,) = placed.numbers
        assert (line.status, line.word) == (status, word)

    def test_an_answer_about_other_numbers_is_none(self) -> None:
        carrier, _ = answering(said(did("7045550811")))

        with pytest.raises(OutcomeUnknown):
            carrier.order([NUMBER], reference=REFERENCE, binding="", deadline=soon())

    def test_goes_to_the_group_for_nowhere_unless_told_otherwise(self) -> None:
        for binding, group in (("71", "71"), ("", "70")):
            carrier, seen = answering(said(did()))
            carrier.order([NUMBER], reference=REFERENCE, binding=binding, deadline=soon())
            root = xml_from(seen[0].content)
            assert root is not None
            param = next(root.iter("DIDParam"))
            assert [part.tag for part in param] == ["tn", "refId", "epg"]
            assert param.findtext("epg") == group

    @pytest.mark.parametrize(
        ("availability", "kept", "status"),
        [
            ("Assigned", REFERENCE, LineStatus.BOUGHT),
            ("assigned", REFERENCE[:20], LineStatus.BOUGHT),
            ("assigned", REFERENCE[:8], None),
            ("assigned", "", None),
            ("Reserved", REFERENCE, None),
            ("Available", "", None),
            ("pondered", REFERENCE, LineStatus.PENDING),
        ],
    )
    def test_is_found_by_our_reference_on_the_number(
        self, availability: str, kept: str, status: LineStatus | None
    ) -> None:
        carrier, _ = answering(said(did(availability=availability, refId=kept)))
        found = carrier.find_order(reference=REFERENCE, numbers=[NUMBER], deadline=soon())

        assert (found.numbers[0].status if found else None) is status


class TestOwned:
    def test_the_record_that_stands_for_none_is_none(self) -> None:
        carrier, _ = answering(said(did("", "101200")))

        assert carrier.owned(deadline=soon()) == []

    @pytest.mark.parametrize(("group", "trunk"), [("0", ""), ("70", ""), ("71", "71")])
    def test_the_group_for_nowhere_is_no_trunk(self, group: str, trunk: str) -> None:
        carrier, _ = answering(said(did(endpointId=group, availability="Assigned")))

        (mine,) = carrier.owned(deadline=soon())
        assert mine.trunk_reference == trunk

    def test_a_word_that_nobody_knows_does_not_make_a_number_vanish(self) -> None:
        carrier, _ = answering(said(did(code="half-done", availability="under-review")))

        (mine,) = carrier.owned(deadline=soon())
        assert not mine.active

    def test_one_number_with_an_unknown_code_is_not_judged(self) -> None:
        carrier, _ = answering(*[said(did(code="half-done")) for _ in range(3)])

        with pytest.raises(Unavailable):
            carrier.owned_number(NUMBER, deadline=soon())


class TestRelease:
    OURS = did(availability="Assigned", refId=REFERENCE)

    @pytest.mark.parametrize("code", ["100", "106231", "106241"])
    def test_success_has_several_codes(self, code: str) -> None:
        carrier, seen = answering(said(self.OURS), said(did(code=code)))
        carrier.release(NUMBER, carrier_reference="", deadline=soon())

        assert len(seen) == 2

    @pytest.mark.parametrize(
        ("code", "reason"), [("106225", Reason.OTHER), ("106420", Reason.NOT_FOUND)]
    )
    def test_failure_has_several_too(self, code: str, reason: Reason) -> None:
        carrier, _ = answering(said(self.OURS), said(did(code=code)))

        with pytest.raises(Rejected) as caught:
            carrier.release(NUMBER, carrier_reference="", deadline=soon())
        assert caught.value.reason is reason


class TestBind:
    def test_says_again_what_would_be_lost(self) -> None:
        ours = did(availability="Assigned", refId=REFERENCE, cnam="true")
        carrier, seen = answering(said(ours), said(did()))
        carrier.bind(NUMBER, carrier_reference="", trunk_reference="71", deadline=soon())

        root = xml_from(seen[1].content)
        assert root is not None
        param = next(root.iter("DIDParam"))
        assert [(part.tag, part.text) for part in param] == [
            ("tn", "7045550810"),
            ("cnam", "1"),
            ("refId", REFERENCE),
            ("epg", "71"),
        ]

    def test_a_group_is_named_by_its_number(self) -> None:
        carrier, _ = answering(said(did(availability="Assigned")))

        with pytest.raises(Rejected, match="number"):
            carrier.bind(NUMBER, carrier_reference="", trunk_reference="main", deadline=soon())
