"""The folded name beside a name, for searches and duplicates."""

from typing import Any

from django.db import models

from outreach.lib.names import fold_name


class NameKeyField(models.CharField):  # type: ignore[type-arg]
    """`fold_name` of the row's `name`, set whenever the row is saved; name both in `update_fields`.

    An UPDATE past `save` sets both itself. The database knows a plain text.
    """

    def __init__(self, **options: Any) -> None:
        plain: dict[str, Any] = {"max_length": 120, "editable": False, "blank": True, "db_index": True}
        super().__init__(**({"default": ""} | plain | options))

    def deconstruct(self) -> Any:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        key = fold_name(model_instance.name)[: self.max_length]  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, key)
        return key
