# The counter of a pharmacy
pharmacy-title = May this person collect medicines for somebody else?
pharmacy-at = You ask for { $pharmacy }.
pharmacy-giver = National identity number of the person whose medicines they are
pharmacy-receiver = National identity number of the person who collects
pharmacy-receiver-help = Look at their proof of identity. The answer is about the person with this number only.
pharmacy-submit = Check
pharmacy-logged = The person whose medicines they are sees in their access log that you have asked.
pharmacy-yes = Yes, may collect
pharmacy-yes-until = Until and including { $day }.
pharmacy-yes-no-end = Without an end date.
pharmacy-no = No, we find no proxy to collect
pharmacy-no-help = Check that both numbers are right. The person whose medicines they are can give a proxy online or on paper.
pharmacy-too-often = You have asked many times in a short while. Wait a few minutes and try again.
pharmacy-error-giver = Type the 11 digits of the national identity number of the person whose medicines they are
pharmacy-error-receiver = Type the 11 digits of the national identity number of the person who collects
pharmacy-error-same = The two numbers are the same. Whoever collects their own medicines needs no proxy.
