# Dáhpáhusat
events-title = Dáhpáhusat
events-intro = Dás oidno mii lea dáhpáhuvvan, ođđaseamos vuos.
events-none = Eai leat vel dáhpáhusat
events-none-help = Go juoga diŋgojuvvo, rievdaduvvo dahje sáddejuvvo, de oidno dat dás.
events-missing = Eat sáhttán viežžat dáhpáhusaid dál. Geahččal ođđasit maŋŋil.
events-other = Ođđa dáhpáhus
events-not-open = Dáhpáhusat eai čájehuvvo
