# Testinnlogging
title = Testinnlogging
banner = Dette er ei testinnlogging. Ingen av personane finst.
intro = Kven vil du logge inn som?
other = Eller skriv eit syntetisk fødselsnummer (månad + 80)
level = Tryggleiksnivå
high = Høgt (som BankID)
substantial = Betydeleg (som MinID)
submit = Logg inn
cancel = Avbryt
error = Vel ein person, eller skriv eit gyldig syntetisk fødselsnummer.
too-late = Innlogginga tok for lang tid. Gå tilbake til nettstaden og prøv igjen.
about = Ein testleverandør av elektronisk ID for syntetiske personar. Start innlogginga frå nettstaden du skal til.
