"""All addresses: each page module brings its own."""

from django.urls import include, path

from giamngheo.web.views import (
    accounts,
    audit,
    duplicates,
    exports,
    health,
    households,
    identity,
    imports,
    law,
    papers,
    postings,
    reports,
    review_board,
    review_requests,
    review_village,
    reviews,
    rounds,
    search,
    signs,
    start,
    styleguide,
    verify,
    visits,
)

handler500 = "giamngheo.web.views.errors.server_error"

urlpatterns = [
    path("suc-khoe", health.health, name="health"),
    path("i18n/", include("django.conf.urls.i18n")),
    *identity.urlpatterns,
    path("tai-khoan/", include("allauth.urls")),
    *start.urlpatterns,
    *households.urlpatterns,
    *search.urlpatterns,
    *duplicates.urlpatterns,
    *imports.urlpatterns,
    *rounds.urlpatterns,
    *visits.urlpatterns,
    *exports.urlpatterns,
    *review_board.urlpatterns,
    *reviews.urlpatterns,
    *postings.urlpatterns,
    *review_village.urlpatterns,
    *review_requests.urlpatterns,
    *signs.urlpatterns,
    *papers.urlpatterns,
    *reports.urlpatterns,
    *law.urlpatterns,
    *audit.urlpatterns,
    *accounts.urlpatterns,
    *verify.urlpatterns,
    *styleguide.urlpatterns,
]
