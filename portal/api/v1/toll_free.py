"""Verification of toll-free numbers, without which networks block their text messages."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from dids.models import TollFreeVerification
from dids.workflows import toll_free
from portal.actor import requires
from portal.api.shapes import Asked, Nothing
from portal.api.v1.messaging import FeatureShape, MindedShape
from portal.api.v1.numbers import NumberResource
from portal.api.work import reads, writes
from trunks.toll_free import KINDS, OPT_INS, USE_CASES, VOLUMES


def _text(most: int, **more: Any) -> serializers.CharField:
    return serializers.CharField(max_length=most, **more)


def _word(words: tuple[str, ...]) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=[(word, word) for word in words])


class VerificationWish(Asked):
    """Who sends from a toll-free number, what, and how people agree to it."""

    kind = _word(KINDS)
    business = _text(100, help_text="The legal name.")
    registration = _text(
        30,
        required=False,
        allow_blank=True,
        default="",
        help_text="In its register, in the United States the EIN; only a sole proprietor has none.",
    )
    website = _text(200)
    street = _text(100)
    city = _text(100)
    region = _text(20)
    postal_code = _text(10)
    country = _text(2)
    first_name = _text(50, help_text="Of whoever can be asked.")
    last_name = _text(50)
    email = serializers.EmailField(max_length=100)
    phone = _text(16, help_text="In E.164.")
    use_case = _word(USE_CASES)
    summary = _text(500)
    sample = _text(1000)
    volume = serializers.ChoiceField(choices=VOLUMES, help_text="Messages a month, at most.")
    opt_in_by = _word(OPT_INS)
    opt_in = _text(500)
    opt_in_urls = serializers.ListField(
        child=_text(toll_free.LONGEST_URL),
        max_length=toll_free.MOST_URLS,
        help_text="Addresses of pictures or pages that show how people agree.",
    )


class VerificationShape(FeatureShape):
    """How the verification of a toll-free number stands."""

    number = serializers.CharField(source="number.e164")
    business = serializers.CharField()
    use_case = serializers.CharField()
    volume = serializers.IntegerField()
    problems = MindedShape(many=True)


class _Verified(NumberResource):
    def _told(self, e164: str, *, status: int = 200) -> Response:
        number = self.number(e164)
        rows = TollFreeVerification.objects.visible_to(self.actor).select_related("number")
        row = self.find(rows, number=number, organization=number.holder_id)
        return self.shown(VerificationShape, row, status=status)


class NumberVerification(_Verified):
    """The verification of one toll-free number."""

    @extend_schema(responses=VerificationShape)
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request, e164: str) -> Response:
        """Tell how the verification stands; 404 where its holder has never asked for one."""
        self.filters(Asked, paged=False)
        return self._told(e164)

    @extend_schema(request=VerificationWish, responses={202: VerificationShape})
    @requires(Permission.ASSIGN_NUMBERS)
    @writes(dry_run=True)
    def put(self, request: Request, e164: str) -> Response:
        """Have a toll-free number verified, or once more with corrected words."""
        number, words = self.number(e164), self.body(VerificationWish)
        toll_free.verify(number=number, words=words, actor=self.actor, now=timezone.now())
        return self._told(e164, status=202)


class VerificationEnd(_Verified):
    """The end of a verification."""

    @extend_schema(request=Nothing, responses={202: VerificationShape})
    @requires(Permission.ASSIGN_NUMBERS)
    @writes()
    def post(self, request: Request, e164: str) -> Response:
        """Take a verification back, once the number has no messages."""
        self.body(Nothing)
        toll_free.withdraw(number=self.number(e164), actor=self.actor, now=timezone.now())
        return self._told(e164, status=202)
