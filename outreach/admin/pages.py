"""Helpers of all pages of our own in the admin: permissions, the site's frame, parsing of addresses and
input."""

from collections.abc import Callable, Iterable
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, ParamSpec
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.text import capfirst

from outreach.selectors.keyset import PlaceInList
from outreach.selectors.page_marks import PageSeen, page_mark

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def require_permissions(*permissions: str, to_post: str = "") -> Callable[[View[P]], View[P]]:
    """Decorator: 403 for staff without all of these permissions ("outreach.view_need").

    `to_post` is one more permission, required for POST only.
    """

    def wrap(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            asked = [*permissions, to_post] if to_post and request.method == "POST" else permissions
            if not all(request.user.has_perm(name) for name in asked):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded  # type: ignore[return-value]  # the positional request

    return wrap


def render_page(
    request: HttpRequest,
    template: str,
    *,
    model: type[Model],
    title: str,
    status: int = 200,
    shows: Iterable[Model | None] = (),
    **context: Any,
) -> HttpResponse:
    """Render a page in the admin's frame; `opts` makes its breadcrumbs lead to the model's list.

    `shows`: the rows whose version the page's forms carry ("admin/outreach/mark.html" in each form).
    """
    frame = admin.site.each_context(request)
    if rows := list(shows):
        # what was sent with a mistake is still about the version that its sender saw
        kept = read_text(request.POST, "dilihat") if status == HTTPStatus.UNPROCESSABLE_ENTITY else ""
        context["mark"] = kept or page_mark(rows)
    return render(request, template, {**frame, "opts": model._meta, "title": title, **context}, status=status)


def page_seen(request: HttpRequest, *shown: Model | None) -> PageSeen:
    """The version of these rows that the page of a posted form showed. A service checks it under its locks and
    raises `StalePageError`."""
    mark = read_text(request.POST, "dilihat")
    return PageSeen(mark=mark, subjects=shown, actor=log_actor(request))


def log_actor(request: HttpRequest) -> str:
    """The member of staff as the log names them: "user:<id>"."""
    return f"user:{request.user.pk}"


def get_row_or_404(rows: QuerySet[Any], pk: str) -> Any:
    """The row with this primary key. Raises 404 if the key is not valid or unknown."""
    try:
        return get_object_or_404(rows, pk=UUID(str(pk)))
    except ValueError:
        raise Http404 from None


def read_text(values: QueryDict, name: str) -> str:
    """The value of a field without zero bytes, which PostgreSQL refuses."""
    return values.get(name, "").replace("\0", "").strip()


def page_number(request: HttpRequest) -> int:
    """The page number of the query string; 1 if it is missing or not a number."""
    text = request.GET.get("hal", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def read_place(request: HttpRequest) -> PlaceInList:
    """The place in a long list that the query string names: behind a row, or before it."""
    return PlaceInList(after=read_text(request.GET, "sesudah"), before=read_text(request.GET, "sebelum"))


class Titled(_ModelAdmin):
    """A list titled by what it shows, not "choose one to change"."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})


class OursOnly(Titled):
    """Changes go through our own pages and services; Django's forms for adding and deleting are closed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Pages(OursOnly):
    """A model whose admin consists only of our own views: (route, view, URL name)."""

    pages: ClassVar[list[tuple[str, Callable[..., HttpResponse], str]]]

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        stem = f"{self.opts.app_label}_{self.opts.model_name}"
        return [path(route, guard(view), name=f"{stem}_{name}") for route, view, name in self.pages]
