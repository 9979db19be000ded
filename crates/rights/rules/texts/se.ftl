# Cealkka ja ovdamearka mat čilgejit juohke njuolggadusa, njuolggadusgirjji ortnegis. Okta linnjá goabbáige: namma = cealkka, ja .example = ovdamearka.

## Olmmoš ieš, 16 jagi rájes

AP-1 = Oainnát dán danne go dát leat du iežat diimmut.
    .example = Kari, 34, rahpá diimmuidis ja oaidná diimmu mii sus lea fástadoaktára luhtte disdaga.
VI-1 = Oainnát dán danne go dát leat du iežat galledeamit dearvvašvuođabálvalusas.
    .example = Per, 67, oaidná ahte son lei buohcciviesus njukčamánus.
PE-1 = Oainnát dán danne go dát leat dieđut du iežat birra.
    .example = Jonas, 14, oaidná iežas nama ja ássančujuhusa mii lea álbmotregistaris.
PE-3 = Sáhtát rievdadit dán danne go dát leat du iežat dieđut.
    .example = Aisha, 29, čállá ođđa telefovdnanummiris.
LO-1 = Oainnát dán danne go dus lea vuoigatvuohta diehtit gii lea geahččan du dieđuid.
    .example = Bjørn, 61, oaidná ahte doavttirkantuvra rabai su journála vuossárgga.
ME-1 = Sáhtát lohkat ja sáddet dieđáhusaid danne go dat leat du iežat, ja don leat miehtan geavahit buot bálvalusaid.
    .example = Linh, 41, vástida dieđáhussii doavttirkantuvrras.
EC-1 = Sáhtát váldit oktavuođa fástadoaktáriin neahtas danne go dat guoská alccesat, ja don leat miehtan geavahit buot bálvalusaid.
    .example = Tor, 52, jearrá fástadoaktáris liikki birra e-konsultašuvnnas.
RX-1 = Oainnát reseapttaid ja sáhtát bivdit ođasmahttit daid danne go dat leat du iežat dálkasat.
    .example = Ingrid, 73, bivdá ođđa reseaptta varradeattadálkasii.
VA-1 = Oainnát dán danne go dát leat du iežat vaksiinnat.
    .example = Samir, 26, oaidná goas son maŋimuš oaččui tetanusvaksiinna.
KJ-1 = Oainnát dán ja sáhtát rievdadit dan danne go dat lea du iežat váibmojournála.
    .example = Solveig, 58, čállá gii lea su lagamus oapmahaš.
RE-1 = Oainnát dán danne go dát leat du iežat iskosiid vástádusat.
    .example = Erik, 45, oaidná vástádusa varraiskosis maid son válddii fástadoaktára luhtte.
HE-1 = Oainnát dán danne go dát leat du iežat čujuhusat.
    .example = Nora, 19, oaidná ahte buohcciviessu lea ožžon čujuhusa fástadoaktáris.
JO-1 = Oainnát dán danne go dát lea du iežat journála.
    .example = Hans, 80, lohká maid doavttir čálii čoarbbealoperašuvnna maŋŋá.
CO-1 = Oainnát dán danne go dát leat du iežat iežasoasit.
    .example = Elena, 37, oaidná man ollu váilu ovdal go son oažžu friijakoartta.
TR-1 = Oainnát dán ja sáhtát sáddet gáibádusaid danne go dát leat du iežat pasieantamátkkit, ja don leat miehtan geavahit buot bálvalusaid.
    .example = Mikkel, 63, ohcá ahte bussemátki buohccivissui máksojuvvo.
GP-1 = Oainnát gii du fástadoavttir lea, ja sáhtát molsut, danne go dat lea du iežat válljen.
    .example = Maria, 24, molsu fástadoaktárii gii lea lagabus oahppobáikki.
PR-1 = Oainnát dán ja sáhtát rievdadit dan danne go dat leat du iežat persovdnasuodjalusa heivehusat ja miehtamat.
    .example = Geir, 49, geassá ruovttoluotta miehtama maid son lea addán.
CS-1 = Oainnát dán danne go dus lea vuoigatvuohta diehtit masa du váhnemat mihte ovdal go devdet 16 jagi.
    .example = Jonas, 17, oaidná ahte áhčči golbma jagi dassái mieđai ahte son sáhttá geavahit bálvalusa.
FU-1 = Oainnát dán ja sáhtát rievdadit dan danne go dat leat fápmudusat maid leat addán dahje ožžon.
    .example = Randi, 76, addá fápmudusa iežas niidii.
PH-1 = Oainnát dán ja sáhtát rievdadit dan danne go don ieš mearridat gii sáhttá viežžat du dálkasiid apotehkas.
    .example = Olav, 84, diktá ránnjá viežžat su dálkasiid apotehkas.
YS-1 = Sáhtát geavahit dán danne go dat lea du iežat oktavuohta nuoraid dearvvašvuođastašuvnnain ja skuvladearvvašvuođabálvalusain.
    .example = Amina, 17, diŋgo diimmu nuoraid dearvvašvuođastašuvnnas.
RQ-1 = Don sáhtát bivdit dieđuid divvut dahje čilget, ja čuovvut vástádusa, danne go dieđut leat du birra.
    .example = Kari, 34, dieđiha ahte journálas lea boastto čibbi, ja čuovvu maid buohcciviessu vástida.
NT-1 = Don sáhtát válljet mo oaččut dieđu, danne go dieđáhusat leat du iežat.
    .example = Kari, 34, háliida SMS diimmuid birra ja e-poastta buot eará birra.
SE-0 = Dát lea giddejuvvon danne go ássit eai sáhte ieža oaidnit dahje dahkat dán dáppe. Sáhtát jearrat doppe gos oaččut dearvvašvuođaveahki.
    .example = Arne, 58, geahččala ieš divvut iskosa vástádusa, muhto dan sáhttet dušše dearvvašvuođabargit dahkat.

## Olmmoš ieš, 13 gitta 15 jagi

AP-2 = Oainnát dán danne go dát leat du iežat diimmut fástadoaktára dahje gieldda luhtte, ja okta du váhnemiin lea miehtan ahte geavahat bálvalusa.
    .example = Emma, 14, oaidná diimmus fástadoaktára luhtte, ja su áhčči lea miehtan.
AP-7 = Oainnát goas ja gos dus lea diibmu buohcciviesus, danne go okta du váhnemiin lea miehtan ja dearvvašvuođabargit leat rahpan dan.
    .example = Noah, 15, oaidná ahte sus lea diibmu buohcciviesus duorastaga dii. 10.
ME-2 = Oainnát dieđáhusa danne go dat lea sihke dutnje ja du váhnemiidda, ja okta sis lea miehtan ahte geavahat bálvalusa.
    .example = Sofie, 13, lohká dieđáhusa doavttirdiimmus birra, ja eadni sáhttá lohkat seamma dieđáhusa.
RX-2 = Oainnát reseapttaidat ja sáhtát bivdit ođasmahttit daid danne go okta du váhnemiin lea miehtan ahte geavahat bálvalusa.
    .example = Lukas, 15, bivdá ođđa reseaptta allergiijadálkasii.
VA-2 = Oainnát vaksiinnaidat danne go okta du váhnemiin lea miehtan ahte geavahat bálvalusa.
    .example = Leila, 14, oaidná makkár vaksiinnaid son lea ožžon skuvllas.
HE-2 = Oainnát man guhkás čujuhus lea joavdan, danne go okta du váhnemiin lea miehtan ja dearvvašvuođabargit leat rahpan dan.
    .example = Henrik, 13, oaidná ahte buohcciviessu lea ožžon su čujuhusa.
HE-3 = Oainnát mii čujuhusas čuožžu, danne go okta du váhnemiin lea miehtan ja dearvvašvuođabargit leat rahpan dan.
    .example = Thea, 15, lohká maid fástadoavttir čálii čujuhusas.
JO-2 = Oainnát ahte dokumeanta lea journálas, danne go okta du váhnemiin lea miehtan ja dearvvašvuođabargit leat rahpan dan.
    .example = Ante, 14, oaidná ahte doavttir čálii notáhta diimmu maŋŋá buohcciviesus.
JO-3 = Oainnát mii dokumeanttas čuožžu, danne go okta du váhnemiin lea miehtan ja dearvvašvuođabargit leat rahpan dan.
    .example = Iben, 15, lohká notáhta maid doavttir čálii diimmu maŋŋá buohcciviesus.
LO-4 = Oainnát gii lea geahččan dieđuid, danne go okta du váhnemiin lea miehtan ja dearvvašvuođabargit leat rahpan dan.
    .example = Filip, 14, oaidná ahte doavttir buohcciviesus lea lohkan notáhta su birra.
GP-2 = Oainnát gii du fástadoavttir lea, danne go okta du váhnemiin lea miehtan ahte geavahat bálvalusa.
    .example = Sara, 13, gávdná fástadoaktáris nama ja telefovdnanummira.
YS-2 = Sáhtát lohkat ja čállit dearvvašvuođabuohccidivššárii danne go dat lea rabas buohkaide 13 jagi rájes. Du váhnemat eai dárbbaš miehtat.
    .example = Elias, 13, čállá skuvlla dearvvašvuođabuohccidivššárii.
YS-3 = Sáhtát diŋgot, sirdit ja šluhttet diimmuid dearvvašvuođabuohccidivššára ja nuoraid dearvvašvuođastašuvnna luhtte danne go leat deavdán 13 jagi ja leat sisačálihan alla sihkarvuođain.
    .example = Maja, 15, sisačáliha BankID:ain ja diŋgo diimmu nuoraid dearvvašvuođastašuvnnas.
CS-2 = Oainnát dán danne go dus lea vuoigatvuohta diehtit makkár miehtamat leat addojuvvon du ovddas.
    .example = Hedda, 15, oaidná ahte eadni lea miehtan ahte son geavaha bálvalusa.
CO-2 = Dát lea gitta dannego it mávsse iežasoasi ovdalgo deavdát 16 jagi, iige leat mihkkege oaidnit.
    .example = Nora, 14, ohcá maid diibmu fástadoaktára luhtte mávssii. Ii mávssán maidege sutnje.
SE-13 = Dát lea giddejuvvon danne go dat ii leat rahpojuvvon nuoraide vuollel 16 jagi. Sáhtát hupmat doaktáriin dahje dearvvašvuođabuohccidivššáriin das maid imaštalat.
    .example = Jakob, 14, geahččala rahpat iskosiid vástádusaid, muhto ii sáhte ieš oaidnit daid ovdal go deavdá 16 jagi.
SE-12 = Dát lea giddejuvvon danne go galggat leat deavdán 13 jagi vai sáhtát sisačálihit. Sii geain lea váhnenovddasvástádus dus, sáhttet veahkehit du.
    .example = Ola, 12, geahččala sisačálihit, muhto ferte vuordit dassážii go deavdá 13 jagi.

## Váhnemat geaid mánát leat vuollel 12 jagi

AP-3 = Oainnát dán danne go dus lea váhnenovddasvástádus mánás, ja mánná lea vuollel 12 jagi.
    .example = Camilla, 35, sirdá diimmu mii su 6-jahkásaš bártnis lea buohcciviesus.
VI-2 = Oainnát dán danne go dus lea váhnenovddasvástádus mánás, ja mánná lea vuollel 12 jagi.
    .example = Ahmed, 40, oaidná ahte su 9-jahkásaš nieida lei doavttirvávttas vahkkoloahpas.
PE-2 = Oainnát nama ja agi danne go dus lea váhnenovddasvástádus mánás.
    .example = Line, 44, oaidná iežas 13-jahkásaš bártni nama ja agi.
LO-2 = Oainnát dán danne go dus lea váhnenovddasvástádus mánás, ja mánná lea vuollel 12 jagi.
    .example = Pål, 38, oaidná ahte dearvvašvuođastašuvdna lea rahpan su 2-jahkásaš nieidda journála.
PA-1 = Oainnát dán ja sáhtát bivdit ođđa reseaptta danne go dus lea váhnenovddasvástádus mánás, ja mánná lea vuollel 12 jagi.
    .example = Silje, 31, oaidná makkár vaksiinnaid su 4-jahkásaš nieida lea ožžon.
PA-2 = Oainnát dán ja sáhtát čállit máná ovddas danne go dus lea váhnenovddasvástádus, ja mánná lea vuollel 12 jagi.
    .example = Kristian, 36, sádde dieđáhusa fástadoaktárii iežas 3-jahkásaš bártni birra.
PA-3 = Oainnát dán ja sáhtát rievdadit dan danne go dus lea váhnenovddasvástádus mánás, ja mánná lea vuollel 12 jagi.
    .example = Fatima, 33, molsu fástadoaktára iežas 8-jahkásaš bárdnái.
PA-4 = Oainnát oktavuođa dearvvašvuođastašuvnnain ja skuvladearvvašvuođabálvalusain danne go dus lea váhnenovddasvástádus mánás, ja mánná lea vuollel 12 jagi.
    .example = Øyvind, 42, oaidná maid dearvvašvuođabuohccidivššár lea čállán sutnje su 7-jahkásaš nieidda birra.
PA-5 = Oainnát dán ja sáhtát rievdadit dan danne go dus lea váhnenovddasvástádus, ja váhnemat mearridit gii sáhttá viežžat dálkasiid mánáide vuollel 16 jagi.
    .example = Hege, 47, diktá ádjá viežžat dálkasiid apotehkas su 10-jahkásaš bárdnái.
RQ-2 = Don sáhtát bivdit dieđuid mánát birra divvut dahje čilget, ja čuovvut vástádusa, danne go dus lea vánhenovddasvástádus ja mánná lea vuollel 12 jagi.
    .example = Per, 40, dieđiha ahte allergiija váilu nieidda journálas, guhte lea 6.
CO-3 = Dát lea gitta dannego vuollel 16-jahkásaš mánát eai mávsse iežasoasi, iige leat mihkkege oaidnit.
    .example = Line, 44, ohcá maid son lea máksán bártnistis, 13. Ii leat mihkkege máksit.
PA-11 = Dát lea giddejuvvon danne go váhnemat eai sáhte oaidnit dahje dahkat dán dáppe, vaikke mánná lea vuollel 12 jagi. Sáhtát jearrat doppe gos mánná oažžu dearvvašvuođaveahki.
    .example = Silje, 31, geahččala divvut iežas 4-jahkásaš nieidda journála, muhto dan ferte son bivdit doaktára dahkat.

## Váhnemat geaid mánát leat 12 gitta 15 jagi, dahje boarráseappot

AP-4 = Oainnát diimmuid fástadoaktára ja gieldda luhtte danne go dus lea váhnenovddasvástádus mánás, ja mánná lea vuollel 16 jagi.
    .example = Line, 44, diŋgo diimmu fástadoaktára luhtte iežas 13-jahkásaš bárdnái.
AP-5 = Oainnát dán diimmu danne go dus lea váhnenovddasvástádus mánás, ja dearvvašvuođabargit leat rahpan nu ahte váhnemat sáhttet oaidnit dan.
    .example = Rune, 50, oaidná goas su 14-jahkásaš nieida galgá dárkkistuvvot buohcciviesus.
ME-4 = Oainnát dieđáhusa ja sáhtát vástidit danne go dus lea váhnenovddasvástádus, ja dieđáhus lea sihke mánnái ja váhnemiidda.
    .example = Line, 44, lohká dieđáhusa iežas 13-jahkásaš bártni doavttirdiimmu birra.
EC-4 = Oainnát dán ja sáhtát vástidit danne go dus lea váhnenovddasvástádus, ja oktavuohta fástadoaktáriin lea sihke mánnái ja váhnemiidda.
    .example = Jorunn, 41, lohká fástadoaktára vástádusa e-konsultašuvnnas mii guoská su 12-jahkásaš niidii.
RX-4 = Oainnát dán ja sáhtát bivdit ođđa reseaptta danne go dus lea váhnenovddasvástádus mánás, ja mánná lea vuollel 16 jagi.
    .example = Kjetil, 46, bivdá ođđa reseaptta astmádálkasii iežas 14-jahkásaš bárdnái.
VA-4 = Oainnát dán danne go dus lea váhnenovddasvástádus mánás, ja mánná lea vuollel 16 jagi.
    .example = Mariam, 39, oaidná makkár vaksiinnaid su 12-jahkásaš nieida lea ožžon.
HE-4 = Oainnát čujuhusa danne go dus lea váhnenovddasvástádus mánás, ja dearvvašvuođabargit leat rahpan nu ahte váhnemat sáhttet oaidnit dan.
    .example = Rune, 50, oaidná ahte buohcciviessu lea ožžon su 14-jahkásaš nieidda čujuhusa.
JO-4 = Oainnát dán danne go dus lea váhnenovddasvástádus mánás, ja dearvvašvuođabargit leat rahpan nu ahte váhnemat sáhttet oaidnit dan.
    .example = Rune, 50, lohká notáhta maid doavttir čálii su 14-jahkásaš nieidda dárkkisteami maŋŋá.
LO-3 = Oainnát dán danne go dus lea váhnenovddasvástádus mánás, ja dearvvašvuođabargit leat rahpan nu ahte váhnemat sáhttet oaidnit gii lea geahččan dieđuid.
    .example = Rune, 50, oaidná gii buohcciviesus lea lohkan su 14-jahkásaš nieidda čujuhusa.
TR-4 = Oainnát mátkki ja sáhtát sáddet gáibádusaid danne go dus lea váhnenovddasvástádus, ja mátki lea merkejuvvon sihke mánnái ja váhnemiidda.
    .example = Anders, 48, ohcá ahte mátki buohccivissui iežas 15-jahkásaš bártniin máksojuvvo.
GP-4 = Oainnát gii fástadoavttir lea, ja sáhtát molsut, danne go váhnemat válljejit fástadoaktára mánáide vuollel 16 jagi.
    .example = Mariam, 39, molsu fástadoaktára iežas 12-jahkásaš niidii maŋŋá go bearaš lea fárren.
CS-3 = Sáhtát miehtat ahte mánná ieš geavaha bálvalusa, ja geassit miehtama ruovttoluotta, danne go dus lea váhnenovddasvástádus mánás, ja mánná lea vuollel 16 jagi. Máná eará heivehusaid it sáhte rievdadit dáppe.
    .example = Line, 44, miehtá ahte su 13-jahkásaš bárdni sáhttá ieš geavahit bálvalusa.
PA-12 = Dát lea giddejuvvon danne go mánná lea deavdán 12 jagi, ja dalle váhnemat eai sáhte oaidnit dahje dahkat dán dáppe. Nu lea buot mánáid dáfus gaskal 12 ja 16 jagi. Sáhtát hupmat mánáin, dahje jearrat doppe gos mánná oažžu dearvvašvuođaveahki.
    .example = Line, 44, geahččala rahpat iežas 13-jahkásaš bártni iskosiid vástádusaid, muhto dat eai čájehuvvo váhnemiidda go mánná lea deavdán 12 jagi.
PA-16 = Dát lea giddejuvvon danne go du mánná lea deavdán 16 jagi ja mearrida ieš iežas dearvvašvuođadieđuid badjel. Mánná sáhttá addit dutnje fápmudusa jus son dáhttu.
    .example = Berit, 52, ii oainne šat iežas nieidda diimmuid, danne go nieida devddii 16 jagi ikte.

## Ovddasteaddji (verge)

VE-1 = Oainnát geasa dat guoská, ja goas ja gos diimmut leat, danne go leat olbmo ovddasteaddji (verge).
    .example = Wenche, 60, lea Odda, 71, ovddasteaddji (verge), ja oaidná ahte Oddas lea diibmu gaskavahku dii. 9.
VE-2 = Oainnát dán ja sáhtát sáddet gáibádusaid danne go leat olbmo ovddasteaddji (verge).
    .example = Wenche, 60, ohcá ahte Odda, 71, mátki máksojuvvo.
VE-0 = Dát lea giddejuvvon danne go ovddasteaddji (verge) doaibma ii ieš alddis raba dearvvašvuođadieđuid. Olmmoš sáhttá addit dutnje fápmudusa. Jus olmmoš ieš ii sáhte miehtat, de sáhttá lagamus oapmahaš ohcat lobi doaibmat su ovddas.
    .example = Wenche, 60, geahččala rahpat Odda, 71, journála, muhto dárbbaša sus fápmudusa.

## Fápmudus

FU-2 = Oainnát dán danne go du fápmudus guoská dieđuide mat leat registrerejuvvon olbmo birra.
    .example = Anne, 54, oaidná makkár dálkasiid su 81-jahkásaš áhčči geavaha.
FU-3 = Oainnát dán danne go du fápmudus guoská olbmo journálii.
    .example = Anne, 54, lohká maid doavttir čálii su 81-jahkásaš áhči birra operašuvnna maŋŋá.
FU-4 = Oainnát čujuhusaid danne go du fápmudus guoská olbmo journálii dahje digitála dearvvašvuođabálvalusaide.
    .example = Anne, 54, oaidná ahte buohcciviessu lea ožžon su 81-jahkásaš áhči čujuhusa.
FU-5 = Sáhtát oaidnit, diŋgot, sirdit ja šluhttet diimmuid danne go du fápmudus guoská digitála dearvvašvuođabálvalusaide.
    .example = Thomas, 46, diŋgo diimmu fástadoaktára luhtte iežas 77-jahkásaš eadnái.
FU-6 = Oainnát dán ja sáhtát čállit olbmo ovddas danne go du fápmudus guoská digitála dearvvašvuođabálvalusaide.
    .example = Thomas, 46, sádde dieđáhusa doavttirkantuvrii iežas 77-jahkásaš eatni ovddas.
FU-7 = Sáhtát bivdit ođasmahttit reseapttaid danne go du fápmudus guoská digitála dearvvašvuođabálvalusaide.
    .example = Thomas, 46, bivdá ođđa reseaptta iežas 77-jahkásaš eadnái.
FU-8 = Sáhtát rievdadit váibmojournála danne go du fápmudus guoská digitála dearvvašvuođabálvalusaide.
    .example = Thomas, 46, čállá iežas oapmahažžan iežas 77-jahkásaš eatni váibmojournálii.
FU-9 = Oainnát gii fástadoavttir lea, ja sáhtát molsut, danne go du fápmudus guoská digitála dearvvašvuođabálvalusaide.
    .example = Thomas, 46, molsu fástadoaktára iežas 77-jahkásaš eadnái maŋŋá go eadni lea fárren.
FU-10 = Oainnát nama ja agi danne go olmmoš lea addán dutnje fápmudusa.
    .example = Ida, 28, oaidná iežas 66-jahkásaš siesá nama ja agi, ja siessá lea addán sutnje fápmudusa.
FU-11 = Oainnát dán danne go du fápmudus guoská dálkasiid viežžamii apotehkas.
    .example = Jon, 45, oaidná ahte son sáhttá viežžat dálkasiid iežas 84-jahkásaš ránnjái.
RQ-3 = Don sáhtát bivdit dieđuid divvut dahje čilget olbmo ovddas, danne go du fápmudus guoská journálii.
    .example = Anne, 54, dieđiha ahte beaivi lea boastut áhči journálas, guhte lea 81.
FU-12 = Dát lea giddejuvvon danne go persovdnasuodjalusa heivehusaid, fápmudusaid ja miehtamiid ii sáhte addit earáid háldui. Dušše olmmoš ieš sáhttá oaidnit ja rievdadit daid.
    .example = Anne, 54, geahččala rievdadit iežas 81-jahkásaš áhči fápmudusaid, muhto dan ferte áhčči ieš dahkat.
FU-0 = Dát lea giddejuvvon danne go fápmudus ii guoskka dása. Dušše son gii lea deavdán 16 jagi, sáhttá addit fápmudusa.
    .example = Anne, 54, geahččala čállit iežas 81-jahkásaš áhči journálii, muhto dan sáhttet dušše dearvvašvuođabargit dahkat.

## Son gii doaibmá olbmo ovddas gii ieš ii sáhte miehtat

TD-1 = Sáhtát oaidnit, diŋgot, sirdit ja šluhttet diimmuid danne go doaimmat olbmo ovddas gii ieš ii sáhte miehtat.
    .example = Åse, 70, sirdá diimmu iežas 74-jahkásaš isida ovddas, geas lea demeansa.
TD-2 = Oainnát dán ja sáhtát čállit olbmo ovddas danne go olmmoš ieš ii sáhte miehtat, ja don doaimmat su ovddas.
    .example = Åse, 70, sádde dieđáhusa doavttirkantuvrii iežas 74-jahkásaš isida ovddas.
TD-3 = Oainnát dán danne go doaimmat olbmo ovddas gii ieš ii sáhte miehtat.
    .example = Åse, 70, oaidná iežas 74-jahkásaš isida iskosiid vástádusaid.
TD-4 = Oainnát reseapttaid ja sáhtát bivdit ođasmahttit daid danne go doaimmat olbmo ovddas gii ieš ii sáhte miehtat.
    .example = Leif, 48, bivdá ođđa reseaptta iežas 19-jahkásaš niidii, gii ieš ii sáhte miehtat.
TD-5 = Oainnát dán ja sáhtát rievdadit dan danne go doaimmat olbmo ovddas gii ieš ii sáhte miehtat.
    .example = Leif, 48, molsu fástadoaktára iežas 19-jahkásaš niidii.
RQ-4 = Don sáhtát bivdit dieđuid divvut dahje čilget danne go doaimmat olbmo ovddas guhte ii sáhte miehtat.
    .example = Åse, 70, dieđiha ahte dálkkas váilu isida journálas, guhte lea 74.
TD-6 = Dát lea giddejuvvon danne go persovdnasuodjalusa heivehusaid, fápmudusaid ja miehtamiid ii sáhte addit earáid háldui, ii ge dalle go olmmoš ieš ii sáhte miehtat.
    .example = Åse, 70, geahččala addit iežas bárdnái fápmudusa 74-jahkásaš isida ovddas, muhto dat ii leat vejolaš.
TD-0 = Dát lea giddejuvvon danne go son gii doaibmá olbmo ovddas gii ieš ii sáhte miehtat, ii sáhte oaidnit dahje dahkat dán dáppe. Váhnemat doibmet mánáid ovddas geat leat vuollel 12 jagi.
    .example = Leif, 48, geahččala divvut iežas 19-jahkásaš nieidda journála, muhto dan ferte son bivdit doaktára dahkat.

## Oapmahaččat geat veahkehit geavatlaš áššiiguin

NK-1 = Oainnát goas diibmu lea, danne go leat ožžon lobi veahkehit diimmuiguin.
    .example = Áhkku Turid, 65, oaidná ahte su 8-jahkásaš mánámánás lea diibmu duorastaga dii. 12, ja sáhttá leat gárvvis vuodjit su.
NK-2 = Oainnát goas ja gosa mátki manná, danne go leat ožžon lobi veahkehit mátkkiiguin.
    .example = Ståle, 57, oaidná goas táksi galgá viežžat su 79-jahkásaš ránnjá Gerd.
NK-3 = Oainnát dán danne go leat ožžon lobi viežžat dálkasiid apotehkas.
    .example = Ståle, 57, oaidná ahte son sáhttá viežžat dálkasiid iežas 79-jahkásaš ránnjái.
NK-4 = Oainnát nama danne go leat ožžon lobi veahkehit olbmo.
    .example = Ståle, 57, oaidná ránnjás nama, gean son veahkeha.
NK-0 = Dát lea giddejuvvon danne go leat ožžon lobi veahkehit dušše geavatlaš áššiiguin. Sáhtát hupmat suinna gean veahkehat.
    .example = Ståle, 57, geahččala rahpat iežas 79-jahkásaš ránnjá dieđáhusaid, muhto ii sáhte.

## Biebmováhnemat

FP-1 = Oainnát diimmuid fástadoaktára ja gieldda luhtte ja sáhtát diŋgot ođđa diimmuid danne go mánná orru du luhtte biebmománnán.
    .example = Monica, 43, diŋgo diimmu fástadoaktára luhtte iežas 7-jahkásaš biebmobárdnái.
FP-2 = Oainnát vaksiinnaid danne go mánná orru du luhtte biebmománnán.
    .example = Monica, 43, oaidná makkár vaksiinnaid su 7-jahkásaš biebmobárdni lea ožžon.
FP-3 = Oainnát dán ja sáhtát vástidit danne go mánná orru du luhtte biebmománnán, ja dat lea merkejuvvon sihke mánnái ja váhnemiidda.
    .example = Monica, 43, vástida dearvvašvuođastašuvnna dieđáhussii iežas 7-jahkásaš biebmobártni birra.
FP-4 = Oainnát nama danne go mánná orru du luhtte biebmománnán.
    .example = Terje, 51, oaidná iežas 12-jahkásaš biebmonieidda nama.
FP-0 = Dát lea giddejuvvon danne go biebmováhnemat oidnet dušše dan mii lea dárbbašlaš árgabeaivvis. Sáhtát jearrat mánáidsuodjalusas dahje doppe gos mánná oažžu dearvvašvuođaveahki.
    .example = Terje, 51, geahččala rahpat iežas 12-jahkásaš biebmonieidda journála, ja váldá dan sadjái oktavuođa mánáidsuodjalusain.

## Dearvvašvuođabargit

HP-1 = Dearvvašvuođabargit oidnet dán danne go sii addet pasientii dearvvašvuođaveahki ja dárbbašit dieđuid dasa.
    .example = Anita, 44, lea fástadoavttir ja lohká iskosiid vástádusaid ovdal go pasieanta boahtá diibmui.
HP-2 = Dearvvašvuođabargit sáhttet čállit ja rievdadit dáppe danne go sii addet pasientii dearvvašvuođaveahki.
    .example = Jonny, 36, lea buohccidivššár ja bidjá ođđa diimmu pasientii.
HP-9 = Dearvvašvuođabargit oidnet gii sáhttá doaibmat du ovddas, ja sáhttet registreret fápmudusa maid don leat vuolláičállán, danne go buohkat eai sáhte dahkat dan ieža neahtas.
    .example = Anita, 44, lea fástadoavttir ja registrere ahte Odd, 82, geas ii leat elektrovnnalaš ID, diktá nieidda doaibmat iežas ovddas.
HP-0 = Dát lea giddejuvvon danne go dat ii leat dárbbašlaš go galgá addit dearvvašvuođaveahki. Sáhtát jearrat pasieanttas.
    .example = Anita, 44, lea fástadoavttir ja geahččala oaidnit maid pasieanta lea bivdán buohcciviesu divvut.
HP-3 = Dearvvašvuođabargit oidnet dán ja sáhttet čállit dáppe danne go pasieanta dárbbašii veahki dakkaviđe. Dat oidno geahččanloggas.
    .example = Stian, 33, lea doavttir heahtevuostáváldimis ja oaidná makkár dálkasiid diehtomeahttun pasieanta geavaha.
HP-4 = Dát lea giddejuvvon danne go dat ii leat dárbbašlaš go galgá veahkehit dakkaviđe.
    .example = Stian, 33, lea doavttir heahtevuostáváldimis ja geahččala lohkat dieđáhusaid pasieantta ja fástadoaktára gaskka.
HP-5 = Dearvvašvuođabargit oidnet dán ja sáhttet ordnet diimmuid danne go sii oktiiordnejit pasieantta veahki.
    .example = Gro, 50, lea koordináhtor ja sirdá diimmu nu ahte pasieanta oažžu guokte diimmu seamma beaivvi.
HP-6 = Dát lea giddejuvvon danne go dat ii leat dárbbašlaš go galgá oktiiordnet veahki. Sáhtát jearrat sis geat dikšot pasieantta.
    .example = Gro, 50, lea koordináhtor ja geahččala rahpat iskosiid vástádusaid, muhto ii dárbbaš daid go ordne diimmuid.
HP-7 = Dearvvašvuođabargit oidnet dán danne go sii čálle ákkastusa ja rahpe dan heahtedilis. Dat oidno geahččanloggas ja dárkkistuvvo maŋŋil.
    .example = Simen, 39, lea doavttir doavttirvávttas, čállá manne son ferte oaidnit pasieantta dálkasiid, ja beassá oaidnit daid.
HP-8 = Dát lea giddejuvvon danne go rahpan heahtedilis addá lobi dušše lohkat dan mii lea dárbbašlaš.
    .example = Simen, 39, lea doavttir doavttirvávttas ja geahččala sirdit diimmu maid son lea rahpan dušše lohkan dihte.
PH-2 = Apotehka oaidná dán danne go das lea dárbu diehtit gii sáhttá viežžat dálkasiid nuppi ovddas.
    .example = Yusuf, 31, bargá apotehkas ja oaidná ahte ránnjá sáhttá viežžat Olava, 84, dálkasiid.
PH-0 = Dát lea giddejuvvon danne go apotehka oaidná dáppe dušše gii sáhttá viežžat dálkasiid.
    .example = Yusuf, 31, bargá apotehkas ja geahččala oaidnit áššehasa diimmuid.

## Dieđut mat eai guoskka dihto olbmui

DI-1 = Oainnát dán danne go dat lea rabas diehtu dearvvašvuođabálvalusaid birra.
    .example = Vigdis, 68, gávdná doavttirkantuvrra rahpanáiggiid.
DI-2 = Sáhtát váldit dahje addit ruovttoluotta guorus áiggi diimmuin ovttas.
    .example = Kari, 34, diŋgo diimmu, ja áigi ii leat šat guorus earáide.
DI-0 = Dát lea giddejuvvon danne go ii leat daddjon geasa dieđut gusket. Vállje gean ovddas dáhtut doaibmat, ja geahččal ođđasit.
    .example = Vigdis, 68, vállje iežas ja oaidná diimmuidis.

## Prográmmat

SY-1 = Fágavuogádagas lea beassan soahpamuša mielde doaimmain mii geavaha dan.
    .example = Doavttirkantuvrra journálavuogádat bidjá ođđa diimmu Karii, 34.
SY-2 = Sis geat jođihit vuogádaga lea beassan soahpamuša mielde eaiggádiin.
    .example = Vidar, 42, bargá vuogádaga jođihemiin ja divvu diimmu mii lei vurkejuvvon guktii.
SY-3 = Vuogádat ieš dahká dan maid don dahje dearvvašvuođabálvalus lea bivdán.
    .example = Vuogádat sádde muittuhusa Karii, 34, beaivvi ovdal su diimmu.
SY-4 = Dát lea giddejuvvon fágavuogádagaide danne go dušše olmmoš ieš mearrida mo son oažžu dieđu.
    .example = Doavttirkantuvrra journálavuogádat geahččala lohkat man telefovnnas Kari, 34, oažžu dieđuid.
SY-5 = Dát lea giddejuvvon sidjiide geat jođihit vuogádaga, danne go dušše olmmoš ieš mearrida mo son oažžu dieđu.
    .example = Vidar, 42, bargá vuogádaga jođihemiin ja geahččala lohkat man telefovnnas Kari, 34, oažžu dieđuid.

## Vástádusat mat eai leat njuolggadusgirjjis

NO-RULE = Dát lea giddejuvvon danne go ii oktage njuolggadus raba dan.
    .example = Berit, 52, geahččala ođđa bálvalusa ovdal go lea mearriduvvon gii sáhttá geavahit dan.
NO-RELATION = Dát lea giddejuvvon danne go it leat registrerejuvvon vuoigatvuođain oaidnit dán olbmo dieđuid.
    .example = Lars, 40, geahččala rahpat bargoskihpáris diimmuid.
ACCOUNT-STOPPED = Dát lea giddejuvvon danne go du kontu lea bissehuvvon du iežat sávaldaga mielde. Sáhtát bivdit ahte dat rahpojuvvo fas.
    .example = Grete, 63, bissehii kontus go láhppii koda-apparáhta, ja bivdá dál ahte dat rahpojuvvo.
INACTIVE = Dát lea giddejuvvon danne go leat válljen ahte du kontu ii galgga leat anus. Sii geain lea fápmudus dus, sáhttet ain doaibmat du ovddas. Sáhtát bivdit váldit kontu fas atnui.
    .example = Alf, 88, ii ieš geavat kontu, ja su bárdni doaibmá su ovddas fápmudusain.
DECEASED = Dát lea giddejuvvon danne go olmmoš lea registrerejuvvon jápmán. Lagaš oapmahaččat sáhttet bivdit dearvvašvuođabálvalusas beassat geahččat.
    .example = Ellen, 59, dáhttu lohkat jápmán eatnis journála, ja bivdá buohcciviesus beassat geahččat dan.
PROTECTED-ADDRESS = Dát lea giddejuvvon danne go dán olbmo ovddas ii sáhte doaibmat neahtas. Sáhtát váldit oktavuođa njuolga dearvvašvuođabálvalusain.
    .example = Marit, 38, dáhttu diŋgot diimmu nuppi ovddas, ja riŋge dan sadjái doavttirkantuvrii.
NO-ADDRESS = Dát lea giddejuvvon danne go dus ii leat registrerejuvvon ássančujuhus Norggas. Sáhtát váldit oktavuođa njuolga dearvvašvuođabálvalusain.
    .example = Petter, 41, lea fárren Spániai ja riŋge doavttirkantuvrii iežas 5-jahkásaš bártni diimmu birra.
ADDRESS-CHECK = Dát lea giddejuvvon danne go dus ii leat álbmotregistaris seamma ássančujuhus go mánás. Sáhtát váldit oktavuođa njuolga dearvvašvuođabálvalusain.
    .example = Roger, 37, lea registrerejuvvon eará ássančujuhussii go su 6-jahkásaš nieida, ja riŋge dearvvašvuođastašuvdnii nieidda diimmu birra.
NO-CARE-RELATION = Dát lea giddejuvvon danne go ii leat registrerejuvvon ahte don attát pasientii dearvvašvuođaveahki. Registrere dan vuos, dahje jeara pasieanttas.
    .example = Stian, 33, lea doavttir ja ii sáhte rahpat journála ovdal go lea registrerejuvvon ahte son dikšu pasieantta.
ACUTE-STOP = Dát lea giddejuvvon danne go dieđut eai čájehuvvo neahtas dál. Sáhtát váldit oktavuođa njuolga dearvvašvuođabálvalusain.
    .example = Frode, 45, ii sáhte rahpat siiddu dál, ja riŋge dearvvašvuođabálvalussii.
NO-CONSENT = Dát lea giddejuvvon danne go ii goabbáge du váhnemiin leat vel miehtan ahte geavahat bálvalusa.
    .example = Emma, 14, dáhttu oaidnit diimmuidis, ja jearrá áhčistis áigugo son miehtat.
CONSENT-LEVEL = Dát lea giddejuvvon danne go it leat miehtan geavahit dán bálvalusa. Sáhtát rievdadit miehtama persovdnasuodjalusa heivehusain.
    .example = Geir, 49, lea miehtan oaidnit reseapttaidis, muhto ii journálas.
ASSURANCE = Dát lea giddejuvvon danne go bálvalus gáibida sisačáliheami alit sihkarvuođain. Sisačálit ođđasit, ovdamearkka dihte BankID:ain.
    .example = Maja, 15, lea sisačálihan MinID:ain ja ferte geavahit BankID go dáhttu diŋgot diimmu.
AREA = Dát lea giddejuvvon danne go fápmudus dahje lohpi maid leat ožžon, ii guoskka dása. Son gii lea addán dan, sáhttá rievdadit dan.
    .example = Anne, 54, sáhttá oaidnit iežas 81-jahkásaš áhči reseapttaid, muhto fápmudus ii guoskka dieđáhusaide.
NOT-SHARED = Dát lea giddejuvvon danne go dat čájehuvvo dušše go lea merkejuvvon sihke nurrii ja váhnemiidda. Sáhtát jearrat doppe gos oažžubehtet dearvvašvuođaveahki.
    .example = Line, 44, jearrá doavttirkantuvrras sáhttetgo sii sáddet dieđáhusaid maid sihke son ja su 13-jahkásaš bárdni sáhttiba lohkat.
NOT-OPENED = Dát lea giddejuvvon danne go dearvvašvuođabargit fertejit rahpat dan vuos. Sáhtát jearrat doppe gos oažžubehtet dearvvašvuođaveahki.
    .example = Noah, 15, jearrá doaktáris buohcciviesus sáhttágo son oaidnit diimmuidis neahtas.
OWN-ACCESS-REMOVED = Dát lea giddejuvvon danne go son geasa dat guoská, lea válljen ahte dat ii galgga leat neahtas. Válljema sáhttá rievdadit persovdnasuodjalusa heivehusain.
    .example = Marte, 33, lea válljen ahte ii áiggo oaidnit journálas neahtas, ja sáhttá rievdadit válljema goas dáhttu.
RESERVED = Dát lea giddejuvvon danne go son geasa dat guoská, lea válljen ahte dieđut eai galgga vurkejuvvot registarii. Válljema sáhttá rievdadit persovdnasuodjalusa heivehusain.
    .example = Knut, 69, lea válljen ahte su iskosiid vástádusat eai galgga vurkejuvvot registarii.
BLOCKED = Dát lea giddejuvvon danne go pasieanta lea gidden dan dearvvašvuođabargiin. Bivdde pasieanttas lobi. Jus heagga dahje dearvvašvuohta lea váras, de sáhtát rahpat ákkastusain.
    .example = Anita, 44, lea fástadoavttir ja jearrá pasieanttas beasságo son oaidnit journála.
BLOCKED-BY-NAME = Dát lea giddejuvvon dus danne go pasieanta lea mearridan dan. Dat gusto maiddái heahtedilis. Bivdde bargoskihpára váldit badjelasas.
    .example = Jonny, 36, lea buohccidivššár ja bivdá bargoskihpára váldit pasieantta badjelasas.
ITEM-HIDDEN = Dát lea giddejuvvon danne go dearvvašvuođabargit leat mearridan gii sáhttá oaidnit juste dán.
    .example = Lise, 36, ii sáhte rahpat dokumeantta, ja jearrá doppe gos son oažžu dearvvašvuođaveahki.
SHIELDED = Dát lea giddejuvvon danne go dat lea suddjejuvvon eará dearvvašvuođabargiin pasieantta sávaldaga mielde. Sáhtát jearrat pasieanttas.
    .example = Stian, 33, lea doavttir ja jearrá pasieanttas dan maid son dárbbaša diehtit.
DELAYED = Dát lea giddejuvvon danne go dat čájehuvvo maŋŋil, vai dearvvašvuođabargit besset geahččat dan vuos. It dárbbaš dahkat maidige.
    .example = Erik, 45, válddii varraiskosa ikte, ja vástádus čájehuvvo sutnje moatti beaivvi geahčen.
GIVER-HAS-NOT = Dát lea giddejuvvon danne go it goassige sáhte oaidnit dahje dahkat eambbo go son gii attii dutnje fápmudusa dahje lobi. Sáhtát hupmat suinna.
    .example = Anne, 54, ii oainne iežas 81-jahkásaš áhči journála, danne go áhčis alddis ii leat journála neahtas.
