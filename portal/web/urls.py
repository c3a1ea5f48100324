"""Every page and its address."""

from __future__ import annotations

from django.urls import path

from portal.web import (
    acting,
    carrier_pages,
    demo_mail,
    find,
    home,
    invitations,
    number_moves,
    number_steps,
    numbers,
    orders,
    organizations,
    pbx_pages,
    searches,
    trunk_pages,
)

urlpatterns = [
    path("", home.index, name="home"),
    path("find/", find.index, name="find"),
    path("numbers/", numbers.index, name="numbers"),
    path("numbers/<str:e164>/", numbers.detail, name="number"),
    path("numbers/<str:e164>/assign/", number_steps.assign, name="assign"),
    path("numbers/<str:e164>/unassign/", number_steps.unassign, name="unassign"),
    path("numbers/<str:e164>/label/", number_steps.label, name="label_number"),
    path("numbers/<str:e164>/tag/", number_steps.tag, name="tag_number"),
    path("numbers/<str:e164>/give-back/", number_moves.give_back, name="give_back"),
    path("buy/", searches.index, name="buy"),
    path("buy/search/", searches.begin, name="begin_search"),
    path("buy/<uuid:search>/", searches.search, name="search"),
    path("buy/<uuid:search>/order/", searches.order, name="order_offers"),
    path("buy/<uuid:search>/replace/<uuid:order>/", searches.replace, name="replace_lines"),
    path("orders/", orders.index, name="orders"),
    path("orders/<uuid:order>/", orders.detail, name="order"),
    path("orders/<uuid:order>/submit/", orders.submit, name="submit_order"),
    path("orders/<uuid:order>/discard/", orders.discard, name="discard_order"),
    path("orders/<uuid:order>/search-again/", orders.search_again, name="search_again"),
    path("organizations/", organizations.index, name="organizations"),
    path("organizations/<uuid:organization>/", organizations.detail, name="organization"),
    path(
        "organizations/<uuid:organization>/tenants/new/",
        organizations.new_tenant,
        name="new_tenant",
    ),
    path(
        "organizations/<uuid:organization>/tenants/",
        organizations.create_tenant,
        name="create_tenant",
    ),
    path(
        "organizations/<uuid:organization>/dealers/new/",
        organizations.new_dealer,
        name="new_dealer",
    ),
    path(
        "organizations/<uuid:organization>/dealers/",
        organizations.create_dealer,
        name="create_dealer",
    ),
    path("organizations/<uuid:organization>/invite/", organizations.invite, name="invite"),
    path(
        "organizations/<uuid:organization>/suspend/ask/",
        organizations.ask_to_suspend,
        name="ask_to_suspend",
    ),
    path(
        "organizations/<uuid:organization>/suspend/",
        organizations.suspend,
        name="suspend_organization",
    ),
    path(
        "organizations/<uuid:organization>/resume/",
        organizations.resume,
        name="resume_organization",
    ),
    path("offers/<uuid:offer>/claim/", number_moves.claim, name="claim"),
    path("carriers/", carrier_pages.index, name="carriers"),
    path("carriers/new/", carrier_pages.new, name="new_carrier_account"),
    path("carriers/connect/", carrier_pages.connect, name="connect_carrier_account"),
    path("carriers/<uuid:account>/", carrier_pages.detail, name="carrier_account"),
    path("carriers/<uuid:account>/check/", carrier_pages.check, name="check_carrier_account"),
    path(
        "carriers/<uuid:account>/pause/", carrier_pages.ask_pause, name="ask_pause_carrier_account"
    ),
    path("carriers/<uuid:account>/pause/now/", carrier_pages.pause, name="pause_carrier_account"),
    path("carriers/<uuid:account>/resume/", carrier_pages.resume, name="resume_carrier_account"),
    path(
        "carriers/<uuid:account>/credentials/",
        carrier_pages.credentials,
        name="carrier_credentials",
    ),
    path(
        "carriers/<uuid:account>/credentials/replace/",
        carrier_pages.replace_credentials,
        name="replace_credentials",
    ),
    path("trunks/", trunk_pages.index, name="trunks"),
    path("trunks/new/", trunk_pages.new, name="new_trunk"),
    path("trunks/create/", trunk_pages.create, name="create_trunk"),
    path("trunks/<uuid:trunk>/", trunk_pages.detail, name="trunk"),
    path("trunks/<uuid:trunk>/retry/", trunk_pages.retry, name="retry_trunk"),
    path("pbxs/", pbx_pages.index, name="pbxs"),
    path("pbxs/create/", pbx_pages.create, name="create_pbx"),
    path("pbxs/<uuid:pbx>/", pbx_pages.detail, name="pbx"),
    path("pbxs/<uuid:pbx>/targets/", pbx_pages.add_target, name="add_target"),
    path("pbxs/<uuid:pbx>/trunks/", pbx_pages.attach, name="attach_trunk"),
    path(
        "pbxs/<uuid:pbx>/trunks/<uuid:trunk>/detach/", pbx_pages.ask_detach, name="ask_detach_trunk"
    ),
    path("pbxs/<uuid:pbx>/trunks/<uuid:trunk>/detach/now/", pbx_pages.detach, name="detach_trunk"),
    path("acting/<uuid:organization>/", acting.start, name="act_for"),
    path("acting/stop/", acting.stop, name="stop_acting"),
    path("invitations/<str:token>/", invitations.accept, name="accept_invitation"),
    path("demo/mail/", demo_mail.index, name="demo_mail"),
    path("demo/mail/<int:pk>/", demo_mail.letter, name="demo_letter"),
]
