"""A council's sign-in as a process of its own, made of Authlib's server side: `python -m … PORT`.

It asks nobody for a password: who is signed in, and what it should do wrongly, is set by a POST to
`/tell`, so that one process serves every test.
"""

import json
import logging
import sys
import time
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, request
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "portal", "a secret of the portal"
ADA = {"sub": "ada-1", "email": "ada@luton.example", "email_verified": True}
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
app = Flask(__name__)
keys = {"own": RSAKey.generate_key(2048, {"kid": "own", "use": "sig"})}
told: dict[str, Any] = {}
codes: dict[str, "Code"] = {}


class Client(ClientMixin):
    id_token_signed_response_alg = "RS256"

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return ""

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/sign-in/council/luton/back")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):
    def __init__(self, code: str, asked: Any) -> None:
        self.code, self.claims = code, dict(told["claims"])
        self.redirect_uri, self.scope = asked.redirect_uri, asked.scope
        self.nonce = asked.data.get("nonce")
        self.code_challenge = asked.data.get("code_challenge")
        self.code_challenge_method = asked.data.get("code_challenge_method")

    def get_redirect_uri(self) -> str:
        return str(self.redirect_uri)

    def get_scope(self) -> str:
        return str(self.scope)

    def get_nonce(self) -> Any:
        return told.get("nonce", self.nonce)

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> Any:
        return self.claims.get("acr")

    def get_amr(self) -> Any:
        return self.claims.get("amr")


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]

    def save_authorization_code(self, code: str, request: Any) -> Code:
        codes[code] = Code(code, request.payload)
        return codes[code]

    def query_authorization_code(self, code: str, client: Any) -> Code | None:
        return codes.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        del codes[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
        return authorization_code.claims


class Identity(OpenIDCode):
    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return False

    def get_client_claims(self, client: Any) -> dict[str, Any]:
        now = int(time.time()) + told.get("clock", 0)
        return {
            "iss": told.get("iss", request.host_url.rstrip("/")),
            "aud": [told.get("aud", CLIENT_ID)],
            "iat": now,
            "exp": now + 60,
        }

    def resolve_client_private_key(self, client: Any) -> Any:
        return (told.get("key") and stranger) or keys["own"]

    def get_encode_header(self, client: Any) -> dict[str, str]:
        return {"alg": "RS256", "kid": keys["own"].kid}

    def generate_user_info(self, user: dict[str, Any], scope: str) -> UserInfo:
        return UserInfo({name: value for name, value in user.items() if name not in ("amr", "acr")})


stranger = RSAKey.generate_key(2048, {"kid": "own"})
server = AuthorizationServer(app, query_client=lambda _: Client(), save_token=lambda *_: None)
server.register_grant(CodeGrant, [Identity(require_nonce=True), CodeChallenge(required=True)])


@app.post("/tell")
def tell() -> Any:
    told.clear()
    told.update({"claims": ADA, **(request.get_json() or {})})
    if told.get("new_key"):
        keys["own"] = RSAKey.generate_key(2048, {"kid": f"key-{time.time()}", "use": "sig"})
    return {}


@app.get("/.well-known/openid-configuration")
def description() -> Any:
    here = request.host_url.rstrip("/")
    return {
        "issuer": here,
        "authorization_endpoint": f"{here}/authorize",
        "token_endpoint": f"{here}/token",
        "jwks_uri": f"{here}/keys",
        "end_session_endpoint": f"{here}/leave",
    }


@app.get("/keys")
def public_keys() -> Any:
    return {"keys": [keys["own"].as_dict(private=False)]}


@app.get("/authorize")
def authorize() -> Any:
    grant = server.get_consent_grant(end_user={})
    return server.create_authorization_response(grant_user=told["claims"], grant=grant)


@app.post("/token")
def token() -> Any:
    return server.create_token_response()


@app.post("/logout-token")
def logout_token() -> Any:
    """A logout token as the provider would send it, changed as asked."""
    now = int(time.time())
    claims = {
        "iss": request.host_url.rstrip("/"),
        "aud": CLIENT_ID,
        "iat": now,
        "exp": now + 60,
        "jti": str(now),
        "sub": "ada-1",
        "events": {LOGOUT_EVENT: {}},
        **(request.get_json() or {}),
    }
    header = {"alg": "RS256", "kid": keys["own"].kid}
    return {"token": jwt.encode(header, claims, keys["own"])}


if __name__ == "__main__":
    from werkzeug.serving import make_server

    told["claims"] = ADA
    listening = make_server("127.0.0.1", 0, app, threaded=True)
    sys.stdout.write(json.dumps({"port": listening.server_port}) + "\n")
    sys.stdout.flush()
    logging.getLogger("werkzeug").disabled = True
    listening.serve_forever()
