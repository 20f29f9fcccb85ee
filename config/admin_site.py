"""The office's admin: Django's own, with our name on it."""

from django.contrib.admin import AdminSite


class OfficeAdminSite(AdminSite):
    site_header = "Jemput Bola"
    site_title = "Jemput Bola"
    index_title = "Pekerjaan hari ini"
    enable_nav_sidebar = False
