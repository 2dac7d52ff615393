"""Hearings at the counter: who is concerned, what they say, and what they ask for."""

from services.gateway.counter.api import WHO, room
from services.gateway.hearings_api import add_asking, add_interested_parties

add_interested_parties(room, WHO)
add_asking(room, WHO)
