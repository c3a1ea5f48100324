"""How the REST framework and the schema generator are set up; settings take these as they are."""

from __future__ import annotations

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "portal.api.authentication.BearerAuthentication",
        "portal.api.authentication.MemberAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["portal.api.permissions.HasActor"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["portal.api.parsing.JsonBody"],
    "DEFAULT_SCHEMA_CLASS": "portal.api.schema.PortalSchema",
    "EXCEPTION_HANDLER": "portal.api.problems.answer",
    "URL_FORMAT_OVERRIDE": None,
    "DATETIME_FORMAT": "iso-8601",
    "COERCE_DECIMAL_TO_STRING": True,
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Number portal",
    "DESCRIPTION": "Buy phone numbers, hand them down, and say where they ring.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_SUFFIX": "",
    "ENUM_NAME_OVERRIDES": {
        "OrganizationKind": "accounts.models.Kind",
        "OrganizationStatus": "accounts.models.OrganizationStatus",
        "InvitationStatus": "accounts.models.InvitationStatus",
        "MemberRole": "accounts.models.Role",
        "Permission": "accounts.permissions.Permission",
        "FieldGroup": "accounts.permissions.FieldGroup",
        "NumberStatus": "dids.states.NumberStatus",
        "OfferStatus": "dids.states.OfferStatus",
        "HoldStatus": "dids.states.HoldStatus",
        "OrderStatus": "dids.states.OrderStatus",
        "LineStatus": "dids.states.LineStatus",
        "LocationStatus": "dids.states.LocationStatus",
        "WaiverKind": "dids.models.WaiverKind",
        "BindingStatus": "dids.states.BindingStatus",
        "FeatureStatus": "dids.states.FeatureStatus",
        "DestinationKind": "dids.destinations.DestinationKind",
        "SearchProgress": "dids.search_stream.CarrierState",
        "UseCase": "trunks.messaging.USE_CASES",
        "TollFreeUseCase": "trunks.toll_free.USE_CASES",
        "TollFreeKind": "trunks.toll_free.KINDS",
        "NumberType": "trunks.numbering.NumberType",
        "Capability": "trunks.numbering.Capability",
        "DidFormat": "lib.e164.DidFormat",
        "Transport": "trunks.offers.Transport",
        "CarrierAccountStatus": "trunks.models.CarrierAccount.Status",
        "CarrierAccountHealth": "trunks.health.Word",
        "DocumentType": "dids.models.DocumentType",
        "DocumentStatus": "dids.states.DocumentStatus",
        "ImportStatus": "dids.states.ImportStatus",
        "ImportVerdict": "dids.models.Verdict",
        "TaskKind": "dids.models.TaskKind",
        "TaskStatus": "dids.states.TaskStatus",
        "TrunkAuth": "trunks.models.Trunk.Auth",
        "TrunkStatus": "trunks.models.Trunk.Status",
        "PbxKind": "provisioning.models.Pbx.Kind",
        "PbxRole": "provisioning.models.Pbx.Role",
        "NodeRole": "provisioning.models.PbxNode.Role",
    },
    "LICENSE": {"name": "Apache-2.0"},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "portal.api.schema.add_problems",
    ],
    "PATH_CONVERTER_OVERRIDES": {
        "e164": {
            "type": "string",
            "pattern": r"^\+[1-9][0-9]{1,14}$",
            "description": "A number in E.164 with its plus sign.",
        },
    },
}
