"""Numbers to be bought, and what is to happen with them."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.reach import ReachQuerySet
from billing.rates import Conversion
from dids import extras, pricing
from dids.destinations import Destination, DestinationKind
from dids.models.emergency import WaiverKind
from dids.models.searches import over_term
from dids.pricing import Cost
from dids.states import LineStatus, OrderStatus
from lib.fields import E164Field
from lib.money import Money
from trunks.fees import Fee


class NumberOrderQuerySet(ReachQuerySet["NumberOrder"]):
    """Orders, seen by the payer and those above it."""

    owner = "payer"


class NumberOrder(models.Model):
    """A list of numbers that one organization pays for, with prices frozen at the preview."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    payer = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="number_orders"
    )
    ordered_by = models.CharField(max_length=100)
    status = models.CharField(max_length=20, choices=OrderStatus.choices, default=OrderStatus.DRAFT)
    status_since = models.DateTimeField()
    currency = models.CharField(max_length=3)
    back_order = models.ForeignKey(
        "dids.BackOrder", on_delete=models.PROTECT, related_name="orders", null=True, blank=True
    )
    """The wish that it fulfills, if it was made for one."""
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[NumberOrderQuerySet] = NumberOrderQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [models.Index(fields=["payer", "-created_at"], name="order_payer")]
        constraints = [
            models.CheckConstraint(
                name="order_status_known", condition=Q(status__in=OrderStatus.values)
            ),
            models.UniqueConstraint(
                fields=["back_order"],
                name="back_order_has_one_open_order",
                condition=Q(status__in=[OrderStatus.DRAFT, OrderStatus.SUBMITTED]),
            ),
        ]

    def __str__(self) -> str:
        return f"Order {self.uuid} ({self.pk})"

    @property
    def subject(self) -> str:
        """Name it in the journal and the ledger."""
        return f"dids.order:{self.uuid}"

    def total(self) -> Money:
        """Give what submitting it commits the payer to: set-up and first month of every line."""
        lines = self.lines.all()
        return Money(sum((line.amount for line in lines), Decimal(0)), self.currency)


class OrderLineQuerySet(ReachQuerySet["OrderLine"]):
    """Lines, seen by whoever may see the order."""

    owner = "order__payer"


class OrderLine(models.Model):
    """One number of an order: its frozen offer, and its way from bought to live."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    order = models.ForeignKey(NumberOrder, on_delete=models.CASCADE, related_name="lines")
    carrier_order = models.ForeignKey(
        "dids.CarrierOrder", on_delete=models.PROTECT, related_name="lines", null=True, blank=True
    )
    status = models.CharField(max_length=20, choices=LineStatus.choices, default=LineStatus.DRAFT)
    status_since = models.DateTimeField()
    failure = models.CharField(max_length=200, blank=True)
    """Why it failed, in words that the payer may read."""

    carrier_account = models.ForeignKey(
        "trunks.CarrierAccount", on_delete=models.PROTECT, related_name="+"
    )
    e164 = E164Field()
    country = models.CharField(max_length=2)
    type = models.CharField(max_length=20)
    region = models.CharField(max_length=100, blank=True)
    locality = models.CharField(max_length=100, blank=True)
    rate_center = models.CharField(max_length=100, blank=True)
    capabilities = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    setup = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    monthly = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    """Of set-up and monthly, as the carrier asks them; empty: that of the order."""
    charged = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    """Set-up and first month in the order's currency, where the carrier asks another one."""
    rate = models.DecimalField(max_digits=20, decimal_places=10, null=True, blank=True)
    rate_on = models.DateField(null=True, blank=True)
    rate_via = models.CharField(max_length=3, blank=True, default="")
    """By which rate that was counted, of which day, and through which currency."""
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    """The term over which it was compared; unknown of the oldest lines."""
    extras = models.JSONField(default=list, blank=True)
    """What the carrier asks besides, and is not charged; see `dids.extras`."""
    extras_rates = models.JSONField(default=dict, blank=True)
    """How that is converted into the order's currency; see `dids.pricing.kept`."""
    offer_expires_at = models.DateTimeField()
    needs_documents = models.BooleanField(default=False)

    holder = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="order_lines"
    )
    label = models.CharField(max_length=100, blank=True)
    destination_kind = models.CharField(max_length=30, choices=DestinationKind.choices, blank=True)
    destination_value = models.CharField(max_length=64, blank=True)
    trunk = models.ForeignKey(
        "trunks.Trunk", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    emergency_location = models.ForeignKey(
        "dids.EmergencyLocation",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    """Where help is to be sent, if elsewhere than to the holder's default."""
    waiver_kind = models.CharField(max_length=20, choices=WaiverKind.choices, blank=True)
    """Why none is needed, where that is said with the order."""
    waiver_reason = models.CharField(max_length=200, blank=True)

    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="replacements", null=True, blank=True
    )
    """The failed line whose plan this one carries on."""

    number = models.ForeignKey(
        "dids.PhoneNumber",
        on_delete=models.PROTECT,
        related_name="order_lines",
        null=True,
        blank=True,
    )
    late_success_at = models.DateTimeField(null=True, blank=True)
    """When a purchase was seen although the line had failed: the number is in stock."""
    late_carrier_reference = models.CharField(max_length=100, blank=True)

    objects: ClassVar[OrderLineQuerySet] = OrderLineQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["e164"],
                name="line_bought_by_one_at_a_time",
                condition=Q(status=LineStatus.WAITING),
            ),
            models.UniqueConstraint(fields=["order", "e164"], name="line_once_per_order"),
            models.UniqueConstraint(
                fields=["replaces"],
                name="line_replaced_once",
                condition=~Q(status=LineStatus.DISCARDED),
            ),
            models.CheckConstraint(
                name="line_status_known", condition=Q(status__in=LineStatus.values)
            ),
            models.CheckConstraint(
                name="line_bought_has_number",
                condition=~Q(status=LineStatus.BOUGHT) | Q(number__isnull=False),
            ),
            models.CheckConstraint(
                name="line_costs_not_negative",
                condition=(Q(setup__gte=Decimal(0)) | Q(setup__isnull=True))
                & (Q(monthly__gte=Decimal(0)) | Q(monthly__isnull=True)),
            ),
            models.CheckConstraint(
                name="line_conversion_is_whole",
                condition=Q(charged__isnull=True, rate__isnull=True, rate_on__isnull=True)
                | Q(charged__gte=Decimal(0), rate__gt=Decimal(0), rate_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.e164} in order {self.order_id} ({self.pk})"

    @property
    def subject(self) -> str:
        """Name it in the journal."""
        return f"dids.line:{self.uuid}"

    @property
    def amount(self) -> Decimal:
        """Give set-up and first month in the order's currency; 0 where no price was told."""
        return self.asked if self.charged is None else self.charged

    @property
    def is_priced(self) -> bool:
        """Tell whether the carrier named a price."""
        return self.setup is not None or self.monthly is not None

    @property
    def asked(self) -> Decimal:
        """Give set-up and first month as the carrier asks them, in its currency."""
        return (self.setup or Decimal(0)) + (self.monthly or Decimal(0))

    @property
    def converted(self) -> Conversion | None:
        """Give how the carrier's price became the payer's; None where they share a currency."""
        if self.rate is None or self.rate_on is None:
            return None
        return Conversion(
            base=self.currency,
            quote=self.order.currency,
            rate=self.rate,
            on=self.rate_on,
            via=self.rate_via,
        )

    @property
    def fees(self) -> list[Fee]:
        """Give what the carrier asks besides, as it was at the preview."""
        return extras.read_back(self.extras)

    @property
    def in_all(self) -> Cost:
        """Give what it costs over the term in the order's currency, the extras with it."""
        if self.months is None or not self.is_priced:
            return Cost(None)
        quote = self.order.currency
        over = over_term(self.setup, self.monthly, self.months)

        def by(base: str) -> Conversion | None:
            same = base == self.currency
            return self.converted if same else pricing.read_back(self.extras_rates, base, quote)

        return extras.in_all(
            Money(over, self.currency or quote),
            self.fees,
            months=self.months,
            currency=quote,
            by=by,
        )

    @property
    def replaced_by(self) -> OrderLine | None:
        """Give the line that took its place, unless that preview was thrown away."""
        for line in self.replacements.all():
            if line.status != LineStatus.DISCARDED:
                return line
        return None

    @property
    def destination(self) -> Destination | None:
        """Give where it is to ring once it is ours."""
        if not self.destination_kind:
            return None
        return Destination(self.destination_kind, self.destination_value)
