"""
Files as DIDWW takes them: sealed for two of its keys at once.

How it is done stands in the code of its SDK (didww 3.2.0, `encrypt`), its documentation has a
drawing: a key and a start of AES-256-CBC, sealed for each of the two, before the content.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


def sealed(content: bytes, keys: Sequence[str]) -> tuple[bytes, str]:
    """
    Seal a file.

    :param keys: the two that the carrier has now, as PEM, in its order
    :returns: the sealed file, and by which keys it was sealed
    :raises ValueError: if these are no two such keys
    """
    first, second = (_key(pem) for pem in keys)
    secret, start = os.urandom(32), os.urandom(16)
    padder = PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(secret), modes.CBC(start)).encryptor()
    padded = padder.update(content) + padder.finalize()
    heads = [key.encrypt(secret + start, OAEP) for key in (first, second)]
    told = ":::".join(_fingerprint(key) for key in (first, second))
    return b"".join(heads) + encryptor.update(padded) + encryptor.finalize(), told


def _key(pem: str) -> RSAPublicKey:
    key = serialization.load_pem_public_key(pem.encode())
    if not isinstance(key, RSAPublicKey):
        raise TypeError("no RSA key")
    return key


def _fingerprint(key: RSAPublicKey) -> str:
    written = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    # The carrier's choice; nothing depends on it but which keys it tries.
    return hashlib.sha1(written, usedforsecurity=False).hexdigest()
