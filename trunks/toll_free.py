"""What is said about a toll-free number before networks take its text messages."""

from __future__ import annotations

from dataclasses import dataclass

_PURPOSES = {
    "2FA": "2FA",
    "APPOINTMENTS": "Appointments",
    "BILLING": "Billing",
    "BOOKING_CONFIRMATIONS": "Booking Confirmations",
    "BUSINESS_UPDATES": "Business Updates",
    "DELIVERIES": "Courier Services & Deliveries",
    "FRAUD_ALERTS": "Fraud Alerts",
    "HEALTHCARE_ALERTS": "Healthcare Alerts",
    "MARKETING": "General Marketing",
    "MIXED": "Mixed",
    "ORDER_NOTIFICATIONS": "Order Notifications",
    "SURVEYS": "Surveys",
}
"""As the registry of toll-free numbers writes them, whose words several carriers take."""
USE_CASES = tuple(_PURPOSES)
SOLE_PROPRIETOR = "SOLE_PROPRIETOR"
"""The kind of business that is in no register."""
KINDS = ("PRIVATE_PROFIT", "PUBLIC_PROFIT", "NON_PROFIT", "GOVERNMENT", SOLE_PROPRIETOR)
OPT_INS = ("WEB_FORM", "PAPER_FORM", "VERBAL", "TEXT", "QR_CODE")
_REGISTERS = {"US": "EIN", "CA": "CBN"}
VOLUMES = (
    *(10, 100, 1_000, 10_000, 100_000, 250_000, 500_000, 750_000, 1_000_000, 5_000_000),
    10_000_000,
)
"""Messages a month, as whoever verifies counts them: the next one above counts."""


@dataclass(frozen=True, kw_only=True)
class VerificationSpec:
    """
    Who sends from a toll-free number, what, and how people agreed to it.

    :ivar kind: one of `KINDS`
    :ivar registration: the number of the business in its register; empty of a sole proprietor
    :ivar use_case: one of `USE_CASES`
    :ivar volume: one of `VOLUMES`
    :ivar opt_in_by: one of `OPT_INS`
    :ivar opt_in_urls: addresses of pictures or pages that show how people agree
    """

    kind: str
    business: str
    website: str
    street: str
    city: str
    region: str
    postal_code: str
    country: str
    registration: str
    first_name: str
    last_name: str
    email: str
    phone: str
    use_case: str
    summary: str
    sample: str
    volume: int
    opt_in_by: str
    opt_in: str
    opt_in_urls: tuple[str, ...]

    @property
    def registered_as(self) -> str:
        """Name the sort of registration as whoever verifies does; empty where there is none."""
        if self.kind == SOLE_PROPRIETOR:
            return ""
        return _REGISTERS.get(self.country, "OTHER")

    @property
    def purpose(self) -> str:
        """Write the use case as the registry of toll-free numbers does."""
        return _PURPOSES[self.use_case]
