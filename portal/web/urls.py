"""Every page and its address."""

from __future__ import annotations

from django.urls import path

from portal.web import acting, demo_mail, find, home, invitations, numbers

urlpatterns = [
    path("", home.index, name="home"),
    path("find/", find.index, name="find"),
    path("numbers/", numbers.index, name="numbers"),
    path("numbers/<str:e164>/", numbers.detail, name="number"),
    path("numbers/<str:e164>/assign/", numbers.assign, name="assign"),
    path("numbers/<str:e164>/unassign/", numbers.unassign, name="unassign"),
    path("numbers/<str:e164>/give-back/", numbers.give_back, name="give_back"),
    path("offers/<uuid:offer>/claim/", numbers.claim, name="claim"),
    path("acting/<uuid:organization>/", acting.start, name="act_for"),
    path("acting/stop/", acting.stop, name="stop_acting"),
    path("invitations/<str:token>/", invitations.accept, name="accept_invitation"),
    path("demo/mail/", demo_mail.index, name="demo_mail"),
    path("demo/mail/<int:pk>/", demo_mail.letter, name="demo_letter"),
]
