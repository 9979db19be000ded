# Hendingar
events-title = Hendingar
events-intro = Her står det som har hendt, nyaste først.
events-none = Ingen hendingar enno
events-none-help = Når noko blir bestilt, endra eller sendt, står det her.
events-missing = Vi fekk ikkje henta hendingane akkurat no. Prøv igjen om litt.
events-other = Ny hending
events-not-open = Hendingane blir ikkje viste
