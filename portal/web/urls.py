"""Every page and its address."""

from __future__ import annotations

from django.urls import path

from portal.web import (
    acting,
    demo_mail,
    find,
    home,
    invitations,
    numbers,
    orders,
    organizations,
    searches,
)

urlpatterns = [
    path("", home.index, name="home"),
    path("find/", find.index, name="find"),
    path("numbers/", numbers.index, name="numbers"),
    path("numbers/<str:e164>/", numbers.detail, name="number"),
    path("numbers/<str:e164>/assign/", numbers.assign, name="assign"),
    path("numbers/<str:e164>/unassign/", numbers.unassign, name="unassign"),
    path("numbers/<str:e164>/give-back/", numbers.give_back, name="give_back"),
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
    path("offers/<uuid:offer>/claim/", numbers.claim, name="claim"),
    path("acting/<uuid:organization>/", acting.start, name="act_for"),
    path("acting/stop/", acting.stop, name="stop_acting"),
    path("invitations/<str:token>/", invitations.accept, name="accept_invitation"),
    path("demo/mail/", demo_mail.index, name="demo_mail"),
    path("demo/mail/<int:pk>/", demo_mail.letter, name="demo_letter"),
]
