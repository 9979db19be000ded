# Innlogging
sign-in-again = Prøv igjen
sign-in-cancelled-title = Innloggingen ble avbrutt
sign-in-cancelled-text = Du er ikke logget inn. Du kan prøve igjen når du vil.
sign-in-expired-title = Innloggingen tok for lang tid
sign-in-expired-text = Av sikkerhetsgrunner må du begynne på nytt.
sign-in-down-title = Innloggingen er borte en liten stund
sign-in-down-text = Tjenesten for elektronisk ID svarer ikke. Er du allerede logget inn, kan du fortsette. Ellers prøv igjen om litt. Haster det, ring legekontoret eller 116 117.
sign-in-unknown-title = Vi finner deg ikke
sign-in-unknown-text = Vi finner ingen opplysninger om deg her. Er du nylig flyttet til landet, kan det ta noen dager. Legekontoret hjelper deg gjerne på telefon.
sign-in-child-title = Du må være 13 år for å logge inn
sign-in-child-text = Foreldrene dine kan bruke Varde for deg. Helsesykepleieren på skolen kan du snakke med uten at foreldrene er med.
sign-in-deceased-title = Du kan ikke logge inn
sign-in-deceased-text = Folkeregisteret har meldt at personen er død. Er dette feil, ta kontakt med folkeregisteret og legekontoret ditt.
sign-in-stopped-title = Kontoen din er sperret
sign-in-stopped-text = Du har selv sperret kontoen, og ingen kan logge inn med eID-en din her. Vil du åpne den igjen, ring dem som driver tjenesten, eller send dem et skjema på papir. De spør deg om ting bare du vet, før de åpner.
sign-in-level-title = Du må logge inn med et høyere sikkerhetsnivå
sign-in-level-text = Bruk for eksempel BankID. Helseopplysninger vises bare når vi er helt sikre på hvem du er.
