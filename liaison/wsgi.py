import os

from django.core.wsgi import get_wsgi_application

from liaison.starting import stand_behind_the_wall

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")

application = get_wsgi_application()
stand_behind_the_wall()
