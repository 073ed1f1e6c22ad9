"""The API under /api/v1/: the same rules and the same scope as the pages, for programs that hold an account's token.

How to add a resource, in the app that owns the model:

1. `<app>/filters.py`: one `ScopedFilterSet` (liaison/filters.py) per list: `org`, `period`, choices. Parameters that are
   no filter are refused by themselves.
2. `<app>/api.py`: a `RuledSerializer` (liaison/api/serializers.py). It calls `full_clean()`, offers in foreign keys only what
   the account may name, refuses unknown fields and writes the Entry. `Meta.frozen` names what a stored record keeps;
   `masked` names what is masked in lists and outside the owning office.
3. There too a `Resource` (read), `WritableResource` (read, add, change) or `VoidableResource` (and void) from
   liaison/api/resources.py, or `OnceResource` with `OnceSerializer` (liaison/api/once.py) for what may be sent twice: `queryset`, `serializer_class`, `filterset_class`, `keys` (order of the list: two columns with an
   index, the last one unique). Acts that are no change of fields are methods under `@verb("宣布")`.
   Who may do what follows from liaison/roles.py: MAY, and API_READS for who has no desk in the admin.
4. Name it in `RESOURCES = {"studios": StudioResource}` of that module, and the module in settings.API_MODULES.

The schema, the page of addresses (/api/), the leak walk and the tests of every list follow from that by themselves.
"""
