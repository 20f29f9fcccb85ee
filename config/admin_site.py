"""The office's admin: Django's own, with our name on it."""

from django.conf import settings
from django.contrib.admin import AdminSite


class OfficeAdminSite(AdminSite):
    site_header = "Jemput Bola (peragaan, semua orang rekaan)" if settings.DEMO else "Jemput Bola"
    site_title = "Jemput Bola"
    index_title = "Pekerjaan hari ini"
    enable_nav_sidebar = False
