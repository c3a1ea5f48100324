"""
Documents of bought numbers: taken kind by kind, looked at, and whatever was refused taken anew.

A document that says REFUSE is refused, every other one approved; a number is active once all that
it asks for was approved.
"""

from __future__ import annotations

import uuid

from sandbox.store import Record
from sandbox.wavix.base import NUMBERS, WavixBase, invalid
from sandbox.wire import Answer, Attachment, Call, as_json

REVIEWS = "wavix.reviews"
"""What is still looked at."""
FIELDS = {"did_ids", "doc_id"}
KINDS = ("1", "2", "3")
LARGEST = 10_000_000
REFUSED_WORD = b"REFUSE"
BEGINNINGS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG", b"II*\x00", b"MM\x00*", b"BM")
HIDDEN = (b"/Encrypt", b"/ByteRange")
"""Marks of a PDF with a password, or with a signature."""


def upload(carrier: WavixBase, call: Call) -> Answer:
    """Take a document for numbers, by the ids of their records."""
    told, files = call.request.multipart()
    file = files.get("doc_attachment")
    if set(told) != FIELDS or file is None or len(files) > 1:
        raise invalid("did_ids, doc_id or doc_attachment")
    if told["doc_id"] not in KINDS:
        raise invalid("doc_id")
    if not _is_taken(file.content):
        raise invalid("doc_attachment")
    records = [_record(carrier, call, id_) for id_ in told["did_ids"].split(",")]
    if any(not _may_be_sent(record, told["doc_id"]) for record in records):
        raise invalid("doc_id")
    return as_json([_add(carrier, record, told["doc_id"], file) for record in records])


def settle(carrier: WavixBase) -> None:
    """Decide about documents whose time has come."""
    for id_, review in list(carrier.world.store.table(REVIEWS).items()):
        if review["due"] > carrier.world.clock():
            continue
        carrier.world.store.remove(REVIEWS, id_)
        record = carrier.world.store.get(NUMBERS, review["number"])
        # It may have been given back meanwhile.
        if record is not None:
            carrier.world.store.put(NUMBERS, review["number"], _decided(record, id_, review))


def _is_taken(content: bytes) -> bool:
    is_hidden = content.startswith(b"%PDF-") and any(mark in content for mark in HIDDEN)
    return content.startswith(BEGINNINGS) and len(content) <= LARGEST and not is_hidden


def _may_be_sent(record: Record, kind: str) -> bool:
    """Tell whether a kind is open: only what was refused can be replaced."""
    there = [one for one in record["documents"] if str(one["doc_type_id"]) == kind]
    return all(one["allow_replace"] for one in there)


def _add(carrier: WavixBase, record: Record, kind: str, file: Attachment) -> Record:
    made = {
        "id": uuid.uuid4().int % 1_000_000_000,
        "allow_replace": False,
        "did_number": record["number"],
        "doc_content_type": file.media_type,
        "doc_file_name": file.name,
        "doc_type_id": int(kind),
        "status": "pending",
    }
    made["url"] = f"https://api.wavix.com/v1/numbers/{record['id']}/papers/{made['id']}"
    others = [one for one in record["documents"] if str(one["doc_type_id"]) != kind]
    changed = {**record, "documents": [*others, made]}
    carrier.world.store.put(NUMBERS, str(record["id"]), changed)
    review = {
        "number": str(record["id"]),
        "due": carrier.world.clock() + carrier.order_seconds,
        "is_bad": REFUSED_WORD in file.content,
    }
    carrier.world.store.put(REVIEWS, str(made["id"]), review)
    return made


def _decided(record: Record, id_: str, review: Record) -> Record:
    verdict = {
        "status": "rejected" if review["is_bad"] else "approved",
        "allow_replace": review["is_bad"],
    }
    rows = [one | verdict if str(one["id"]) == id_ else one for one in record["documents"]]
    approved = {str(one["doc_type_id"]) for one in rows if one["status"] == "approved"}
    is_whole = set(record["require_docs"]) <= approved
    return {**record, "documents": rows, "status": "active" if is_whole else record["status"]}


def _record(carrier: WavixBase, call: Call, id_: str) -> Record:
    record = carrier.world.store.get(NUMBERS, id_)
    if record is None or record["_account"] != call.account.id:
        raise invalid("did_ids")
    return record
