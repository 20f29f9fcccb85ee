"""The base of all pages of the request form."""

from abc import ABCMeta, abstractmethod
from typing import Any, ClassVar

from django import forms
from django.forms.forms import DeclarativeFieldsMetaclass
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from outreach.enums import Relation

LabelledAnswer = tuple[str, str]
REQUIRED = gettext_lazy("Pilih salah satu.")


class _PageMeta(DeclarativeFieldsMetaclass, ABCMeta):
    """Combines the metaclasses of Django's forms and of abstract base classes."""


class PageForm(forms.Form, metaclass=_PageMeta):
    """One page: its question (`title`, or the label of its `single` field) and the answers."""

    slug: ClassVar[str]
    single = False  # one question: its label is the page's heading
    lead: str | Promise = ""

    def __init__(self, data: Any = None, *, before: dict[str, Any]) -> None:
        self.before = before
        self.today = timezone.localdate()
        super().__init__(data, use_required_attribute=False)

    def leave_unchecked(self) -> None:
        """Show what was typed without saying what is wrong with it: nobody has sent it yet."""
        self._errors = ErrorDict()

    @property
    def for_self(self) -> bool:
        return self.before.get("relation") == Relation.SELF

    @property
    @abstractmethod
    def title(self) -> str:
        """The page's heading."""

    @abstractmethod
    def answers(self) -> list[LabelledAnswer]:
        """Label and text of each answer of a valid page."""
