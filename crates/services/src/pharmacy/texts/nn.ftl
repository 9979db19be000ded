# Disken på apoteket
pharmacy-title = Kan denne personen hente medisinar for ein annan?
pharmacy-at = Du spør for { $pharmacy }.
pharmacy-giver = Fødselsnummeret til den som eig medisinane
pharmacy-receiver = Fødselsnummeret til den som hentar
pharmacy-receiver-help = Sjå på legitimasjonen. Svaret gjeld berre den som har dette nummeret.
pharmacy-submit = Sjekk
pharmacy-logged = Den som eig medisinane, ser i innsynsloggen sin at de har spurt.
pharmacy-yes = Ja, kan hente
pharmacy-yes-until = Til og med { $day }.
pharmacy-yes-no-end = Utan sluttdato.
pharmacy-no = Nei, vi finn inga fullmakt til å hente
pharmacy-no-help = Sjå om begge nummera er rette. Den som eig medisinane, kan gi fullmakt på nett eller på papir.
pharmacy-too-often = Du har spurt mange gonger på kort tid. Vent nokre minutt, og prøv igjen.
pharmacy-error-giver = Skriv dei 11 sifra i fødselsnummeret til den som eig medisinane
pharmacy-error-receiver = Skriv dei 11 sifra i fødselsnummeret til den som hentar
pharmacy-error-same = Dei to nummera er like. Den som hentar sine eigne medisinar, treng inga fullmakt.
