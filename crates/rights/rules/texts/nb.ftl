# Setningen og eksempelet som forklarer hver regel, i regelbokas rekkefølge. Én linje hver: navn = setning, og .example = eksempel.

## Personen selv, fra 16 år

AP-1 = Du ser dette fordi det er dine egne timer.
    .example = Kari, 34, åpner timene sine og ser den hun har hos fastlegen på tirsdag.
VI-1 = Du ser dette fordi det er dine egne besøk hos helsetjenesten.
    .example = Per, 67, ser at han var på sykehuset i mars.
PE-1 = Du ser dette fordi det er opplysninger om deg selv.
    .example = Jonas, 14, ser navnet sitt og adressen som står i folkeregisteret.
PE-3 = Du kan endre dette fordi det er dine egne opplysninger.
    .example = Aisha, 29, legger inn det nye telefonnummeret sitt.
LO-1 = Du ser dette fordi du har rett til å vite hvem som har sett på opplysningene dine.
    .example = Bjørn, 61, ser at legekontoret åpnet journalen hans på mandag.
ME-1 = Du kan lese og sende meldinger fordi de er dine egne, og du har samtykket til å bruke alle tjenestene.
    .example = Linh, 41, svarer på en melding fra legekontoret.
EC-1 = Du kan kontakte fastlegen digitalt fordi det gjelder deg selv, og du har samtykket til å bruke alle tjenestene.
    .example = Tor, 52, spør fastlegen om et utslett i en e-konsultasjon.
RX-1 = Du ser reseptene og kan be om å få dem fornyet fordi det er dine egne legemidler.
    .example = Ingrid, 73, ber om ny resept på blodtrykksmedisinen sin.
VA-1 = Du ser dette fordi det er dine egne vaksiner.
    .example = Samir, 26, ser når han sist fikk vaksine mot stivkrampe.
KJ-1 = Du ser dette og kan endre det fordi det er din egen kjernejournal.
    .example = Solveig, 58, skriver inn hvem som er hennes nærmeste pårørende.
RE-1 = Du ser dette fordi det er dine egne prøvesvar.
    .example = Erik, 45, ser svaret på blodprøven han tok hos fastlegen.
HE-1 = Du ser dette fordi det er dine egne henvisninger.
    .example = Nora, 19, ser at sykehuset har fått henvisningen fra fastlegen.
JO-1 = Du ser dette fordi det er din egen journal.
    .example = Hans, 80, leser hva legen skrev etter operasjonen i hofta.
CO-1 = Du ser dette fordi det er dine egne egenandeler.
    .example = Elena, 37, ser hvor mye hun har igjen før hun får frikort.
TR-1 = Du ser dette og kan sende inn krav fordi det er dine egne pasientreiser, og du har samtykket til å bruke alle tjenestene.
    .example = Mikkel, 63, søker om å få dekket bussen til sykehuset.
GP-1 = Du ser hvem som er fastlegen din, og kan bytte, fordi det er ditt eget valg.
    .example = Maria, 24, bytter til en fastlege nærmere studiestedet.
PR-1 = Du ser dette og kan endre det fordi det er dine egne personverninnstillinger og samtykker.
    .example = Geir, 49, trekker tilbake et samtykke han har gitt.
CS-1 = Du ser dette fordi du har rett til å vite hva foreldrene dine samtykket til før du fylte 16 år.
    .example = Jonas, 17, ser at faren for tre år siden samtykket til at han kunne bruke tjenesten.
FU-1 = Du ser dette og kan endre det fordi det er fullmakter du har gitt eller fått.
    .example = Randi, 76, gir datteren sin fullmakt.
PH-1 = Du ser dette og kan endre det fordi du selv bestemmer hvem som kan hente legemidlene dine på apotek.
    .example = Olav, 84, lar naboen hente legemidlene hans på apoteket.
YS-1 = Du kan bruke dette fordi det er din egen kontakt med helsestasjon for ungdom og skolehelsetjenesten.
    .example = Amina, 17, bestiller time på helsestasjon for ungdom.
RQ-1 = Du kan be om å få opplysninger rettet eller forklart, og følge svaret, fordi opplysningene er om deg.
    .example = Kari, 34, melder at det står feil kne i journalen, og følger med på hva sykehuset svarer.
NT-1 = Du kan velge hvordan du får beskjed, fordi varslene er dine egne.
    .example = Kari, 34, vil ha SMS om timer og e-post om alt annet.
SE-0 = Dette er lukket fordi innbyggere ikke kan se eller gjøre dette selv her. Du kan spørre der du får helsehjelp.
    .example = Arne, 58, prøver å rette et prøvesvar selv, men det kan bare helsepersonell gjøre.

## Personen selv, 13 til 15 år

AP-2 = Du ser dette fordi det er dine egne timer hos fastlege eller kommune, og en av foreldrene dine har samtykket til at du bruker tjenesten.
    .example = Emma, 14, ser timen sin hos fastlegen, og faren hennes har samtykket.
AP-7 = Du ser når og hvor du har time på sykehus, fordi en av foreldrene dine har samtykket og helsepersonell har åpnet for det.
    .example = Noah, 15, ser at han har time på sykehuset torsdag klokka 10.
ME-2 = Du ser meldingen fordi den er for både deg og foreldrene dine, og en av dem har samtykket til at du bruker tjenesten.
    .example = Sofie, 13, leser en melding om legetimen sin, og moren kan lese den samme meldingen.
RX-2 = Du ser reseptene dine og kan be om å få dem fornyet fordi en av foreldrene dine har samtykket til at du bruker tjenesten.
    .example = Lukas, 15, ber om ny resept på allergimedisinen sin.
VA-2 = Du ser vaksinene dine fordi en av foreldrene dine har samtykket til at du bruker tjenesten.
    .example = Leila, 14, ser hvilke vaksiner hun har fått på skolen.
HE-2 = Du ser hvor langt henvisningen er kommet, fordi en av foreldrene dine har samtykket og helsepersonell har åpnet for det.
    .example = Henrik, 13, ser at sykehuset har fått henvisningen hans.
HE-3 = Du ser hva som står i henvisningen, fordi en av foreldrene dine har samtykket og helsepersonell har åpnet for det.
    .example = Thea, 15, leser hva fastlegen skrev i henvisningen.
JO-2 = Du ser at dokumentet er i journalen, fordi en av foreldrene dine har samtykket og helsepersonell har åpnet for det.
    .example = Ante, 14, ser at legen skrev et notat etter timen på sykehuset.
JO-3 = Du ser hva som står i dokumentet, fordi en av foreldrene dine har samtykket og helsepersonell har åpnet for det.
    .example = Iben, 15, leser notatet legen skrev etter timen på sykehuset.
LO-4 = Du ser hvem som har sett på opplysningene, fordi en av foreldrene dine har samtykket og helsepersonell har åpnet for det.
    .example = Filip, 14, ser at en lege på sykehuset har lest notatet om ham.
GP-2 = Du ser hvem som er fastlegen din, fordi en av foreldrene dine har samtykket til at du bruker tjenesten.
    .example = Sara, 13, finner navnet og telefonnummeret til fastlegen sin.
YS-2 = Du kan lese og skrive til helsesykepleier fordi det er åpent for alle fra 13 år. Foreldrene dine trenger ikke å samtykke.
    .example = Elias, 13, skriver til helsesykepleieren på skolen.
YS-3 = Du kan bestille, flytte og avbestille timer hos helsesykepleier og helsestasjon for ungdom fordi du har fylt 13 år og har logget inn med høy sikkerhet.
    .example = Maja, 15, logger inn med BankID og bestiller time på helsestasjon for ungdom.
CS-2 = Du ser dette fordi du har rett til å vite hvilke samtykker som er gitt for deg.
    .example = Hedda, 15, ser at moren har samtykket til at hun bruker tjenesten.
CO-2 = Dette er lukket fordi du ikke betaler egenandel før du fyller 16 år, så det er ingenting å se.
    .example = Nora, 14, leter etter hva timen hos fastlegen kostet. Den kostet henne ingenting.
SE-13 = Dette er lukket fordi det ikke er åpnet for ungdom under 16 år. Du kan snakke med legen eller helsesykepleieren om det du lurer på.
    .example = Jakob, 14, prøver å åpne prøvesvar, men de vises tidligst for ham selv når han fyller 16 år.
SE-12 = Dette er lukket fordi du må ha fylt 13 år for å logge inn. De som har foreldreansvar for deg, kan hjelpe deg.
    .example = Ola, 12, prøver å logge inn, men må vente til han fyller 13 år.

## Foreldre til barn under 12 år

AP-3 = Du ser dette fordi du har foreldreansvar for barnet, og barnet er under 12 år.
    .example = Camilla, 35, flytter timen sønnen på 6 har på sykehuset.
VI-2 = Du ser dette fordi du har foreldreansvar for barnet, og barnet er under 12 år.
    .example = Ahmed, 40, ser at datteren på 9 var på legevakten i helgen.
PE-2 = Du ser navn og alder fordi du har foreldreansvar for barnet.
    .example = Line, 44, ser navnet og alderen til sønnen på 13.
LO-2 = Du ser dette fordi du har foreldreansvar for barnet, og barnet er under 12 år.
    .example = Pål, 38, ser at helsestasjonen har åpnet journalen til datteren på 2.
PA-1 = Du ser dette og kan be om ny resept fordi du har foreldreansvar for barnet, og barnet er under 12 år.
    .example = Silje, 31, ser hvilke vaksiner datteren på 4 har fått.
PA-2 = Du ser dette og kan skrive for barnet fordi du har foreldreansvar, og barnet er under 12 år.
    .example = Kristian, 36, sender en melding til fastlegen om sønnen på 3.
PA-3 = Du ser dette og kan endre det fordi du har foreldreansvar for barnet, og barnet er under 12 år.
    .example = Fatima, 33, bytter fastlege for sønnen på 8.
PA-4 = Du ser kontakten med helsestasjonen og skolehelsetjenesten fordi du har foreldreansvar for barnet, og barnet er under 12 år.
    .example = Øyvind, 42, ser hva helsesykepleieren har skrevet til ham om datteren på 7.
PA-5 = Du ser dette og kan endre det fordi du har foreldreansvar, og foreldre bestemmer hvem som kan hente legemidler for barn under 16 år.
    .example = Hege, 47, lar bestefaren hente legemidler på apoteket for sønnen på 10.
RQ-2 = Du kan be om å få opplysninger om barnet ditt rettet eller forklart, og følge svaret, fordi du har foreldreansvar og barnet er under 12 år.
    .example = Per, 40, melder at en allergi mangler i journalen til datteren på 6.
CO-3 = Dette er lukket fordi barn under 16 år ikke betaler egenandel, så det er ingenting å se.
    .example = Line, 44, leter etter hva hun har betalt for sønnen, 13. Det er ingenting å betale.
PA-11 = Dette er lukket fordi foreldre ikke kan se eller gjøre dette her, selv om barnet er under 12 år. Du kan spørre der barnet får helsehjelp.
    .example = Silje, 31, prøver å skrive i journalen til datteren på 4, men det må hun be legen om.

## Foreldre til barn fra 12 til 15 år, og eldre

AP-4 = Du ser timer hos fastlege og kommune fordi du har foreldreansvar for barnet, og barnet er under 16 år.
    .example = Line, 44, bestiller time hos fastlegen for sønnen på 13.
AP-5 = Du ser denne timen fordi du har foreldreansvar for barnet, og helsepersonell har åpnet for at foreldre kan se den.
    .example = Rune, 50, ser når datteren på 14 skal til kontroll på sykehuset.
ME-4 = Du ser meldingen og kan svare fordi du har foreldreansvar, og meldingen er for både barnet og foreldrene.
    .example = Line, 44, leser en melding om legetimen til sønnen på 13.
EC-4 = Du ser dette og kan svare fordi du har foreldreansvar, og kontakten med fastlegen er for både barnet og foreldrene.
    .example = Jorunn, 41, leser fastlegens svar i en e-konsultasjon som gjelder datteren på 12.
RX-4 = Du ser dette og kan be om ny resept fordi du har foreldreansvar for barnet, og barnet er under 16 år.
    .example = Kjetil, 46, ber om ny resept på astmamedisin for sønnen på 14.
VA-4 = Du ser dette fordi du har foreldreansvar for barnet, og barnet er under 16 år.
    .example = Mariam, 39, ser hvilke vaksiner datteren på 12 har fått.
HE-4 = Du ser henvisningen fordi du har foreldreansvar for barnet, og helsepersonell har åpnet for at foreldre kan se den.
    .example = Rune, 50, ser at sykehuset har fått henvisningen for datteren på 14.
JO-4 = Du ser dette fordi du har foreldreansvar for barnet, og helsepersonell har åpnet for at foreldre kan se det.
    .example = Rune, 50, leser notatet legen skrev etter kontrollen datteren på 14 var til.
LO-3 = Du ser dette fordi du har foreldreansvar for barnet, og helsepersonell har åpnet for at foreldre kan se hvem som har sett på opplysningene.
    .example = Rune, 50, ser hvem på sykehuset som har lest henvisningen for datteren på 14.
TR-4 = Du ser reisen og kan sende inn krav fordi du har foreldreansvar, og reisen er merket for både barnet og foreldrene.
    .example = Anders, 48, søker om å få dekket reisen til sykehuset med sønnen på 15.
GP-4 = Du ser hvem som er fastlege, og kan bytte, fordi foreldre velger fastlege for barn under 16 år.
    .example = Mariam, 39, bytter fastlege for datteren på 12 etter at familien har flyttet.
CS-3 = Du kan samtykke til at barnet bruker tjenesten selv, og trekke samtykket tilbake, fordi du har foreldreansvar for barnet, og barnet er under 16 år. Andre innstillinger for barnet kan du ikke endre her.
    .example = Line, 44, samtykker til at sønnen på 13 kan bruke tjenesten selv.
PA-12 = Dette er lukket fordi barnet har fylt 12 år, og da kan ikke foreldre se eller gjøre dette her. Slik er det for alle barn mellom 12 og 16 år. Du kan snakke med barnet, eller spørre der barnet får helsehjelp.
    .example = Line, 44, prøver å åpne prøvesvar for sønnen på 13, men de vises ikke for foreldre når barnet har fylt 12 år.
PA-16 = Dette er lukket fordi barnet ditt har fylt 16 år og bestemmer selv over helseopplysningene sine. Barnet kan gi deg fullmakt hvis det ønsker det.
    .example = Berit, 52, ser ikke lenger timene til datteren, som fylte 16 år i går.

## Verge

VE-1 = Du ser hvem det gjelder, og når og hvor timene er, fordi du er verge for personen.
    .example = Wenche, 60, er verge for Odd, 71, og ser at han har time på onsdag klokka 9.
VE-2 = Du ser dette og kan sende inn krav fordi du er verge for personen.
    .example = Wenche, 60, søker om å få dekket reisen for Odd, 71.
VE-0 = Dette er lukket fordi det å være verge ikke i seg selv gir innsyn i helseopplysninger. Personen kan gi deg fullmakt. Kan personen ikke samtykke selv, kan nærmeste pårørende søke om å handle for personen.
    .example = Wenche, 60, prøver å åpne journalen til Odd, 71, men trenger fullmakt fra ham.

## Fullmakt

FU-2 = Du ser dette fordi fullmakten din gjelder opplysninger som er registrert om personen.
    .example = Anne, 54, ser hvilke legemidler faren på 81 bruker.
FU-3 = Du ser dette fordi fullmakten din gjelder journalen til personen.
    .example = Anne, 54, leser hva legen skrev om faren på 81 etter operasjonen.
FU-4 = Du ser henvisningene fordi fullmakten din gjelder journalen eller de digitale helsetjenestene til personen.
    .example = Anne, 54, ser at sykehuset har fått henvisningen for faren på 81.
FU-5 = Du kan se, bestille, flytte og avbestille timer fordi fullmakten din gjelder digitale helsetjenester.
    .example = Thomas, 46, bestiller time hos fastlegen for moren på 77.
FU-6 = Du ser dette og kan skrive for personen fordi fullmakten din gjelder digitale helsetjenester.
    .example = Thomas, 46, sender en melding til legekontoret for moren på 77.
FU-7 = Du kan be om å få resepter fornyet fordi fullmakten din gjelder digitale helsetjenester.
    .example = Thomas, 46, ber om ny resept for moren på 77.
FU-8 = Du kan endre kjernejournalen fordi fullmakten din gjelder digitale helsetjenester.
    .example = Thomas, 46, skriver inn seg selv som pårørende i kjernejournalen til moren på 77.
FU-9 = Du ser hvem som er fastlege, og kan bytte, fordi fullmakten din gjelder digitale helsetjenester.
    .example = Thomas, 46, bytter fastlege for moren på 77 etter at hun har flyttet.
FU-10 = Du ser navn og alder fordi personen har gitt deg fullmakt.
    .example = Ida, 28, ser navnet og alderen til tanten på 66, som har gitt henne fullmakt.
FU-11 = Du ser dette fordi fullmakten din gjelder å hente legemidler på apotek.
    .example = Jon, 45, ser at han kan hente legemidler for naboen på 84.
RQ-3 = Du kan be om å få opplysninger rettet eller forklart for personen, fordi fullmakten din gjelder journalen.
    .example = Anne, 54, melder at en dato er feil i journalen til faren på 81.
FU-12 = Dette er lukket fordi personverninnstillinger, fullmakter og samtykker ikke kan overlates til andre. Bare personen selv kan se og endre dem.
    .example = Anne, 54, prøver å endre fullmaktene til faren på 81, men det må han gjøre selv.
FU-0 = Dette er lukket fordi en fullmakt ikke gjelder dette. Bare den som har fylt 16 år, kan gi fullmakt.
    .example = Anne, 54, prøver å skrive i journalen til faren på 81, men det kan bare helsepersonell gjøre.

## Den som handler for en person som ikke kan samtykke selv

TD-1 = Du kan se, bestille, flytte og avbestille timer fordi du handler for en person som ikke kan samtykke selv.
    .example = Åse, 70, flytter time for mannen sin på 74, som har demens.
TD-2 = Du ser dette og kan skrive for personen fordi du handler for en som ikke kan samtykke selv.
    .example = Åse, 70, sender en melding til legekontoret for mannen sin på 74.
TD-3 = Du ser dette fordi du handler for en person som ikke kan samtykke selv.
    .example = Åse, 70, ser prøvesvarene til mannen sin på 74.
TD-4 = Du ser reseptene og kan be om å få dem fornyet fordi du handler for en person som ikke kan samtykke selv.
    .example = Leif, 48, ber om ny resept for datteren på 19, som ikke kan samtykke selv.
TD-5 = Du ser dette og kan endre det fordi du handler for en person som ikke kan samtykke selv.
    .example = Leif, 48, bytter fastlege for datteren på 19.
RQ-4 = Du kan be om å få opplysninger rettet eller forklart fordi du handler for en person som ikke kan samtykke.
    .example = Åse, 70, melder at en medisin mangler i journalen til mannen på 74.
TD-6 = Dette er lukket fordi personverninnstillinger, fullmakter og samtykker ikke kan overlates til andre, heller ikke når personen ikke kan samtykke selv.
    .example = Åse, 70, prøver å gi sønnen sin fullmakt for mannen på 74, men det er ikke mulig.
TD-0 = Dette er lukket fordi den som handler for en person som ikke kan samtykke selv, ikke kan se eller gjøre dette her. For barn under 12 år handler foreldrene.
    .example = Leif, 48, prøver å skrive i journalen til datteren på 19, men det må han be legen om.

## Pårørende som hjelper til med praktiske ting

NK-1 = Du ser når timen er, fordi du har fått lov til å hjelpe til med timer.
    .example = Bestemor Turid, 65, ser at barnebarnet på 8 har time torsdag klokka 12, og kan være klar til å kjøre.
NK-2 = Du ser når og hvor reisen går, fordi du har fått lov til å hjelpe til med reiser.
    .example = Nabo Ståle, 57, ser når Gerd, 79, skal hentes av drosjen.
NK-3 = Du ser dette fordi du har fått lov til å hente legemidler på apotek.
    .example = Nabo Ståle, 57, ser at han kan hente legemidler for Gerd, 79.
NK-4 = Du ser navnet fordi du har fått lov til å hjelpe personen.
    .example = Nabo Ståle, 57, ser navnet til Gerd, som han hjelper.
NK-0 = Dette er lukket fordi du bare har fått lov til å hjelpe til med praktiske ting. Du kan snakke med den du hjelper.
    .example = Nabo Ståle, 57, prøver å åpne meldingene til Gerd, 79, men det kan han ikke.

## Fosterforeldre

FP-1 = Du ser timer hos fastlege og kommune og kan bestille nye fordi barnet bor hos deg som fosterbarn.
    .example = Monica, 43, bestiller time hos fastlegen for fostersønnen på 7.
FP-2 = Du ser vaksinene fordi barnet bor hos deg som fosterbarn.
    .example = Monica, 43, ser hvilke vaksiner fostersønnen på 7 har fått.
FP-3 = Du ser dette og kan svare fordi barnet bor hos deg som fosterbarn, og det er merket for både barnet og foreldrene.
    .example = Monica, 43, svarer helsestasjonen på en melding om fostersønnen på 7.
FP-4 = Du ser navnet fordi barnet bor hos deg som fosterbarn.
    .example = Terje, 51, ser navnet på fosterdatteren på 12.
FP-0 = Dette er lukket fordi fosterforeldre bare ser det som trengs i hverdagen. Du kan spørre barnevernstjenesten eller der barnet får helsehjelp.
    .example = Terje, 51, prøver å åpne journalen til fosterdatteren på 12, og tar i stedet kontakt med barnevernstjenesten.

## Helsepersonell

HP-1 = Helsepersonell ser dette fordi de gir pasienten helsehjelp og trenger opplysningene til det.
    .example = Anita, 44, er fastlege og leser prøvesvarene før pasienten kommer til time.
HP-2 = Helsepersonell kan skrive og endre her fordi de gir pasienten helsehjelp.
    .example = Jonny, 36, er sykepleier og setter opp en ny time for en pasient.
HP-9 = Helsepersonell ser hvem som kan handle for deg, og kan registrere en fullmakt du har skrevet under på, fordi ikke alle kan gjøre det selv på nett.
    .example = Anita, 44, er fastlege og registrerer at Odd, 82, som ikke har elektronisk ID, lar datteren handle for seg.
HP-0 = Dette er lukket fordi det ikke trengs for å gi helsehjelp. Du kan spørre pasienten.
    .example = Anita, 44, er fastlege og prøver å se hva pasienten har bedt sykehuset om å rette.
HP-3 = Helsepersonell ser dette og kan skrive her fordi pasienten trengte hjelp med en gang. Oppslaget står i innsynsloggen.
    .example = Stian, 33, er lege på akuttmottaket og ser hvilke legemidler en bevisstløs pasient bruker.
HP-4 = Dette er lukket fordi det ikke trengs for å gi hjelp med en gang.
    .example = Stian, 33, er lege på akuttmottaket og prøver å lese meldinger mellom pasienten og fastlegen.
HP-5 = Helsepersonell ser dette og kan ordne timer fordi de samordner hjelpen til pasienten.
    .example = Gro, 50, er koordinator og flytter en time slik at pasienten får to timer samme dag.
HP-6 = Dette er lukket fordi det ikke trengs for å samordne hjelpen. Du kan spørre dem som behandler pasienten.
    .example = Gro, 50, er koordinator og prøver å åpne prøvesvar, men trenger dem ikke for å ordne timer.
HP-7 = Helsepersonell ser dette fordi de skrev en begrunnelse og åpnet det i en nødssituasjon. Oppslaget står i innsynsloggen og blir kontrollert etterpå.
    .example = Simen, 39, er lege på legevakten, skriver hvorfor han må se legemidlene til en pasient, og får se dem.
HP-8 = Dette er lukket fordi en åpning i en nødssituasjon bare gir lov til å lese det som trengs.
    .example = Simen, 39, er lege på legevakten og prøver å flytte en time han bare har åpnet for å lese.
PH-2 = Apoteket ser dette fordi de må vite hvem som kan hente legemidler for en annen.
    .example = Yusuf, 31, arbeider på apoteket og ser at naboen kan hente legemidler for Olav, 84.
PH-0 = Dette er lukket fordi apoteket her bare ser hvem som kan hente legemidler.
    .example = Yusuf, 31, arbeider på apoteket og prøver å se timene til en kunde.

## Opplysninger som ikke gjelder en bestemt person

DI-1 = Du ser dette fordi det er åpen informasjon om helsetjenester.
    .example = Vigdis, 68, finner åpningstidene til et legekontor.
DI-2 = Du kan ta eller gi tilbake en ledig tid sammen med en time.
    .example = Kari, 34, bestiller en time, og tiden er ikke lenger ledig for andre.
DI-0 = Dette er lukket fordi det ikke er sagt hvem opplysningene gjelder. Velg hvem du vil handle for, og prøv igjen.
    .example = Vigdis, 68, velger seg selv og får opp timene sine.

## Programmer

SY-1 = Et fagsystem har tilgang etter avtalen med virksomheten som bruker det.
    .example = Journalsystemet på legekontoret legger inn en ny time for Kari, 34.
SY-2 = De som drifter løsningen, har tilgang etter avtalen med virksomheten.
    .example = Vidar, 42, arbeider med driften og retter en time som var lagret to ganger.
SY-3 = Løsningen selv gjør det du eller helsetjenesten har bedt om.
    .example = Løsningen sender en påminnelse til Kari, 34, dagen før timen hennes.
SY-4 = Dette er lukket for fagsystemer fordi bare personen selv bestemmer hvordan hun eller han får beskjed.
    .example = Journalsystemet på legekontoret prøver å lese hvilken telefon Kari, 34, får varsler på.
SY-5 = Dette er lukket for dem som drifter løsningen, fordi bare personen selv bestemmer hvordan hun eller han får beskjed.
    .example = Vidar, 42, arbeider med driften og prøver å lese hvilken telefon Kari, 34, får varsler på.

## Svar som ikke står i regelboka

NO-RULE = Dette er lukket fordi ingen regel åpner for det.
    .example = Berit, 52, prøver en ny tjeneste før det er bestemt hvem som kan bruke den.
NO-RELATION = Dette er lukket fordi du ikke er registrert med rett til å se opplysninger om denne personen.
    .example = Lars, 40, prøver å åpne timene til en kollega.
ACCOUNT-STOPPED = Dette er lukket fordi kontoen din er sperret etter ditt eget ønske. Du kan be om å få den åpnet igjen.
    .example = Grete, 63, sperret kontoen sin da hun mistet kodebrikken, og ber nå om å få den åpnet.
INACTIVE = Dette er lukket fordi du har valgt å ikke bruke kontoen din. De som har fullmakt fra deg, kan fortsatt handle for deg. Du kan be om å ta kontoen i bruk igjen.
    .example = Alf, 88, bruker ikke kontoen selv, og sønnen handler for ham med fullmakt.
DECEASED = Dette er lukket fordi personen er registrert død. Nærmeste pårørende kan be helsetjenesten om innsyn.
    .example = Ellen, 59, vil lese journalen til moren som er død, og ber sykehuset om innsyn.
PROTECTED-ADDRESS = Dette er lukket fordi det ikke er mulig å handle for denne personen på nettet. Du kan kontakte helsetjenesten direkte.
    .example = Marit, 38, vil bestille time for en annen, og ringer legekontoret i stedet.
NO-ADDRESS = Dette er lukket fordi du ikke er registrert med adresse i Norge. Du kan kontakte helsetjenesten direkte.
    .example = Petter, 41, har flyttet til Spania og ringer legekontoret om timen til sønnen på 5.
ADDRESS-CHECK = Dette er lukket fordi du ikke er registrert på samme adresse som barnet i folkeregisteret. Du kan kontakte helsetjenesten direkte.
    .example = Roger, 37, er registrert på en annen adresse enn datteren på 6, og ringer helsestasjonen om timen hennes.
NO-CARE-RELATION = Dette er lukket fordi det ikke er registrert at du gir pasienten helsehjelp. Registrer det først, eller spør pasienten.
    .example = Stian, 33, er lege og får ikke åpnet journalen før det er registrert at han behandler pasienten.
ACUTE-STOP = Dette er lukket fordi opplysningene ikke vises på nettet nå. Du kan kontakte helsetjenesten direkte.
    .example = Frode, 45, får ikke åpnet siden nå, og ringer helsetjenesten.
NO-CONSENT = Dette er lukket fordi ingen av foreldrene dine har samtykket til at du bruker tjenesten ennå.
    .example = Emma, 14, vil se timene sine, og spør faren om han vil samtykke.
CONSENT-LEVEL = Dette er lukket fordi du ikke har samtykket til å bruke denne tjenesten. Du kan endre samtykket i personverninnstillingene.
    .example = Geir, 49, har samtykket til å se reseptene sine, men ikke til å se journalen.
ASSURANCE = Dette er lukket fordi tjenesten krever innlogging med høyere sikkerhet. Logg inn igjen med for eksempel BankID.
    .example = Maja, 15, har logget inn med MinID og må bruke BankID for å bestille time.
AREA = Dette er lukket fordi det du har fått fullmakt eller lov til, ikke gjelder dette. Den som ga deg det, kan endre det.
    .example = Anne, 54, kan se reseptene til faren på 81, men fullmakten gjelder ikke meldinger.
NOT-SHARED = Dette er lukket fordi det bare vises når det er merket for både ungdommen og foreldrene. Du kan spørre der dere får helsehjelp.
    .example = Line, 44, spør legekontoret om de kan sende meldinger som både hun og sønnen på 13 kan lese.
NOT-OPENED = Dette er lukket fordi helsepersonell må åpne for det først. Du kan spørre der dere får helsehjelp.
    .example = Noah, 15, spør legen på sykehuset om han kan få se timene sine på nettet.
OWN-ACCESS-REMOVED = Dette er lukket fordi den det gjelder, har valgt å ikke ha det på nettet. Valget kan endres i personverninnstillingene.
    .example = Marte, 33, har valgt å ikke se journalen sin på nettet, og kan endre valget når hun vil.
RESERVED = Dette er lukket fordi den det gjelder, har valgt at opplysningene ikke skal lagres i registeret. Valget kan endres i personverninnstillingene.
    .example = Knut, 69, har valgt at prøvesvarene hans ikke skal lagres i registeret.
BLOCKED = Dette er lukket fordi pasienten har sperret det for helsepersonell. Spør pasienten om lov. Står liv eller helse i fare, kan du åpne med en begrunnelse.
    .example = Anita, 44, er fastlege og spør pasienten om hun kan få se journalen.
BLOCKED-BY-NAME = Dette er lukket for deg fordi pasienten har bestemt det. Det gjelder også i en nødssituasjon. Be en kollega om å overta.
    .example = Jonny, 36, er sykepleier og ber en kollega om å ta over pasienten.
ITEM-HIDDEN = Dette er lukket fordi helsepersonell har bestemt hvem som kan se nettopp dette.
    .example = Lise, 36, får ikke åpnet et dokument, og spør der hun får helsehjelp.
SHIELDED = Dette er lukket fordi det er skjermet for annet helsepersonell etter pasientens ønske. Du kan spørre pasienten.
    .example = Stian, 33, er lege og spør pasienten om det han trenger å vite.
DELAYED = Dette er lukket fordi det vises senere, slik at helsepersonell kan se på det først. Du trenger ikke å gjøre noe.
    .example = Erik, 45, tok en blodprøve i går, og svaret vises for ham om noen dager.
GIVER-HAS-NOT = Dette er lukket fordi du aldri kan se eller gjøre mer enn den som ga deg fullmakt eller lov. Du kan snakke med den personen.
    .example = Anne, 54, ser ikke journalen til faren på 81, fordi faren selv ikke har journalen på nettet.
