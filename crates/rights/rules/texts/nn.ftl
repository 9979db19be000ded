# Setninga og dømet som forklarer kvar regel, i rekkjefølgja til regelboka. Éi linje kvar: namn = setning, og .example = døme.

## Personen sjølv, frå 16 år

AP-1 = Du ser dette fordi det er dine eigne timar.
    .example = Kari, 34, opnar timane sine og ser den ho har hos fastlegen på tysdag.
VI-1 = Du ser dette fordi det er dine eigne besøk hos helsetenesta.
    .example = Per, 67, ser at han var på sjukehuset i mars.
PE-1 = Du ser dette fordi det er opplysningar om deg sjølv.
    .example = Jonas, 14, ser namnet sitt og adressa som står i folkeregisteret.
PE-3 = Du kan endre dette fordi det er dine eigne opplysningar.
    .example = Aisha, 29, legg inn det nye telefonnummeret sitt.
LO-1 = Du ser dette fordi du har rett til å vite kven som har sett på opplysningane dine.
    .example = Bjørn, 61, ser at legekontoret opna journalen hans på måndag.
ME-1 = Du kan lese og sende meldingar fordi dei er dine eigne, og du har samtykt til å bruke alle tenestene.
    .example = Linh, 41, svarer på ei melding frå legekontoret.
EC-1 = Du kan kontakte fastlegen digitalt fordi det gjeld deg sjølv, og du har samtykt til å bruke alle tenestene.
    .example = Tor, 52, spør fastlegen om eit utslett i ein e-konsultasjon.
RX-1 = Du ser reseptane og kan be om å få dei fornya fordi det er dine eigne legemiddel.
    .example = Ingrid, 73, ber om ny resept på blodtrykksmedisinen sin.
VA-1 = Du ser dette fordi det er dine eigne vaksinar.
    .example = Samir, 26, ser når han sist fekk vaksine mot stivkrampe.
KJ-1 = Du ser dette og kan endre det fordi det er din eigen kjernejournal.
    .example = Solveig, 58, skriv inn kven som er den næraste pårørande hennar.
RE-1 = Du ser dette fordi det er dine eigne prøvesvar.
    .example = Erik, 45, ser svaret på blodprøva han tok hos fastlegen.
HE-1 = Du ser dette fordi det er dine eigne tilvisingar.
    .example = Nora, 19, ser at sjukehuset har fått tilvisinga frå fastlegen.
JO-1 = Du ser dette fordi det er din eigen journal.
    .example = Hans, 80, les kva legen skreiv etter operasjonen i hofta.
CO-1 = Du ser dette fordi det er dine eigne eigendelar.
    .example = Elena, 37, ser kor mykje ho har igjen før ho får frikort.
TR-1 = Du ser dette og kan sende inn krav fordi det er dine eigne pasientreiser, og du har samtykt til å bruke alle tenestene.
    .example = Mikkel, 63, søkjer om å få dekt bussen til sjukehuset.
GP-1 = Du ser kven som er fastlegen din, og kan byte, fordi det er ditt eige val.
    .example = Maria, 24, byter til ein fastlege nærare studiestaden.
PR-1 = Du ser dette og kan endre det fordi det er dine eigne personverninnstillingar og samtykke.
    .example = Geir, 49, trekkjer tilbake eit samtykke han har gitt.
CS-1 = Du ser dette fordi du har rett til å vite kva foreldra dine samtykte til før du fylte 16 år.
    .example = Jonas, 17, ser at faren for tre år sidan samtykte til at han kunne bruke tenesta.
FU-1 = Du ser dette og kan endre det fordi det er fullmakter du har gitt eller fått.
    .example = Randi, 76, gir dottera si fullmakt.
PH-1 = Du ser dette og kan endre det fordi du sjølv bestemmer kven som kan hente legemidla dine på apotek.
    .example = Olav, 84, lèt naboen hente legemidla hans på apoteket.
YS-1 = Du kan bruke dette fordi det er din eigen kontakt med helsestasjon for ungdom og skulehelsetenesta.
    .example = Amina, 17, bestiller time på helsestasjon for ungdom.
RQ-1 = Du kan be om å få opplysningar retta eller forklarte, og følgje svaret, fordi opplysningane er om deg.
    .example = Kari, 34, melder at det står feil kne i journalen, og følgjer med på kva sjukehuset svarar.
NT-1 = Du kan velje korleis du får beskjed, fordi varsla er dine eigne.
    .example = Kari, 34, vil ha SMS om timar og e-post om alt anna.
SE-0 = Dette er lukka fordi innbyggjarar ikkje kan sjå eller gjere dette sjølve her. Du kan spørje der du får helsehjelp.
    .example = Arne, 58, prøver å rette eit prøvesvar sjølv, men det kan berre helsepersonell gjere.

## Personen sjølv, 13 til 15 år

AP-2 = Du ser dette fordi det er dine eigne timar hos fastlege eller kommune, og ein av foreldra dine har samtykt til at du bruker tenesta.
    .example = Emma, 14, ser timen sin hos fastlegen, og faren hennar har samtykt.
AP-7 = Du ser når og kvar du har time på sjukehus, fordi ein av foreldra dine har samtykt og helsepersonell har opna for det.
    .example = Noah, 15, ser at han har time på sjukehuset torsdag klokka 10.
ME-2 = Du ser meldinga fordi ho er for både deg og foreldra dine, og ein av dei har samtykt til at du bruker tenesta.
    .example = Sofie, 13, les ei melding om legetimen sin, og mora kan lese den same meldinga.
RX-2 = Du ser reseptane dine og kan be om å få dei fornya fordi ein av foreldra dine har samtykt til at du bruker tenesta.
    .example = Lukas, 15, ber om ny resept på allergimedisinen sin.
VA-2 = Du ser vaksinane dine fordi ein av foreldra dine har samtykt til at du bruker tenesta.
    .example = Leila, 14, ser kva vaksinar ho har fått på skulen.
HE-2 = Du ser kor langt tilvisinga er komen, fordi ein av foreldra dine har samtykt og helsepersonell har opna for det.
    .example = Henrik, 13, ser at sjukehuset har fått tilvisinga hans.
HE-3 = Du ser kva som står i tilvisinga, fordi ein av foreldra dine har samtykt og helsepersonell har opna for det.
    .example = Thea, 15, les kva fastlegen skreiv i tilvisinga.
JO-2 = Du ser at dokumentet er i journalen, fordi ein av foreldra dine har samtykt og helsepersonell har opna for det.
    .example = Ante, 14, ser at legen skreiv eit notat etter timen på sjukehuset.
JO-3 = Du ser kva som står i dokumentet, fordi ein av foreldra dine har samtykt og helsepersonell har opna for det.
    .example = Iben, 15, les notatet legen skreiv etter timen på sjukehuset.
LO-4 = Du ser kven som har sett på opplysningane, fordi ein av foreldra dine har samtykt og helsepersonell har opna for det.
    .example = Filip, 14, ser at ein lege på sjukehuset har lese notatet om han.
GP-2 = Du ser kven som er fastlegen din, fordi ein av foreldra dine har samtykt til at du bruker tenesta.
    .example = Sara, 13, finn namnet og telefonnummeret til fastlegen sin.
YS-2 = Du kan lese og skrive til helsesjukepleiar fordi det er ope for alle frå 13 år. Foreldra dine treng ikkje å samtykkje.
    .example = Elias, 13, skriv til helsesjukepleiaren på skulen.
YS-3 = Du kan bestille, flytte og avbestille timar hos helsesjukepleiar og helsestasjon for ungdom fordi du har fylt 13 år og har logga inn med høg tryggleik.
    .example = Maja, 15, loggar inn med BankID og bestiller time på helsestasjon for ungdom.
CS-2 = Du ser dette fordi du har rett til å vite kva samtykke som er gitt for deg.
    .example = Hedda, 15, ser at mora har samtykt til at ho bruker tenesta.
CO-2 = Dette er lukka fordi du ikkje betaler eigendel før du fyller 16 år, så det er ingenting å sjå.
    .example = Nora, 14, leitar etter kva timen hos fastlegen kosta. Han kosta henne ingenting.
SE-13 = Dette er lukka fordi det ikkje er opna for ungdom under 16 år. Du kan snakke med legen eller helsesjukepleiaren om det du lurer på.
    .example = Jakob, 14, prøver å opne prøvesvar, men dei blir tidlegast viste for han sjølv når han fyller 16 år.
SE-12 = Dette er lukka fordi du må ha fylt 13 år for å logge inn. Dei som har foreldreansvar for deg, kan hjelpe deg.
    .example = Ola, 12, prøver å logge inn, men må vente til han fyller 13 år.

## Foreldre til barn under 12 år

AP-3 = Du ser dette fordi du har foreldreansvar for barnet, og barnet er under 12 år.
    .example = Camilla, 35, flyttar timen sonen på 6 har på sjukehuset.
VI-2 = Du ser dette fordi du har foreldreansvar for barnet, og barnet er under 12 år.
    .example = Ahmed, 40, ser at dottera på 9 var på legevakta i helga.
PE-2 = Du ser namn og alder fordi du har foreldreansvar for barnet.
    .example = Line, 44, ser namnet og alderen til sonen på 13.
LO-2 = Du ser dette fordi du har foreldreansvar for barnet, og barnet er under 12 år.
    .example = Pål, 38, ser at helsestasjonen har opna journalen til dottera på 2.
PA-1 = Du ser dette og kan be om ny resept fordi du har foreldreansvar for barnet, og barnet er under 12 år.
    .example = Silje, 31, ser kva vaksinar dottera på 4 har fått.
PA-2 = Du ser dette og kan skrive for barnet fordi du har foreldreansvar, og barnet er under 12 år.
    .example = Kristian, 36, sender ei melding til fastlegen om sonen på 3.
PA-3 = Du ser dette og kan endre det fordi du har foreldreansvar for barnet, og barnet er under 12 år.
    .example = Fatima, 33, byter fastlege for sonen på 8.
PA-4 = Du ser kontakten med helsestasjonen og skulehelsetenesta fordi du har foreldreansvar for barnet, og barnet er under 12 år.
    .example = Øyvind, 42, ser kva helsesjukepleiaren har skrive til han om dottera på 7.
PA-5 = Du ser dette og kan endre det fordi du har foreldreansvar, og foreldre bestemmer kven som kan hente legemiddel for barn under 16 år.
    .example = Hege, 47, lèt bestefaren hente legemiddel på apoteket for sonen på 10.
RQ-2 = Du kan be om å få opplysningar om barnet ditt retta eller forklarte, og følgje svaret, fordi du har foreldreansvar og barnet er under 12 år.
    .example = Per, 40, melder at ein allergi manglar i journalen til dottera på 6.
CO-3 = Dette er lukka fordi barn under 16 år ikkje betaler eigendel, så det er ingenting å sjå.
    .example = Line, 44, leitar etter kva ho har betalt for sonen, 13. Det er ingenting å betale.
PA-11 = Dette er lukka fordi foreldre ikkje kan sjå eller gjere dette her, sjølv om barnet er under 12 år. Du kan spørje der barnet får helsehjelp.
    .example = Silje, 31, prøver å skrive i journalen til dottera på 4, men det må ho be legen om.

## Foreldre til barn frå 12 til 15 år, og eldre

AP-4 = Du ser timar hos fastlege og kommune fordi du har foreldreansvar for barnet, og barnet er under 16 år.
    .example = Line, 44, bestiller time hos fastlegen for sonen på 13.
AP-5 = Du ser denne timen fordi du har foreldreansvar for barnet, og helsepersonell har opna for at foreldre kan sjå han.
    .example = Rune, 50, ser når dottera på 14 skal til kontroll på sjukehuset.
ME-4 = Du ser meldinga og kan svare fordi du har foreldreansvar, og meldinga er for både barnet og foreldra.
    .example = Line, 44, les ei melding om legetimen til sonen på 13.
EC-4 = Du ser dette og kan svare fordi du har foreldreansvar, og kontakten med fastlegen er for både barnet og foreldra.
    .example = Jorunn, 41, les svaret frå fastlegen i ein e-konsultasjon som gjeld dottera på 12.
RX-4 = Du ser dette og kan be om ny resept fordi du har foreldreansvar for barnet, og barnet er under 16 år.
    .example = Kjetil, 46, ber om ny resept på astmamedisin for sonen på 14.
VA-4 = Du ser dette fordi du har foreldreansvar for barnet, og barnet er under 16 år.
    .example = Mariam, 39, ser kva vaksinar dottera på 12 har fått.
HE-4 = Du ser tilvisinga fordi du har foreldreansvar for barnet, og helsepersonell har opna for at foreldre kan sjå ho.
    .example = Rune, 50, ser at sjukehuset har fått tilvisinga for dottera på 14.
JO-4 = Du ser dette fordi du har foreldreansvar for barnet, og helsepersonell har opna for at foreldre kan sjå det.
    .example = Rune, 50, les notatet legen skreiv etter kontrollen dottera på 14 var til.
LO-3 = Du ser dette fordi du har foreldreansvar for barnet, og helsepersonell har opna for at foreldre kan sjå kven som har sett på opplysningane.
    .example = Rune, 50, ser kven på sjukehuset som har lese tilvisinga for dottera på 14.
TR-4 = Du ser reisa og kan sende inn krav fordi du har foreldreansvar, og reisa er merkt for både barnet og foreldra.
    .example = Anders, 48, søkjer om å få dekt reisa til sjukehuset med sonen på 15.
GP-4 = Du ser kven som er fastlege, og kan byte, fordi foreldre vel fastlege for barn under 16 år.
    .example = Mariam, 39, byter fastlege for dottera på 12 etter at familien har flytta.
CS-3 = Du kan samtykkje til at barnet bruker tenesta sjølv, og trekkje samtykket tilbake, fordi du har foreldreansvar for barnet, og barnet er under 16 år. Andre innstillingar for barnet kan du ikkje endre her.
    .example = Line, 44, samtykkjer til at sonen på 13 kan bruke tenesta sjølv.
PA-12 = Dette er lukka fordi barnet har fylt 12 år, og då kan ikkje foreldre sjå eller gjere dette her. Slik er det for alle barn mellom 12 og 16 år. Du kan snakke med barnet, eller spørje der barnet får helsehjelp.
    .example = Line, 44, prøver å opne prøvesvar for sonen på 13, men dei blir ikkje viste for foreldre når barnet har fylt 12 år.
PA-16 = Dette er lukka fordi barnet ditt har fylt 16 år og bestemmer sjølv over helseopplysningane sine. Barnet kan gi deg fullmakt om det ønskjer det.
    .example = Berit, 52, ser ikkje lenger timane til dottera, som fylte 16 år i går.

## Verje

VE-1 = Du ser kven det gjeld, og når og kvar timane er, fordi du er verje for personen.
    .example = Wenche, 60, er verje for Odd, 71, og ser at han har time på onsdag klokka 9.
VE-2 = Du ser dette og kan sende inn krav fordi du er verje for personen.
    .example = Wenche, 60, søkjer om å få dekt reisa for Odd, 71.
VE-0 = Dette er lukka fordi det å vere verje ikkje i seg sjølv gir innsyn i helseopplysningar. Personen kan gi deg fullmakt. Kan personen ikkje samtykkje sjølv, kan næraste pårørande søkje om å handle for personen.
    .example = Wenche, 60, prøver å opne journalen til Odd, 71, men treng fullmakt frå han.

## Fullmakt

FU-2 = Du ser dette fordi fullmakta di gjeld opplysningar som er registrerte om personen.
    .example = Anne, 54, ser kva legemiddel faren på 81 bruker.
FU-3 = Du ser dette fordi fullmakta di gjeld journalen til personen.
    .example = Anne, 54, les kva legen skreiv om faren på 81 etter operasjonen.
FU-4 = Du ser tilvisingane fordi fullmakta di gjeld journalen eller dei digitale helsetenestene til personen.
    .example = Anne, 54, ser at sjukehuset har fått tilvisinga for faren på 81.
FU-5 = Du kan sjå, bestille, flytte og avbestille timar fordi fullmakta di gjeld digitale helsetenester.
    .example = Thomas, 46, bestiller time hos fastlegen for mora på 77.
FU-6 = Du ser dette og kan skrive for personen fordi fullmakta di gjeld digitale helsetenester.
    .example = Thomas, 46, sender ei melding til legekontoret for mora på 77.
FU-7 = Du kan be om å få reseptar fornya fordi fullmakta di gjeld digitale helsetenester.
    .example = Thomas, 46, ber om ny resept for mora på 77.
FU-8 = Du kan endre kjernejournalen fordi fullmakta di gjeld digitale helsetenester.
    .example = Thomas, 46, skriv inn seg sjølv som pårørande i kjernejournalen til mora på 77.
FU-9 = Du ser kven som er fastlege, og kan byte, fordi fullmakta di gjeld digitale helsetenester.
    .example = Thomas, 46, byter fastlege for mora på 77 etter at ho har flytta.
FU-10 = Du ser namn og alder fordi personen har gitt deg fullmakt.
    .example = Ida, 28, ser namnet og alderen til tanta på 66, som har gitt ho fullmakt.
FU-11 = Du ser dette fordi fullmakta di gjeld å hente legemiddel på apotek.
    .example = Jon, 45, ser at han kan hente legemiddel for naboen på 84.
RQ-3 = Du kan be om å få opplysningar retta eller forklarte for personen, fordi fullmakta di gjeld journalen.
    .example = Anne, 54, melder at ein dato er feil i journalen til faren på 81.
FU-12 = Dette er lukka fordi personverninnstillingar, fullmakter og samtykke ikkje kan overlatast til andre. Berre personen sjølv kan sjå og endre dei.
    .example = Anne, 54, prøver å endre fullmaktene til faren på 81, men det må han gjere sjølv.
FU-0 = Dette er lukka fordi ei fullmakt ikkje gjeld dette. Berre den som har fylt 16 år, kan gi fullmakt.
    .example = Anne, 54, prøver å skrive i journalen til faren på 81, men det kan berre helsepersonell gjere.

## Den som handlar for ein person som ikkje kan samtykkje sjølv

TD-1 = Du kan sjå, bestille, flytte og avbestille timar fordi du handlar for ein person som ikkje kan samtykkje sjølv.
    .example = Åse, 70, flyttar time for mannen sin på 74, som har demens.
TD-2 = Du ser dette og kan skrive for personen fordi du handlar for ein som ikkje kan samtykkje sjølv.
    .example = Åse, 70, sender ei melding til legekontoret for mannen sin på 74.
TD-3 = Du ser dette fordi du handlar for ein person som ikkje kan samtykkje sjølv.
    .example = Åse, 70, ser prøvesvara til mannen sin på 74.
TD-4 = Du ser reseptane og kan be om å få dei fornya fordi du handlar for ein person som ikkje kan samtykkje sjølv.
    .example = Leif, 48, ber om ny resept for dottera på 19, som ikkje kan samtykkje sjølv.
TD-5 = Du ser dette og kan endre det fordi du handlar for ein person som ikkje kan samtykkje sjølv.
    .example = Leif, 48, byter fastlege for dottera på 19.
RQ-4 = Du kan be om å få opplysningar retta eller forklarte fordi du handlar for ein person som ikkje kan samtykkje.
    .example = Åse, 70, melder at ein medisin manglar i journalen til mannen på 74.
TD-6 = Dette er lukka fordi personverninnstillingar, fullmakter og samtykke ikkje kan overlatast til andre, heller ikkje når personen ikkje kan samtykkje sjølv.
    .example = Åse, 70, prøver å gi sonen sin fullmakt for mannen på 74, men det er ikkje mogleg.
TD-0 = Dette er lukka fordi den som handlar for ein person som ikkje kan samtykkje sjølv, ikkje kan sjå eller gjere dette her. For barn under 12 år handlar foreldra.
    .example = Leif, 48, prøver å skrive i journalen til dottera på 19, men det må han be legen om.

## Pårørande som hjelper til med praktiske ting

NK-1 = Du ser når timen er, fordi du har fått lov til å hjelpe til med timar.
    .example = Bestemor Turid, 65, ser at barnebarnet på 8 har time torsdag klokka 12, og kan vere klar til å køyre.
NK-2 = Du ser når og kvar reisa går, fordi du har fått lov til å hjelpe til med reiser.
    .example = Nabo Ståle, 57, ser når Gerd, 79, skal hentast av drosja.
NK-3 = Du ser dette fordi du har fått lov til å hente legemiddel på apotek.
    .example = Nabo Ståle, 57, ser at han kan hente legemiddel for Gerd, 79.
NK-4 = Du ser namnet fordi du har fått lov til å hjelpe personen.
    .example = Nabo Ståle, 57, ser namnet til Gerd, som han hjelper.
NK-0 = Dette er lukka fordi du berre har fått lov til å hjelpe til med praktiske ting. Du kan snakke med den du hjelper.
    .example = Nabo Ståle, 57, prøver å opne meldingane til Gerd, 79, men det kan han ikkje.

## Fosterforeldre

FP-1 = Du ser timar hos fastlege og kommune og kan bestille nye fordi barnet bur hos deg som fosterbarn.
    .example = Monica, 43, bestiller time hos fastlegen for fostersonen på 7.
FP-2 = Du ser vaksinane fordi barnet bur hos deg som fosterbarn.
    .example = Monica, 43, ser kva vaksinar fostersonen på 7 har fått.
FP-3 = Du ser dette og kan svare fordi barnet bur hos deg som fosterbarn, og det er merkt for både barnet og foreldra.
    .example = Monica, 43, svarer helsestasjonen på ei melding om fostersonen på 7.
FP-4 = Du ser namnet fordi barnet bur hos deg som fosterbarn.
    .example = Terje, 51, ser namnet på fosterdottera på 12.
FP-0 = Dette er lukka fordi fosterforeldre berre ser det som trengst i kvardagen. Du kan spørje barnevernstenesta eller der barnet får helsehjelp.
    .example = Terje, 51, prøver å opne journalen til fosterdottera på 12, og tek i staden kontakt med barnevernstenesta.

## Helsepersonell

HP-1 = Helsepersonell ser dette fordi dei gir pasienten helsehjelp og treng opplysningane til det.
    .example = Anita, 44, er fastlege og les prøvesvara før pasienten kjem til time.
HP-2 = Helsepersonell kan skrive og endre her fordi dei gir pasienten helsehjelp.
    .example = Jonny, 36, er sjukepleiar og set opp ein ny time for ein pasient.
HP-9 = Helsepersonell ser kven som kan handle for deg, og kan registrere ei fullmakt du har skrive under på, fordi ikkje alle kan gjere det sjølve på nett.
    .example = Anita, 44, er fastlege og registrerer at Odd, 82, som ikkje har elektronisk ID, lèt dottera handle for seg.
HP-0 = Dette er lukka fordi det ikkje trengst for å gi helsehjelp. Du kan spørje pasienten.
    .example = Anita, 44, er fastlege og prøver å sjå kva pasienten har bedt sjukehuset om å rette.
HP-3 = Helsepersonell ser dette og kan skrive her fordi pasienten trong hjelp med ein gong. Oppslaget står i innsynsloggen.
    .example = Stian, 33, er lege på akuttmottaket og ser kva legemiddel ein medvitslaus pasient bruker.
HP-4 = Dette er lukka fordi det ikkje trengst for å gi hjelp med ein gong.
    .example = Stian, 33, er lege på akuttmottaket og prøver å lese meldingar mellom pasienten og fastlegen.
HP-5 = Helsepersonell ser dette og kan ordne timar fordi dei samordnar hjelpa til pasienten.
    .example = Gro, 50, er koordinator og flyttar ein time slik at pasienten får to timar same dagen.
HP-6 = Dette er lukka fordi det ikkje trengst for å samordne hjelpa. Du kan spørje dei som behandlar pasienten.
    .example = Gro, 50, er koordinator og prøver å opne prøvesvar, men treng dei ikkje for å ordne timar.
HP-7 = Helsepersonell ser dette fordi dei skreiv ei grunngiving og opna det i ein naudsituasjon. Oppslaget står i innsynsloggen og blir kontrollert etterpå.
    .example = Simen, 39, er lege på legevakta, skriv kvifor han må sjå legemidla til ein pasient, og får sjå dei.
HP-8 = Dette er lukka fordi ei opning i ein naudsituasjon berre gir lov til å lese det som trengst.
    .example = Simen, 39, er lege på legevakta og prøver å flytte ein time han berre har opna for å lese.
PH-2 = Apoteket ser dette fordi dei må vite kven som kan hente legemiddel for ein annan.
    .example = Yusuf, 31, arbeider på apoteket og ser at naboen kan hente legemiddel for Olav, 84.
PH-0 = Dette er lukka fordi apoteket her berre ser kven som kan hente legemiddel.
    .example = Yusuf, 31, arbeider på apoteket og prøver å sjå timane til ein kunde.

## Opplysningar som ikkje gjeld ein bestemt person

DI-1 = Du ser dette fordi det er open informasjon om helsetenester.
    .example = Vigdis, 68, finn opningstidene til eit legekontor.
DI-2 = Du kan ta eller gi tilbake ei ledig tid saman med ein time.
    .example = Kari, 34, bestiller ein time, og tida er ikkje lenger ledig for andre.
DI-0 = Dette er lukka fordi det ikkje er sagt kven opplysningane gjeld. Vel kven du vil handle for, og prøv igjen.
    .example = Vigdis, 68, vel seg sjølv og får opp timane sine.

## Program

SY-1 = Eit fagsystem har tilgang etter avtalen med verksemda som bruker det.
    .example = Journalsystemet på legekontoret legg inn ein ny time for Kari, 34.
SY-2 = Dei som driftar løysinga, har tilgang etter avtalen med verksemda.
    .example = Vidar, 42, arbeider med drifta og rettar ein time som var lagra to gonger.
SY-3 = Løysinga sjølv gjer det du eller helsetenesta har bede om.
    .example = Løysinga sender ei påminning til Kari, 34, dagen før timen hennar.
SY-4 = Dette er lukka for fagsystem fordi berre personen sjølv bestemmer korleis ho eller han får beskjed.
    .example = Journalsystemet på legekontoret prøver å lese kva telefon Kari, 34, får varsel på.
SY-5 = Dette er lukka for dei som driftar løysinga, fordi berre personen sjølv bestemmer korleis ho eller han får beskjed.
    .example = Vidar, 42, arbeider med drifta og prøver å lese kva telefon Kari, 34, får varsel på.

## Svar som ikkje står i regelboka

NO-RULE = Dette er lukka fordi ingen regel opnar for det.
    .example = Berit, 52, prøver ei ny teneste før det er bestemt kven som kan bruke ho.
NO-RELATION = Dette er lukka fordi du ikkje er registrert med rett til å sjå opplysningar om denne personen.
    .example = Lars, 40, prøver å opne timane til ein kollega.
ACCOUNT-STOPPED = Dette er lukka fordi kontoen din er sperra etter ditt eige ønske. Du kan be om å få han opna igjen.
    .example = Grete, 63, sperra kontoen sin då ho mista kodebrikka, og ber no om å få han opna.
INACTIVE = Dette er lukka fordi du har valt å ikkje bruke kontoen din. Dei som har fullmakt frå deg, kan framleis handle for deg. Du kan be om å ta kontoen i bruk igjen.
    .example = Alf, 88, bruker ikkje kontoen sjølv, og sonen handlar for han med fullmakt.
DECEASED = Dette er lukka fordi personen er registrert død. Næraste pårørande kan be helsetenesta om innsyn.
    .example = Ellen, 59, vil lese journalen til mora som er død, og ber sjukehuset om innsyn.
PROTECTED-ADDRESS = Dette er lukka fordi det ikkje er mogleg å handle for denne personen på nettet. Du kan kontakte helsetenesta direkte.
    .example = Marit, 38, vil bestille time for ein annan, og ringjer legekontoret i staden.
NO-ADDRESS = Dette er lukka fordi du ikkje er registrert med adresse i Noreg. Du kan kontakte helsetenesta direkte.
    .example = Petter, 41, har flytta til Spania og ringjer legekontoret om timen til sonen på 5.
ADDRESS-CHECK = Dette er lukka fordi du ikkje er registrert på same adressa som barnet i folkeregisteret. Du kan kontakte helsetenesta direkte.
    .example = Roger, 37, er registrert på ei anna adresse enn dottera på 6, og ringjer helsestasjonen om timen hennar.
NO-CARE-RELATION = Dette er lukka fordi det ikkje er registrert at du gir pasienten helsehjelp. Registrer det først, eller spør pasienten.
    .example = Stian, 33, er lege og får ikkje opna journalen før det er registrert at han behandlar pasienten.
ACUTE-STOP = Dette er lukka fordi opplysningane ikkje blir viste på nettet no. Du kan kontakte helsetenesta direkte.
    .example = Frode, 45, får ikkje opna sida no, og ringjer helsetenesta.
NO-CONSENT = Dette er lukka fordi ingen av foreldra dine har samtykt til at du bruker tenesta enno.
    .example = Emma, 14, vil sjå timane sine, og spør faren om han vil samtykkje.
CONSENT-LEVEL = Dette er lukka fordi du ikkje har samtykt til å bruke denne tenesta. Du kan endre samtykket i personverninnstillingane.
    .example = Geir, 49, har samtykt til å sjå reseptane sine, men ikkje til å sjå journalen.
ASSURANCE = Dette er lukka fordi tenesta krev innlogging med høgare tryggleik. Logg inn igjen med til dømes BankID.
    .example = Maja, 15, har logga inn med MinID og må bruke BankID for å bestille time.
AREA = Dette er lukka fordi det du har fått fullmakt eller lov til, ikkje gjeld dette. Den som gav deg det, kan endre det.
    .example = Anne, 54, kan sjå reseptane til faren på 81, men fullmakta gjeld ikkje meldingar.
NOT-SHARED = Dette er lukka fordi det berre blir vist når det er merkt for både ungdommen og foreldra. Du kan spørje der de får helsehjelp.
    .example = Line, 44, spør legekontoret om dei kan sende meldingar som både ho og sonen på 13 kan lese.
NOT-OPENED = Dette er lukka fordi helsepersonell må opne for det først. Du kan spørje der de får helsehjelp.
    .example = Noah, 15, spør legen på sjukehuset om han kan få sjå timane sine på nettet.
OWN-ACCESS-REMOVED = Dette er lukka fordi den det gjeld, har valt å ikkje ha det på nettet. Valet kan endrast i personverninnstillingane.
    .example = Marte, 33, har valt å ikkje sjå journalen sin på nettet, og kan endre valet når ho vil.
RESERVED = Dette er lukka fordi den det gjeld, har valt at opplysningane ikkje skal lagrast i registeret. Valet kan endrast i personverninnstillingane.
    .example = Knut, 69, har valt at prøvesvara hans ikkje skal lagrast i registeret.
BLOCKED = Dette er lukka fordi pasienten har sperra det for helsepersonell. Spør pasienten om lov. Står liv eller helse i fare, kan du opne med ei grunngiving.
    .example = Anita, 44, er fastlege og spør pasienten om ho kan få sjå journalen.
BLOCKED-BY-NAME = Dette er lukka for deg fordi pasienten har bestemt det. Det gjeld også i ein naudsituasjon. Be ein kollega om å overta.
    .example = Jonny, 36, er sjukepleiar og ber ein kollega om å ta over pasienten.
ITEM-HIDDEN = Dette er lukka fordi helsepersonell har bestemt kven som kan sjå nettopp dette.
    .example = Lise, 36, får ikkje opna eit dokument, og spør der ho får helsehjelp.
SHIELDED = Dette er lukka fordi det er skjerma for anna helsepersonell etter ønske frå pasienten. Du kan spørje pasienten.
    .example = Stian, 33, er lege og spør pasienten om det han treng å vite.
DELAYED = Dette er lukka fordi det blir vist seinare, slik at helsepersonell kan sjå på det først. Du treng ikkje å gjere noko.
    .example = Erik, 45, tok ei blodprøve i går, og svaret blir vist for han om nokre dagar.
GIVER-HAS-NOT = Dette er lukka fordi du aldri kan sjå eller gjere meir enn den som gav deg fullmakt eller lov. Du kan snakke med den personen.
    .example = Anne, 54, ser ikkje journalen til faren på 81, fordi faren sjølv ikkje har journalen på nettet.
