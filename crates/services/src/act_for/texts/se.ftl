# Doaibmat earáid ovddas
act-for-title = Gean ovddas dáhtut doaibmat?
act-for-tile = Doaibma earáid ovddas
act-for-intro = Vállje iežat dahje soapmása gean ovddas sáhtát doaibmat.
act-for-myself = Ieš alddán
act-for-none = Ii leat oktage gean ovddas sáhtát doaibmat
act-for-none-help = Mánáid geain dus lea váhnenovddasvástádus ja geaiguin orut ovttas, gávdnat álbmotregistaris. Earát sáhttet addit dutnje fápmudusa.
act-for-closed = It sáhte doaibmat dáid ovddas
act-for-submit = Molsso
act-for-why = Gean ovddas sáhtát doaibmat, boahtá álbmotregistaris, máná agis ja fápmudusain maid leat ožžon.
act-for-error = Vállje gean ovddas dáhtut doaibmat
