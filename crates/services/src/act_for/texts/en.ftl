# Acting for others
act-for-title = Who do you want to act for?
act-for-tile = Act for others
act-for-intro = Choose yourself or somebody you have parental responsibility for.
act-for-myself = Myself
act-for-none = You are not registered with parental responsibility for anybody
act-for-none-help = The information comes from the population register. Parents who do not share the child's address cannot see the child's information here yet.
act-for-submit = Switch
act-for-why = Who you can act for follows from parental responsibility and address in the population register and from the child's age.
act-for-error = Choose who you want to act for
