# Innlogging
sign-in-again = Prøv igjen
sign-in-cancelled-title = Innlogginga vart avbroten
sign-in-cancelled-text = Du er ikkje logga inn. Du kan prøve igjen når du vil.
sign-in-expired-title = Innlogginga tok for lang tid
sign-in-expired-text = Av tryggleiksgrunnar må du byrje på nytt.
sign-in-down-title = Innlogginga er borte ei lita stund
sign-in-down-text = Tenesta for elektronisk ID svarar ikkje. Er du alt logga inn, kan du halde fram. Elles prøv igjen om litt. Hastar det, ring legekontoret eller 116 117.
sign-in-unknown-title = Vi finn deg ikkje
sign-in-unknown-text = Vi finn ingen opplysningar om deg her. Er du nyleg flytt til landet, kan det ta nokre dagar. Legekontoret hjelper deg gjerne på telefon.
sign-in-child-title = Du må vere 13 år for å logge inn
sign-in-child-text = Foreldra dine kan bruke Varde for deg. Helsesjukepleiaren på skulen kan du snakke med utan at foreldra er med.
sign-in-deceased-title = Du kan ikkje logge inn
sign-in-deceased-text = Folkeregisteret har meldt at personen er død. Er dette feil, ta kontakt med folkeregisteret og legekontoret ditt.
sign-in-stopped-title = Kontoen din er sperra
sign-in-stopped-text = Du har sjølv sperra kontoen, og ingen kan logge inn med eID-en din her. Vil du opne han igjen, ring dei som driv tenesta, eller send dei eit skjema på papir. Dei spør deg om ting berre du veit, før dei opnar.
sign-in-level-title = Du må logge inn med eit høgare tryggleiksnivå
sign-in-level-text = Bruk til dømes BankID. Helseopplysningar blir berre viste når vi er heilt sikre på kven du er.
