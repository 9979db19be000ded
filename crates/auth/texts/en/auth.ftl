# Signing in
sign-in-again = Try again
sign-in-cancelled-title = Signing in was cancelled
sign-in-cancelled-text = You are not signed in. You can try again whenever you like.
sign-in-expired-title = Signing in took too long
sign-in-expired-text = For your safety you must begin again.
sign-in-down-title = Signing in is away for a little while
sign-in-down-text = The service for electronic identity does not answer. If you are already signed in you can go on. Otherwise try again in a while. If it is urgent, call the doctor's office or 116 117.
sign-in-unknown-title = We cannot find you
sign-in-unknown-text = We find no information about you here. If you have just moved to the country it can take some days. The doctor's office will gladly help you by telephone.
sign-in-child-title = You must be 13 to sign in
sign-in-child-text = Your parents can use Varde for you. You can talk with the school nurse without your parents.
sign-in-deceased-title = You cannot sign in
sign-in-deceased-text = The population register has told us that this person is dead. If that is wrong, contact the population register and your doctor's office.
sign-in-stopped-title = Your account is stopped
sign-in-stopped-text = You have stopped your account yourself, and nobody can sign in here with your eID. To have it opened again, phone those who run this service, or send them a form on paper. They ask you things only you know before they open it.
sign-in-level-title = You must sign in with a higher level of assurance
sign-in-level-text = Use BankID, for example. Health information is shown only when we are quite sure who you are.
