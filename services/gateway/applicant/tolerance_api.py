"""Tolerance and commitments in the applicant's room: read before signing, ask for more time, speak against a recall."""

from services.gateway.applicant.api import WHO, room
from services.gateway.tolerance_api import (
    add_asking_for_time,
    add_hearing_on_recall,
    add_own_signature,
    add_texts_to_sign,
)

add_texts_to_sign(room, WHO)
add_own_signature(room, WHO)
add_asking_for_time(room, WHO)
add_hearing_on_recall(room, WHO)
