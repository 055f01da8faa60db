"""A device with a passkey, for tests: it signs as a real one does (ES256, no attestation).

    phone = Device("http://localhost")
    answer = phone.make(challenge)      # JSON, as the page's script sends it
    answer = phone.use(challenge)

What a real one would never do is asked for by name: another origin, nobody verified, a count that
goes back.
"""

import json
import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


@dataclass
class Device:
    """One passkey for one site."""

    origin: str
    count: int = 0
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential: bytes = field(default_factory=lambda: os.urandom(32))

    def make(self, challenge: bytes, **otherwise: Any) -> str:
        """Answer a request for a new passkey."""
        data = self._about(HAS_KEY, **otherwise) + self._own_key()
        told = self._told("webauthn.create", challenge, **otherwise)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(clientDataJSON=told, attestationObject=attestation)

    def use(self, challenge: bytes, **otherwise: Any) -> str:
        """Answer a request to sign in."""
        self.count += otherwise.pop("step", 1)
        data = self._about(0, **otherwise)
        told = self._told(otherwise.pop("kind", "webauthn.get"), challenge, **otherwise)
        signature = self.key.sign(data + sha256(told).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=told, authenticatorData=data, signature=signature)

    def _about(self, flags: int, *, host: str = "", verified: bool = True, **_: Any) -> bytes:
        site = host or urlsplit(self.origin).hostname or ""
        flags |= PRESENT | (VERIFIED if verified else 0)
        return sha256(site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _own_key(self) -> bytes:
        place = self.key.public_key().public_numbers()
        public = {
            1: 2,
            3: -7,
            -1: 1,
            -2: place.x.to_bytes(32, "big"),
            -3: place.y.to_bytes(32, "big"),
        }
        size = len(self.credential).to_bytes(2, "big")
        return bytes(16) + size + self.credential + cbor2.dumps(public)

    def _told(self, kind: str, challenge: bytes, *, origin: str = "", **_: Any) -> bytes:
        said = {
            "type": kind,
            "challenge": bytes_to_base64url(challenge),
            "origin": origin or self.origin,
            "crossOrigin": False,
        }
        return json.dumps(said).encode()

    def _answer(self, **response: bytes) -> str:
        own = bytes_to_base64url(self.credential)
        plain = {name: bytes_to_base64url(value) for name, value in response.items()}
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": plain})
