"""Documents over the API: sent as a form, taken out as bytes."""

from __future__ import annotations

from accounts.tests.cast import Cast
from portal.tests.api.caller import Answer, Caller, SentFile, caller_of

PDF = b"%PDF-1.7 the deeds"


def put_in(caller: Caller, content: bytes = PDF, **told: str) -> Answer:
    return caller.post(
        "documents", {"type": "REGISTER", "file": SentFile("deeds.pdf", content), **told}
    )


class TestDocuments:
    def test_are_put_in_and_taken_out(self, cast: Cast) -> None:
        caller = caller_of(cast.tenant)
        made = put_in(caller, expires_on="2099-05-01")
        assert made.status == 201
        assert made.body["organization"]["name"] == cast.tenant.name
        assert made.body["expires_on"] == "2099-05-01"
        path = f"documents/{made.body['id']}"
        assert caller.get(path).body == made.body
        assert caller.get(f"{path}/content").response.content == PDF
        assert caller.get("documents?type=REGISTER").body["results"] == [made.body]
        assert put_in(caller).status == 200
        assert caller("DELETE", path).status == 204
        assert caller.get(path).is_problem(404)

    def test_may_be_those_of_an_organization_below(self, cast: Cast) -> None:
        dealer = caller_of(cast.dealer)
        made = put_in(dealer, organization=str(cast.tenant.uuid))
        assert made.body["organization"]["id"] == str(cast.tenant.uuid)
        stranger = put_in(dealer, organization=str(cast.rival_tenant.uuid))
        assert stranger.is_problem(422, "organization")

    def test_are_refused_in_words(self, cast: Cast) -> None:
        caller = caller_of(cast.tenant)
        assert put_in(caller, b"MZ").is_problem(422, "file")
        assert put_in(caller, type="SONNET").is_problem(422, "type")
        assert put_in(caller, surprise="1").is_problem(422, "surprise")
        assert caller.post("documents", {"type": "BILL"}).is_problem(415)
        # What is too large is left out while it is read.
        assert put_in(caller, b"%PDF-" + bytes(11 * 1024 * 1024)).is_problem(422, "file")
