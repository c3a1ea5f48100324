"""Who is in the demo. All names are made up, all domains are reserved for examples."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Kind, Role

PASSWORD = "try-the-portal"  # noqa: S105 -- the demo's password for everybody, shown on screen


@dataclass(frozen=True)
class Company:
    """An organization of the demo; `parent` names one that stands before it in the list."""

    slug: str
    kind: Kind
    name: str
    parent: str = ""
    country: str = "US"
    time_zone: str = "America/Chicago"
    number_limit: int | None = None

    @property
    def domain(self) -> str:
        """Give the domain of its mail addresses, and of its phones."""
        return f"{self.slug}.example"


COMPANIES = (
    Company("skyline", Kind.PROVIDER, "Skyline Telecom", time_zone="America/New_York"),
    Company("prairie", Kind.DEALER, "Prairie Voice", "skyline"),
    Company("lakeside", Kind.DEALER, "Lakeside Phones", "prairie"),
    Company("cactus", Kind.TENANT, "Cactus Dental", "prairie", "US", "America/Phoenix", 10),
    Company("birch", Kind.TENANT, "Birch and Sons", "prairie", number_limit=5),
    Company("harbor", Kind.TENANT, "Harbor Inn", "lakeside", number_limit=20),
    Company("thames", Kind.TENANT, "Thames Tea House", "skyline", "GB", "Europe/London", 3),
)

# Every role once at the provider; owner and one more below it.
ROLES = {
    Kind.PROVIDER: tuple(Role),
    Kind.DEALER: (Role.OWNER, Role.OPERATOR),
    Kind.TENANT: (Role.OWNER, Role.VIEWER),
}

# One program for each kind of caller, and the rival who must see nothing of the others.
PROGRAMS = {
    "staff": "skyline",
    "dealer": "prairie",
    "subdealer": "lakeside",
    "tenant": "cactus",
    "rival tenant": "thames",
}


@dataclass(frozen=True)
class Purchase:
    """A number of the demo: who gets it, under which label, where it rings."""

    carrier: str
    holder: str
    label: str = ""
    extension: str = ""


PURCHASES = (
    Purchase("telnyx", "cactus", "Front desk", "101"),
    Purchase("twilio", "cactus", "Emergencies", "102"),
    Purchase("telnyx", "birch", "Workshop", "201"),
    Purchase("twilio", "harbor", "Reception", "301"),
    Purchase("telnyx", "prairie"),
    Purchase("twilio", "prairie"),
    Purchase("telnyx", "lakeside"),
    Purchase("twilio", "skyline"),
)


@dataclass(frozen=True)
class Place:
    """Where a company of the demo is; the sandbox's emergency services find it there."""

    company: str
    house_number: str
    street: str
    city: str
    state: str
    postal_code: str
    country: str = "US"


PLACES = (
    Place("cactus", "100", "Desert View Rd", "Phoenix", "AZ", "85001"),
    Place("birch", "12", "Mill St", "Chicago", "IL", "60601"),
    Place("harbor", "7", "Lake Shore Dr", "Chicago", "IL", "60602"),
)

BRAND = {
    "kind": "PRIVATE_PROFIT",
    "name": "Cactus Dental",
    "legal_name": "Cactus Dental LLC",
    "tax_id": "12-3456789",
    "sector": "HEALTHCARE",
    "website": "https://cactus.example",
    "email": "desk@cactus.example",
    "phone": "+16025550199",
    "street": "100 Desert View Rd",
    "city": "Phoenix",
    "region": "AZ",
    "postal_code": "85001",
    "country": "US",
    "stock_symbol": "",
    "stock_exchange": "",
}
"""Whose name stands over messages of the demo."""

OFFERED = ("prairie", "birch")
"""Who offers one number of its stock to whom."""
