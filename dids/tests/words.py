"""A brand and a campaign that every registry takes."""

from __future__ import annotations

from typing import Any

BRAND_WORDS = {
    "kind": "PRIVATE_PROFIT",
    "name": "Oak Dental",
    "legal_name": "Oak Street Dental LLC",
    "tax_id": "12-3456789",
    "sector": "HEALTHCARE",
    "website": "https://oak.example",
    "email": "desk@oak.example",
    "phone": "+13125550199",
    "street": "1 Oak Street",
    "city": "Chicago",
    "region": "IL",
    "postal_code": "60601",
    "country": "US",
    "stock_symbol": "",
    "stock_exchange": "",
}
VERIFICATION_WORDS: dict[str, Any] = {
    "kind": "PRIVATE_PROFIT",
    "business": "Oak Street Dental LLC",
    "registration": "12-3456789",
    "website": "https://oak.example",
    "street": "1 Oak Street",
    "city": "Chicago",
    "region": "IL",
    "postal_code": "60601",
    "country": "US",
    "first_name": "Ann",
    "last_name": "Lee",
    "email": "desk@oak.example",
    "phone": "+13125550199",
    "use_case": "APPOINTMENTS",
    "summary": "Patients are reminded of appointments which they made.",
    "sample": "Oak Dental: your appointment is tomorrow at 9. Reply STOP to end.",
    "volume": 1_000,
    "opt_in_by": "PAPER_FORM",
    "opt_in": "Patients tick a box on the form at their first visit.",
    "opt_in_urls": ["https://oak.example/form.png"],
}
CAMPAIGN_WORDS: dict[str, Any] = {
    "name": "Appointments",
    "use_case": "CUSTOMER_CARE",
    "description": "Reminders of appointments and answers to what patients ask.",
    "opt_in": "Patients tick a box on the form at their first visit and may leave it empty.",
    "samples": ["Your appointment is tomorrow at 9.", "We are closed on Friday."],
    "opt_in_words": "",
    "opt_out_words": "STOP",
    "help_words": "HELP",
    "help_answer": "Call +1 312 555 0199. Reply STOP to end.",
}
