# Acting for others
act-for-title = Who do you want to act for?
act-for-tile = Act for others
act-for-intro = Choose yourself or somebody you can act for.
act-for-myself = Myself
act-for-none = There is nobody you can act for
act-for-none-help = Children you have parental responsibility for and live with are found in the population register. Others can make you their proxy.
act-for-closed = You cannot act for
act-for-submit = Switch
act-for-why = Who you can act for follows from the population register, from the child's age and from the proxies you have been given.
act-for-error = Choose who you want to act for
