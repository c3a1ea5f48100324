"""Addresses of the API, version 1."""

from __future__ import annotations

from django.urls import path, register_converter
from drf_spectacular.views import SpectacularAPIView

from portal.api.v1 import (
    account,
    api_clients,
    assignments,
    blocks,
    carrier_accounts,
    dealers,
    events,
    handing_down,
    holds,
    invitations,
    me,
    memberships,
    nowhere,
    numbers,
    offers,
    orders,
    organizations,
    pbxs,
    personal_values,
    searches,
    tags,
    tasks,
    tenants,
    trunks,
    waiting,
)
from portal.converters import E164Converter

register_converter(E164Converter, "e164")

app_name = "api"

urlpatterns = [
    path("v1/me", me.Me.as_view()),
    path("v1/account", account.OwnAccount.as_view()),
    path("v1/organizations", organizations.Organizations.as_view()),
    path("v1/organizations/<uuid:organization>", organizations.OneOrganization.as_view()),
    path("v1/organizations/<uuid:organization>/suspend", organizations.Suspension.as_view()),
    path("v1/organizations/<uuid:organization>/resume", organizations.Resumption.as_view()),
    path("v1/organizations/<uuid:organization>/account", account.AccountBelow.as_view()),
    path("v1/organizations/<uuid:organization>/account/credit", account.AccountCredit.as_view()),
    path("v1/tenants", tenants.Tenants.as_view()),
    path("v1/dealers", dealers.Dealers.as_view()),
    path("v1/memberships", memberships.Memberships.as_view()),
    path("v1/memberships/<uuid:membership>", memberships.OneMembership.as_view()),
    path("v1/invitations", invitations.Invitations.as_view()),
    path("v1/invitations/<uuid:invitation>/withdraw", invitations.Withdrawal.as_view()),
    path("v1/api-clients", api_clients.ApiClients.as_view()),
    path("v1/api-clients/<uuid:client>", api_clients.OneApiClient.as_view()),
    path("v1/carrier-accounts", carrier_accounts.CarrierAccounts.as_view()),
    path(
        "v1/carrier-accounts/<uuid:account>/check", carrier_accounts.CarrierAccountCheck.as_view()
    ),
    path(
        "v1/carrier-accounts/<uuid:account>/pause", carrier_accounts.CarrierAccountPause.as_view()
    ),
    path(
        "v1/carrier-accounts/<uuid:account>/resume",
        carrier_accounts.CarrierAccountResumption.as_view(),
    ),
    path(
        "v1/carrier-accounts/<uuid:account>/credentials",
        carrier_accounts.CarrierAccountCredentials.as_view(),
    ),
    path(
        "v1/carrier-accounts/<uuid:account>/health",
        carrier_accounts.CarrierAccountHealth.as_view(),
    ),
    path("v1/trunks", trunks.Trunks.as_view()),
    path("v1/trunks/<uuid:trunk>/retry", trunks.TrunkRetry.as_view()),
    path("v1/pbxs", pbxs.Pbxs.as_view()),
    path("v1/pbxs/<uuid:pbx>/nodes", pbxs.PbxNodes.as_view()),
    path("v1/pbxs/<uuid:pbx>/targets", pbxs.PbxTargets.as_view()),
    path("v1/pbxs/<uuid:pbx>/trunks", pbxs.PbxTrunks.as_view()),
    path("v1/pbxs/<uuid:pbx>/trunks/<uuid:trunk>", pbxs.OnePbxTrunk.as_view()),
    path("v1/pbxs/<uuid:pbx>/routes/<e164:e164>", pbxs.PbxRoute.as_view()),
    path("v1/searches", searches.Searches.as_view()),
    path("v1/searches/<uuid:search>", searches.OneSearch.as_view()),
    path("v1/holds", holds.Holds.as_view()),
    path("v1/holds/<uuid:hold>", holds.OneHold.as_view()),
    path("v1/holds/<uuid:hold>/let-go", holds.LettingGo.as_view()),
    path("v1/orders", orders.Orders.as_view()),
    path("v1/orders/<uuid:order>", orders.OneOrder.as_view()),
    path("v1/orders/<uuid:order>/submit", orders.OrderSubmission.as_view()),
    path("v1/orders/<uuid:order>/discard", orders.OrderDiscard.as_view()),
    path("v1/orders/<uuid:order>/replace", orders.OrderReplacement.as_view()),
    path("v1/numbers", numbers.Numbers.as_view()),
    path("v1/numbers/<e164:e164>", numbers.OneNumber.as_view()),
    path("v1/numbers/<e164:e164>/allot", handing_down.Allotment.as_view()),
    path("v1/numbers/<e164:e164>/offer", handing_down.NumberOffer.as_view()),
    path("v1/numbers/<e164:e164>/give-back", handing_down.GivingBack.as_view()),
    path("v1/numbers/<e164:e164>/release", handing_down.Releasing.as_view()),
    path("v1/numbers/<e164:e164>/release/cancel", handing_down.ReleaseCancellation.as_view()),
    path("v1/numbers/<e164:e164>/assignment", assignments.NumberAssignment.as_view()),
    path("v1/numbers/<e164:e164>/swap", assignments.Swapping.as_view()),
    path("v1/tags", tags.Tags.as_view()),
    path("v1/number-blocks", blocks.NumberBlocks.as_view()),
    path("v1/number-blocks/<uuid:block>", blocks.OneNumberBlock.as_view()),
    path("v1/number-blocks/<uuid:block>/dissolve", blocks.Dissolution.as_view()),
    path("v1/number-blocks/<uuid:block>/release", blocks.NumberBlockRelease.as_view()),
    path(
        "v1/number-blocks/<uuid:block>/release/cancel",
        blocks.NumberBlockReleaseCancellation.as_view(),
    ),
    path("v1/numbers/<e164:e164>/waiting", waiting.NumberWaiting.as_view()),
    path("v1/orders/<uuid:order>/waiting", waiting.OrderWaiting.as_view()),
    path("v1/tasks", tasks.Tasks.as_view()),
    path("v1/tasks/<uuid:task>", tasks.OneTask.as_view()),
    path("v1/tasks/<uuid:task>/take", tasks.Taking.as_view()),
    path("v1/tasks/<uuid:task>/give-back", tasks.GivingBack.as_view()),
    path("v1/tasks/<uuid:task>/complete", tasks.Completion.as_view()),
    path("v1/numbers/<e164:e164>/events", events.NumberEvents.as_view()),
    path("v1/offers", offers.Offers.as_view()),
    path("v1/offers/<uuid:offer>/claim", offers.Claim.as_view()),
    path("v1/offers/<uuid:offer>/withdraw", offers.OfferWithdrawal.as_view()),
    path("v1/events", events.Events.as_view()),
    path("v1/personal-values/erase", personal_values.Erasure.as_view()),
    path("v1/openapi.yaml", SpectacularAPIView.as_view(permission_classes=[]), name="openapi"),
    path("<path:rest>", nowhere.Nowhere.as_view()),
]
