# Disken på apoteket
pharmacy-title = Kan denne personen hente medisiner for en annen?
pharmacy-at = Du spør for { $pharmacy }.
pharmacy-giver = Fødselsnummeret til den som eier medisinene
pharmacy-receiver = Fødselsnummeret til den som henter
pharmacy-receiver-help = Se på legitimasjonen. Svaret gjelder bare den som har dette nummeret.
pharmacy-submit = Sjekk
pharmacy-logged = Den som eier medisinene, ser i sin innsynslogg at dere har spurt.
pharmacy-yes = Ja, kan hente
pharmacy-yes-until = Til og med { $day }.
pharmacy-yes-no-end = Uten sluttdato.
pharmacy-no = Nei, vi finner ingen fullmakt til å hente
pharmacy-no-help = Se om begge numrene er riktige. Den som eier medisinene, kan gi fullmakt på nett eller på papir.
pharmacy-too-often = Du har spurt mange ganger på kort tid. Vent noen minutter, og prøv igjen.
pharmacy-error-giver = Skriv de 11 sifrene i fødselsnummeret til den som eier medisinene
pharmacy-error-receiver = Skriv de 11 sifrene i fødselsnummeret til den som henter
pharmacy-error-same = De to numrene er like. Den som henter sine egne medisiner, trenger ingen fullmakt.
