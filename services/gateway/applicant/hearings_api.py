"""Hearings in the applicant's room: to ask for one, or to do without."""

from services.gateway.applicant.api import WHO, room
from services.gateway.hearings_api import add_asking

add_asking(room, WHO)
