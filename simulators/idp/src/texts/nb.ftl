# Testinnlogging
title = Testinnlogging
banner = Dette er en testinnlogging. Ingen av personene finnes.
intro = Hvem vil du logge inn som?
other = Eller skriv et syntetisk fødselsnummer (måned + 80)
level = Sikkerhetsnivå
high = Høyt (som BankID)
substantial = Betydelig (som MinID)
submit = Logg inn
cancel = Avbryt
error = Velg en person, eller skriv et gyldig syntetisk fødselsnummer.
too-late = Innloggingen tok for lang tid. Gå tilbake til nettstedet og prøv igjen.
about = En testleverandør av elektronisk ID for syntetiske personer. Start innloggingen fra nettstedet du skal til.
