"""OpenID Connect as the sign-in library speaks it, and checked where it would believe."""

from __future__ import annotations

import hashlib
from typing import Any

import jwt
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.workflows.linking import FACTOR, ISSUER, PROVIDER
from portal.environment import Issuer

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""Of signatures by keys that the issuer alone has."""
CLOCKS_DIFFER = 60
"""Seconds."""
NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


def issuer() -> Issuer:
    """
    Give who vouches for people.

    :raises SocialApp.DoesNotExist: if the settings name nobody
    """
    named: Issuer | None = settings.SINGLE_SIGN_ON
    if named is None:
        raise SocialApp.DoesNotExist
    return named


class Untrustworthy(OAuth2Error):  # type: ignore[misc]
    """The issuer answered, and its answer proves nothing."""


class IssuerClient(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Asks the issuer; no token is believed whose signature was not checked."""

    _config: dict[str, Any] | None = None

    @property
    def openid_config(self) -> dict[str, Any]:
        """Give what the issuer publishes about itself."""
        if self._config is None:
            url = issuer().url.rstrip("/")
            config = self._asked(f"{url}/.well-known/openid-configuration")
            if not all(isinstance(config.get(name), str) for name in NEEDED):
                raise Untrustworthy("The description of the issuer lacks an address.")
            if config["issuer"].rstrip("/") != url:
                raise Untrustworthy("The description is that of another issuer.")
            self._config = config
        return self._config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Name where the portal is, whatever host a request claimed to ask."""
        return f"{settings.PUBLIC_URL}{reverse('single_sign_on_back')}"

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Exchange the code that the browser brought."""
        try:
            data: dict[str, Any] = super().get_access_token_data(*args, **kwargs)
        except (KeyError, ValueError) as nonsense:
            raise Untrustworthy("The answer with the token is not as agreed.") from nonsense
        if not isinstance(data.get("id_token"), str):
            raise Untrustworthy("There is no ID token.")
        return data

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """Take the token that opens what the issuer knows of the person; it is kept nowhere."""
        return SocialToken(token=data["access_token"])

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Make of the answer who the person is there."""
        claims = self._verified(kwargs["response"]["id_token"])
        methods = claims.get("amr")
        factor = issuer().trusted_with_factors and (isinstance(methods, list) and "mfa" in methods)
        if "email" not in claims or "email_verified" not in claims:
            claims = {**claims, **self._about(token.token, claims["sub"])}
        login = self.get_provider().sociallogin_from_response(request, claims)
        login.account.extra_data = {ISSUER: issuer().url, FACTOR: factor}
        return login

    def _about(self, access_token: str, subject: str) -> dict[str, Any]:
        address = self.openid_config.get("userinfo_endpoint")
        if not isinstance(address, str):
            return {}
        told = self._asked(address, headers={"Authorization": f"Bearer {access_token}"})
        if told.get("sub") != subject:
            raise Untrustworthy("What the issuer tells is about somebody else.")
        return told

    def _verified(self, token: str) -> dict[str, Any]:
        try:
            keys = jwt.PyJWKSet.from_dict(self._asked(self.openid_config["jwks_uri"])).keys
            named = jwt.get_unverified_header(token).get("kid")
            key = next(key for key in keys if named is None or key.key_id == named)
            claims: dict[str, Any] = jwt.decode(
                token,
                key=key,
                algorithms=ALGORITHMS,
                issuer=self.openid_config["issuer"],
                audience=issuer().client_id,
                leeway=CLOCKS_DIFFER,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except (jwt.PyJWTError, StopIteration, KeyError, TypeError, ValueError) as trouble:
            raise Untrustworthy(f"The ID token is not valid: {type(trouble).__name__}.") from None
        return claims

    def _asked(self, address: str, **kwargs: Any) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            answer = session.get(address, **kwargs)
            answer.raise_for_status()
            told = answer.json()
        if not isinstance(told, dict):
            raise Untrustworthy("An answer is not as agreed.")
        return told


class IssuerProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """The one issuer that the settings name."""

    oauth2_adapter_class = IssuerClient
    pkce_enabled_default = True

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Name the account: another issuer's account of the same name is another one."""
        text = f"{issuer().url} {data['sub']}"
        return hashlib.sha256(text.encode()).hexdigest()

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """Give the address, verified only where the issuer says exactly that."""
        email = data.get("email")
        # Some issuers write the word instead of the value.
        verified = data.get("email_verified") in (True, "true")
        return [EmailAddress(email=email, verified=verified)] if isinstance(email, str) else []

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Take nothing else: what people are called here, they say here."""
        return {}


def provider(request: HttpRequest | None) -> IssuerProvider:
    """
    Give the issuer to the sign-in library.

    :raises SocialApp.DoesNotExist: if the settings name none
    """
    named = issuer()
    app = SocialApp(
        provider=IssuerProvider.id,
        provider_id=PROVIDER,
        name=named.name,
        client_id=named.client_id,
        secret=named.secret,
    )
    return IssuerProvider(request, app=app)
