"""Tolerance and commitments at the counter: the same as for the applicant, and the examination of what came late."""

from services.gateway.counter.api import WHO, room
from services.gateway.tolerance_api import (
    add_asking_for_time,
    add_examination,
    add_hearing_on_recall,
    add_signature,
    add_texts_to_sign,
)

add_texts_to_sign(room, WHO)
add_signature(room, WHO)
add_examination(room, WHO)
add_asking_for_time(room, WHO)
add_hearing_on_recall(room, WHO)
