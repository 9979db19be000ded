# Test sign-in
title = Test sign-in
banner = This is a test sign-in. None of these people exist.
intro = Who do you want to sign in as?
other = Or type a synthetic national identity number (month + 80)
level = Level of assurance
high = High (like BankID)
substantial = Substantial (like MinID)
submit = Sign in
cancel = Cancel
error = Choose a person, or type a valid synthetic national identity number.
too-late = Signing in took too long. Go back to the site and try again.
about = A test provider of electronic identity for synthetic people. Begin signing in from the site you want to use.
