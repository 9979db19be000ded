# Events
events-title = Events
events-intro = What has happened, the latest first.
events-none = No events yet
events-none-help = When something is booked, changed or sent, you will find it here.
events-missing = We could not fetch the events right now. Please try again in a while.
events-other = New event
events-not-open = Events are not shown
