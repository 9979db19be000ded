# Apotehka diska
pharmacy-title = Sáhttágo dát olmmoš viežžat dálkasiid nubbái?
pharmacy-at = Don jearat { $pharmacy } bealis.
pharmacy-giver = Dan olbmo riegádannummir gii oamasta dálkasiid
pharmacy-receiver = Dan olbmo riegádannummir gii viežžá
pharmacy-receiver-help = Geahča legitimašuvnna. Vástádus guoská dušše sutnje geas lea dát nummir.
pharmacy-submit = Dárkkis
pharmacy-logged = Son gii oamasta dálkasiid, oaidná iežas geahččanloggas ahte dii lehpet jearran.
pharmacy-yes = Sáhttá viežžat
pharmacy-yes-until = { $day } rádjai, dát beaivi maiddái.
pharmacy-yes-no-end = Loahppabeaivvi haga.
pharmacy-no = Eat gávnna fápmudusa viežžat
pharmacy-no-help = Dárkkis ahte goappašat nummirat leat rievttes. Son gii oamasta dálkasiid, sáhttá addit fápmudusa neahtas dahje báhpáris.
pharmacy-too-often = Don leat jearran máŋgii oanehis áiggis. Vuordde moadde minuhta ja geahččal ođđasit.
pharmacy-error-giver = Čále dan olbmo riegádannummira 11 logu gii oamasta dálkasiid
pharmacy-error-receiver = Čále dan olbmo riegádannummira 11 logu gii viežžá
pharmacy-error-same = Guokte nummira leat ovttaláganat. Son gii viežžá iežas dálkasiid, ii dárbbaš fápmudusa.
