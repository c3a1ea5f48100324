"""What the demo's companies want and prove: a number that nobody has yet, a paper, a brand."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import Organization
from dids.models import BackOrder, Brand, Document
from dids.models.back_orders import WhenFound
from dids.models.documents import DocumentType
from dids.sieve import Sieve
from dids.workflows import back_ordering, brands, vault
from dids.workflows.back_ordering import Wish
from portal.demo.cast import BRAND
from portal.demo.companies import owner_of
from trunks.models import CarrierAccount
from trunks.offers import Wanted

RARE = "914"
"""An area code of New York in which no sandbox carrier has anything."""
PAPER = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 144]/Contents 4 0 R
/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj
4 0 obj<</Length 62>>stream
BT /F1 12 Tf 20 80 Td (Register of companies: a made-up extract.) Tj ET
endstream endobj
trailer<</Root 1 0 R>>
%%EOF
"""


def ensure_back_order(dealer: Organization, now: datetime) -> None:
    """Have a number looked for that no carrier has."""
    if BackOrder.objects.filter(payer=dealer).exists():
        return
    back_ordering.want(
        wish=Wish(
            wanted=Wanted(country="US", area_code=RARE),
            sieve=Sieve(),
            quantity=2,
            when_found=WhenFound.OFFER,
            until=now + timedelta(days=60),
        ),
        payer=dealer,
        actor=owner_of(dealer),
        now=now,
    )


def ensure_document(company: Organization, now: datetime) -> None:
    """Put a paper into the vault."""
    if Document.objects.filter(organization=company).exists():
        return
    paper = vault.Paper(
        type=DocumentType.REGISTER,
        name="Extract of the company register.pdf",
        issued_on=(now - timedelta(days=20)).date(),
        expires_on=(now + timedelta(days=345)).date(),
    )
    vault.store(organization=company, paper=paper, content=PAPER, actor=owner_of(company), now=now)


def ensure_brand(company: Organization, account: CarrierAccount, now: datetime) -> None:
    """Register whose name stands over the messages of a company that has a number there."""
    if not Brand.objects.filter(organization=company).exists():
        actor = owner_of(company)
        brands.register_brand(account=account, words=BRAND, actor=actor, now=now)
