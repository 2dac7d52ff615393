"""What an applicant may ask of the review: that it go on, and that somebody be taken off the case."""

from services.gateway.applicant.api import WHO, room
from services.gateway.reviewing_api import add_recusal_requests, add_urging

add_urging(room, WHO)
add_recusal_requests(room, WHO)
