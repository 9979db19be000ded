# Hendelser
events-title = Hendelser
events-intro = Her står det som har hendt, nyeste først.
events-none = Ingen hendelser ennå
events-none-help = Når noe blir bestilt, endret eller sendt, står det her.
events-missing = Vi fikk ikke hentet hendelsene akkurat nå. Prøv igjen om litt.
events-other = Ny hendelse
events-not-open = Hendelsene vises ikke
