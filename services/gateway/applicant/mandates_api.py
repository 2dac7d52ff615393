"""Mandates and channels in the applicant's room; a change or a renewal is an application like any other."""

from services.gateway.applicant.api import WHO, room
from services.gateway.licences_api import add_mandates

add_mandates(room, WHO)
