"""Files that come sealed for two keys: only who has one of them can read what was handed in."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from functools import cache

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from sandbox.didww.base import DidwwBase, Row, filters, invalid, many, not_found
from sandbox.didww.base import one as shown
from sandbox.store import Record
from sandbox.wire import Answer, Call

TABLE = "didww.encrypted_files"
BITS = 2048
OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
KEPT = timedelta(hours=24)


@cache
def _keys() -> tuple[rsa.RSAPrivateKey, rsa.RSAPrivateKey]:
    first, second = (rsa.generate_private_key(65537, BITS) for _ in range(2))
    return first, second


def public_keys(carrier: DidwwBase, call: Call) -> Answer:
    """List the two keys; they are made when somebody asks for them first."""
    rows = [
        Row("public_keys", str(uuid.uuid5(uuid.NAMESPACE_URL, f"key {nth}")), {"key": _pem(key)})
        for nth, key in enumerate(_keys())
    ]
    return many(carrier, call, rows, lambda row: row)


def upload(carrier: DidwwBase, call: Call) -> Answer:
    """Take one sealed file."""
    told, files = call.request.multipart()
    fingerprint = ":::".join(map(_fingerprint, _keys()))
    if told.get("encrypted_files[encryption_fingerprint]") != fingerprint:
        raise invalid("encryption_fingerprint is outdated")
    file = files.get("encrypted_files[file]")
    if not file or not file.content:
        raise invalid("file - can't be blank")
    record: Record = {
        "id": str(uuid.uuid4()),
        "account": call.account.id,
        "description": told.get("encrypted_files[description]") or None,
        "expires_at": (carrier.world.now() + KEPT).isoformat(),
        "expires": carrier.world.clock() + KEPT.total_seconds(),
        "content": _opened(file.content).decode("latin-1"),
    }
    carrier.world.store.put(TABLE, record["id"], record)
    return shown(carrier, call, _row(record), 201)


def listing(carrier: DidwwBase, call: Call) -> Answer:
    """List the account's files that nothing names yet."""
    filters(call, ())
    return many(carrier, call, _mine(carrier, call), _row)


def taken(carrier: DidwwBase, call: Call, ids: list[str]) -> str:
    """
    Give what stands in files, which are part of something else from then on.

    :raises Refusal: if one of them is not there
    """
    there = {record["id"]: record for record in _mine(carrier, call)}
    for id_ in ids:
        if id_ not in there:
            raise not_found(id_)
        carrier.world.store.remove(TABLE, id_)
    return "".join(str(there[id_]["content"]) for id_ in ids)


def _mine(carrier: DidwwBase, call: Call) -> list[Record]:
    return [
        record
        for record in carrier.world.store.table(TABLE).values()
        if record["account"] == call.account.id and record["expires"] > carrier.world.clock()
    ]


def _row(record: Record) -> Row:
    names = ("description", "expires_at")
    return Row("encrypted_files", record["id"], {name: record[name] for name in names})


def _opened(content: bytes) -> bytes:
    size = BITS // 8
    try:
        # The second key opens it as well as the first.
        heads = (content[:size], content[size : 2 * size])
        first, second = (key.decrypt(head, OAEP) for key, head in zip(_keys(), heads, strict=True))
        if first != second:
            raise invalid("file was sealed with two secrets")
        decryptor = Cipher(algorithms.AES(first[:32]), modes.CBC(first[32:])).decryptor()
        padded = decryptor.update(content[2 * size :]) + decryptor.finalize()
        unpadder = PKCS7(128).unpadder()
        return unpadder.update(padded) + unpadder.finalize()
    except (ValueError, InvalidKey) as trouble:
        raise invalid("file cannot be opened") from trouble


def _pem(key: rsa.RSAPrivateKey) -> str:
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, kind).decode()


def _fingerprint(key: rsa.RSAPrivateKey) -> str:
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    written = key.public_key().public_bytes(serialization.Encoding.DER, kind)
    return hashlib.sha1(written, usedforsecurity=False).hexdigest()
