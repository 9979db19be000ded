# Doaibmat earáid ovddas
act-for-title = Gean ovddas dáhtut doaibmat?
act-for-tile = Doaibma earáid ovddas
act-for-intro = Vállje iežat dahje soapmása geas dus lea váhnenovddasvástádus.
act-for-myself = Ieš alddán
act-for-none = It leat registrerejuvvon váhnenovddasvástádusain oktage ovddas
act-for-none-help = Dieđut bohtet álbmotregistaris. Váhnemat geain ii leat seamma čujuhus go mánás, eai sáhte vel oaidnit máná dieđuid dáppe.
act-for-submit = Molsso
act-for-why = Gean ovddas sáhtát doaibmat, boahtá váhnenovddasvástádusas ja čujuhusas álbmotregistaris ja máná agis.
act-for-error = Vállje gean ovddas dáhtut doaibmat
