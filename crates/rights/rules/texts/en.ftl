# The sentence and the example that explain each rule, in the order of the rule book. One line each: name = sentence, and .example = example.

## The person themself, from 16

AP-1 = You see this because these are your own appointments.
    .example = Kari, 34, opens her appointments and sees the one with her GP on Tuesday.
VI-1 = You see this because these are your own visits to the health service.
    .example = Per, 67, sees that he was at the hospital in March.
PE-1 = You see this because it is information about yourself.
    .example = Jonas, 14, sees his name and the address in the population register.
PE-3 = You can change this because it is your own information.
    .example = Aisha, 29, enters her new phone number.
LO-1 = You see this because you have the right to know who has looked at your information.
    .example = Bjørn, 61, sees that the GP's office opened his record on Monday.
ME-1 = You can read and send messages because they are your own, and you have agreed to use all the services.
    .example = Linh, 41, answers a message from the GP's office.
EC-1 = You can contact your GP online because it is about yourself, and you have agreed to use all the services.
    .example = Tor, 52, asks his GP about a rash in an e-consultation.
RX-1 = You see the prescriptions and can ask to have them renewed because these are your own medicines.
    .example = Ingrid, 73, asks for a new prescription for her blood pressure medicine.
VA-1 = You see this because these are your own vaccines.
    .example = Samir, 26, sees when he last had a tetanus vaccine.
KJ-1 = You see this and can change it because it is your own summary record.
    .example = Solveig, 58, writes in who her next of kin is.
RE-1 = You see this because these are your own test results.
    .example = Erik, 45, sees the result of the blood test he had at his GP's.
HE-1 = You see this because these are your own referrals.
    .example = Nora, 19, sees that the hospital has received the referral from her GP.
JO-1 = You see this because it is your own record.
    .example = Hans, 80, reads what the doctor wrote after the operation on his hip.
CO-1 = You see this because these are your own co-payments.
    .example = Elena, 37, sees how much is left before she gets an exemption card.
TR-1 = You see this and can send claims because these are your own journeys to treatment, and you have agreed to use all the services.
    .example = Mikkel, 63, asks to have the bus to the hospital paid.
GP-1 = You see who your GP is, and can change GP, because it is your own choice.
    .example = Maria, 24, changes to a GP closer to where she studies.
PR-1 = You see this and can change it because these are your own privacy settings and consents.
    .example = Geir, 49, withdraws a consent he has given.
CS-1 = You see this because you have the right to know what your parents agreed to before you turned 16.
    .example = Jonas, 17, sees that his father agreed three years ago that he could use the service.
FU-1 = You see this and can change it because these are proxies you have given or received.
    .example = Randi, 76, makes her daughter her proxy.
PH-1 = You see this and can change it because you decide who may collect your medicines at the pharmacy.
    .example = Olav, 84, lets his neighbour collect his medicines at the pharmacy.
YS-1 = You can use this because it is your own contact with the youth clinic and the school health service.
    .example = Amina, 17, books an appointment at the youth clinic.
RQ-1 = You can ask to have information corrected or explained, and follow the answer, because the information is about you.
    .example = Kari, 34, reports that the record says the wrong knee, and follows what the hospital answers.
NT-1 = You can choose how you are told, because the notifications are your own.
    .example = Kari, 34, wants text messages about appointments and e-mail about everything else.
SE-0 = This is closed because citizens cannot see or do this themselves here. You can ask where you get your health care.
    .example = Arne, 58, tries to correct a test result himself, but only health personnel can do that.

## The person themself, 13 to 15

AP-2 = You see this because these are your own appointments with your GP or municipality, and one of your parents has agreed that you may use the service.
    .example = Emma, 14, sees her appointment with the GP, and her father has agreed.
AP-7 = You see when and where you have a hospital appointment because one of your parents has agreed and health personnel have opened for it.
    .example = Noah, 15, sees that he has an appointment at the hospital on Thursday at 10.
ME-2 = You see the message because it is for both you and your parents, and one of them has agreed that you may use the service.
    .example = Sofie, 13, reads a message about her appointment with the GP, and her mother can read the same message.
RX-2 = You see your prescriptions and can ask to have them renewed because one of your parents has agreed that you may use the service.
    .example = Lukas, 15, asks for a new prescription for his allergy medicine.
VA-2 = You see your vaccines because one of your parents has agreed that you may use the service.
    .example = Leila, 14, sees which vaccines she has had at school.
HE-2 = You see how far the referral has come because one of your parents has agreed and health personnel have opened for it.
    .example = Henrik, 13, sees that the hospital has received his referral.
HE-3 = You see what the referral says because one of your parents has agreed and health personnel have opened for it.
    .example = Thea, 15, reads what the GP wrote in the referral.
JO-2 = You see that the document is in the record because one of your parents has agreed and health personnel have opened for it.
    .example = Ante, 14, sees that the doctor wrote a note after his appointment at the hospital.
JO-3 = You see what the document says because one of your parents has agreed and health personnel have opened for it.
    .example = Iben, 15, reads the note the doctor wrote after her appointment at the hospital.
LO-4 = You see who has looked at the information because one of your parents has agreed and health personnel have opened for it.
    .example = Filip, 14, sees that a doctor at the hospital has read the note about him.
GP-2 = You see who your GP is because one of your parents has agreed that you may use the service.
    .example = Sara, 13, finds the name and phone number of her GP.
YS-2 = You can read and write to the school nurse because this is open to everyone from the age of 13. Your parents do not need to agree.
    .example = Elias, 13, writes to the nurse at his school.
YS-3 = You can book, move and cancel appointments with the school nurse and the youth clinic because you are at least 13 and have signed in with high security.
    .example = Maja, 15, signs in with BankID and books an appointment at the youth clinic.
CS-2 = You see this because you have the right to know which consents have been given for you.
    .example = Hedda, 15, sees that her mother has agreed that she may use the service.
CO-2 = This is closed because you pay no co-payments before you turn 16, so there is nothing to see.
    .example = Nora, 14, looks for what the visit to the GP cost. It cost her nothing.
SE-13 = This is closed because it is not open to young people under 16. You can talk to your doctor or the school nurse about what you wonder.
    .example = Jakob, 14, tries to open test results, but he cannot see them himself before he is 16.
SE-12 = This is closed because you must be at least 13 to sign in. Those with parental responsibility for you can help you.
    .example = Ola, 12, tries to sign in, but must wait until he is 13.

## Parents of children below 12

AP-3 = You see this because you have parental responsibility for the child, and the child is under 12.
    .example = Camilla, 35, moves the hospital appointment of her son, 6.
VI-2 = You see this because you have parental responsibility for the child, and the child is under 12.
    .example = Ahmed, 40, sees that his daughter, 9, was at the out-of-hours clinic at the weekend.
PE-2 = You see name and age because you have parental responsibility for the child.
    .example = Line, 44, sees the name and age of her son, 13.
LO-2 = You see this because you have parental responsibility for the child, and the child is under 12.
    .example = Pål, 38, sees that the health station has opened the record of his daughter, 2.
PA-1 = You see this and can ask for a new prescription because you have parental responsibility for the child, and the child is under 12.
    .example = Silje, 31, sees which vaccines her daughter, 4, has had.
PA-2 = You see this and can write for the child because you have parental responsibility, and the child is under 12.
    .example = Kristian, 36, sends the GP a message about his son, 3.
PA-3 = You see this and can change it because you have parental responsibility for the child, and the child is under 12.
    .example = Fatima, 33, changes GP for her son, 8.
PA-4 = You see the contact with the health station and the school health service because you have parental responsibility for the child, and the child is under 12.
    .example = Øyvind, 42, sees what the school nurse has written to him about his daughter, 7.
PA-5 = You see this and can change it because you have parental responsibility, and parents decide who may collect medicines for children under 16.
    .example = Hege, 47, lets the grandfather collect medicines at the pharmacy for her son, 10.
RQ-2 = You can ask to have information about your child corrected or explained, and follow the answer, because you have parental responsibility and the child is below 12.
    .example = Per, 40, reports that the record of his daughter, 6, lacks an allergy.
CO-3 = This is closed because children under 16 pay no co-payments, so there is nothing to see.
    .example = Line, 44, looks for what she has paid for her son, 13. There is nothing to pay.
PA-11 = This is closed because parents cannot see or do this here, even when the child is under 12. You can ask where the child gets health care.
    .example = Silje, 31, tries to correct the record of her daughter, 4, but must ask the doctor to do it.

## Parents of children from 12 to 15, and older

AP-4 = You see appointments with the GP and the municipality because you have parental responsibility for the child, and the child is under 16.
    .example = Line, 44, books an appointment with the GP for her son, 13.
AP-5 = You see this appointment because you have parental responsibility for the child, and health personnel have opened it for parents to see.
    .example = Rune, 50, sees when his daughter, 14, is to have a check-up at the hospital.
ME-4 = You see the message and can answer because you have parental responsibility, and the message is for both the child and the parents.
    .example = Line, 44, reads a message about the GP appointment of her son, 13.
EC-4 = You see this and can answer because you have parental responsibility, and the contact with the GP is for both the child and the parents.
    .example = Jorunn, 41, reads the GP's answer in an e-consultation about her daughter, 12.
RX-4 = You see this and can ask for a new prescription because you have parental responsibility for the child, and the child is under 16.
    .example = Kjetil, 46, asks for a new prescription for asthma medicine for his son, 14.
VA-4 = You see this because you have parental responsibility for the child, and the child is under 16.
    .example = Mariam, 39, sees which vaccines her daughter, 12, has had.
HE-4 = You see the referral because you have parental responsibility for the child, and health personnel have opened it for parents to see.
    .example = Rune, 50, sees that the hospital has received the referral for his daughter, 14.
JO-4 = You see this because you have parental responsibility for the child, and health personnel have opened it for parents to see.
    .example = Rune, 50, reads the note the doctor wrote after the check-up of his daughter, 14.
LO-3 = You see this because you have parental responsibility for the child, and health personnel have opened for parents to see who has looked at the information.
    .example = Rune, 50, sees who at the hospital has read the referral for his daughter, 14.
TR-4 = You see the journey and can send claims because you have parental responsibility, and the journey is marked as for both the child and the parents.
    .example = Anders, 48, asks to have the journey to the hospital with his son, 15, paid.
GP-4 = You see who the GP is, and can change GP, because parents choose the GP of children under 16.
    .example = Mariam, 39, changes GP for her daughter, 12, after the family has moved.
CS-3 = You can agree that the child uses the service, and withdraw it again, because you have parental responsibility for the child, and the child is under 16. You cannot change any other setting of the child's here.
    .example = Line, 44, agrees that her son, 13, may use the service himself.
PA-12 = This is closed because the child is at least 12, and then parents cannot see or do this here. It is so for all children between 12 and 16. You can talk to the child, or ask where the child gets health care.
    .example = Line, 44, tries to open test results for her son, 13, but they are not shown to parents when the child is at least 12.
PA-16 = This is closed because your child is at least 16 and decides over their own health information. Your child can make you their proxy if they wish.
    .example = Berit, 52, no longer sees the appointments of her daughter, who turned 16 yesterday.

## Guardian

VE-1 = You see who it is about, and when and where the appointments are, because you are the person's guardian.
    .example = Wenche, 60, is the guardian of Odd, 71, and sees that he has an appointment on Wednesday at 9.
VE-2 = You see this and can send claims because you are the person's guardian.
    .example = Wenche, 60, asks to have the journey of Odd, 71, paid.
VE-0 = This is closed because being a guardian does not in itself open health information. The person can make you their proxy. If the person cannot consent, the closest next of kin can apply to act for them.
    .example = Wenche, 60, tries to open the record of Odd, 71, but needs a proxy from him.

## Proxy

FU-2 = You see this because your proxy covers information registered about the person.
    .example = Anne, 54, sees which medicines her father, 81, uses.
FU-3 = You see this because your proxy covers the person's record.
    .example = Anne, 54, reads what the doctor wrote about her father, 81, after the operation.
FU-4 = You see the referrals because your proxy covers the person's record or digital health services.
    .example = Anne, 54, sees that the hospital has received the referral for her father, 81.
FU-5 = You can see, book, move and cancel appointments because your proxy covers digital health services.
    .example = Thomas, 46, books an appointment with the GP for his mother, 77.
FU-6 = You see this and can write for the person because your proxy covers digital health services.
    .example = Thomas, 46, sends a message to the GP's office for his mother, 77.
FU-7 = You can ask to have prescriptions renewed because your proxy covers digital health services.
    .example = Thomas, 46, asks for a new prescription for his mother, 77.
FU-8 = You can change the summary record because your proxy covers digital health services.
    .example = Thomas, 46, enters himself as next of kin in the summary record of his mother, 77.
FU-9 = You see who the GP is, and can change GP, because your proxy covers digital health services.
    .example = Thomas, 46, changes GP for his mother, 77, after she has moved.
FU-10 = You see name and age because the person has made you their proxy.
    .example = Ida, 28, sees the name and age of her aunt, 66, who has made her a proxy.
FU-11 = You see this because your proxy covers collecting medicines at the pharmacy.
    .example = Jon, 45, sees that he may collect medicines for his neighbour, 84.
RQ-3 = You can ask to have information corrected or explained for the person, because your proxy covers the person's record.
    .example = Anne, 54, reports a wrong date in the record of her father, 81.
FU-12 = This is closed because privacy settings, proxies and consents cannot be left to others. Only the person can see and change them.
    .example = Anne, 54, tries to change the proxies of her father, 81, but he must do that himself.
FU-0 = This is closed because a proxy does not cover this. Only those who are at least 16 can give a proxy.
    .example = Anne, 54, tries to write in the record of her father, 81, but only health personnel can do that.

## Those who act for a person who cannot consent

TD-1 = You can see, book, move and cancel appointments because you act for a person who cannot consent.
    .example = Åse, 70, moves an appointment for her husband, 74, who has dementia.
TD-2 = You see this and can write for the person because you act for somebody who cannot consent.
    .example = Åse, 70, sends a message to the GP's office for her husband, 74.
TD-3 = You see this because you act for a person who cannot consent.
    .example = Åse, 70, sees the test results of her husband, 74.
TD-4 = You see the prescriptions and can ask to have them renewed because you act for a person who cannot consent.
    .example = Leif, 48, asks for a new prescription for his daughter, 19, who cannot consent.
TD-5 = You see this and can change it because you act for a person who cannot consent.
    .example = Leif, 48, changes GP for his daughter, 19.
RQ-4 = You can ask to have information corrected or explained because you act for a person who cannot consent.
    .example = Åse, 70, reports that the record of her husband, 74, lacks a medicine.
TD-6 = This is closed because privacy settings, proxies and consents cannot be left to others, not even when the person cannot consent.
    .example = Åse, 70, tries to make her son a proxy for her husband, 74, but that is not possible.
TD-0 = This is closed because those who act for a person who cannot consent cannot see or do this here. Parents act for children under 12.
    .example = Leif, 48, tries to correct the record of his daughter, 19, but must ask the doctor to do it.

## Next of kin who help with practical things

NK-1 = You see when the appointment is because you have been allowed to help with appointments.
    .example = Turid, 65, sees that her grandchild, 8, has an appointment on Thursday at 12, and can be ready to drive.
NK-2 = You see when and where the journey goes because you have been allowed to help with journeys.
    .example = Ståle, 57, sees when his neighbour Gerd, 79, is to be fetched by taxi.
NK-3 = You see this because you have been allowed to collect medicines at the pharmacy.
    .example = Ståle, 57, sees that he may collect medicines for his neighbour Gerd, 79.
NK-4 = You see the name because you have been allowed to help the person.
    .example = Ståle, 57, sees the name of his neighbour Gerd, whom he helps.
NK-0 = This is closed because you have only been allowed to help with practical things. You can talk to the one you help.
    .example = Ståle, 57, tries to open the messages of his neighbour Gerd, 79, but cannot.

## Foster parents

FP-1 = You see appointments with the GP and the municipality and can book new ones because the child lives with you as your foster child.
    .example = Monica, 43, books an appointment with the GP for her foster son, 7.
FP-2 = You see the vaccines because the child lives with you as your foster child.
    .example = Monica, 43, sees which vaccines her foster son, 7, has had.
FP-3 = You see this and can answer because the child lives with you as your foster child, and it is marked as for both the child and the parents.
    .example = Monica, 43, answers a message from the health station about her foster son, 7.
FP-4 = You see the name because the child lives with you as your foster child.
    .example = Terje, 51, sees the name of his foster daughter, 12.
FP-0 = This is closed because foster parents only see what daily life needs. You can ask the child welfare service or where the child gets health care.
    .example = Terje, 51, tries to open the record of his foster daughter, 12, and contacts the child welfare service instead.

## Health personnel

HP-1 = Health personnel see this because they give the patient health care and need the information for it.
    .example = Anita, 44, is a GP and reads the test results before the patient comes to the appointment.
HP-2 = Health personnel can write and change here because they give the patient health care.
    .example = Jonny, 36, is a nurse and sets up a new appointment for a patient.
HP-9 = Health personnel see who may act for you, and can register a proxy you have signed, because not everybody can do it themselves online.
    .example = Anita, 44, is a GP and registers that Odd, 82, who has no electronic identity, lets his daughter act for him.
HP-0 = This is closed because it is not needed to give health care. You can ask the patient.
    .example = Anita, 44, is a GP and tries to see what the patient has asked the hospital to correct.
HP-3 = Health personnel see this and can write here because the patient needed help at once. The access log shows it.
    .example = Stian, 33, is a doctor in the emergency department and sees which medicines an unconscious patient uses.
HP-4 = This is closed because it is not needed to give help at once.
    .example = Stian, 33, is a doctor in the emergency department and tries to read messages between the patient and the GP.
HP-5 = Health personnel see this and can arrange appointments because they coordinate the help the patient gets.
    .example = Gro, 50, is a coordinator and moves an appointment so that the patient has two on the same day.
HP-6 = This is closed because it is not needed to coordinate the help. You can ask those who treat the patient.
    .example = Gro, 50, is a coordinator and tries to open test results, but does not need them to arrange appointments.
HP-7 = Health personnel see this because they wrote a reason and opened it in an emergency. The access log shows it, and it is reviewed afterwards.
    .example = Simen, 39, is an out-of-hours doctor, writes why he must see a patient's medicines, and gets to see them.
HP-8 = This is closed because an opening in an emergency only allows reading what is needed.
    .example = Simen, 39, is an out-of-hours doctor and tries to move an appointment that he has only opened to read.
PH-2 = The pharmacy sees this because it must know who may collect medicines for somebody else.
    .example = Yusuf, 31, works at the pharmacy and sees that the neighbour may collect medicines for Olav, 84.
PH-0 = This is closed because the pharmacy only sees here who may collect medicines.
    .example = Yusuf, 31, works at the pharmacy and tries to see the appointments of a customer.

## Information that is about no particular person

DI-1 = You see this because it is open information about health services.
    .example = Vigdis, 68, finds the opening hours of a GP's office.
DI-2 = You may take or give back a free time together with an appointment.
    .example = Kari, 34, books an appointment, and the time is no longer free for others.
DI-0 = This is closed because it is not said whom the information is about. Choose whom you want to act for, and try again.
    .example = Vigdis, 68, chooses herself and sees her appointments.

## Programs

SY-1 = A health record system has access by the agreement with the organisation that uses it.
    .example = The record system of the GP's office enters a new appointment for Kari, 34.
SY-2 = Those who run this service have access by the agreement with its owner.
    .example = Vidar, 42, works with running the service and corrects an appointment that was stored twice.
SY-3 = The service itself does what you or the health service have asked it to do.
    .example = The service sends Kari, 34, a reminder the day before her appointment.
SY-4 = This is closed to record systems because only the person decides how to be told.
    .example = The record system of the GP's office tries to read on which phone Kari, 34, gets notifications.
SY-5 = This is closed to those who run this service because only the person decides how to be told.
    .example = Vidar, 42, works with running the service and tries to read on which phone Kari, 34, gets notifications.

## Answers that stand in no rule book

NO-RULE = This is closed because no rule opens it.
    .example = Berit, 52, tries a new service before it is decided who may use it.
NO-RELATION = This is closed because you are not registered with a right to see information about this person.
    .example = Lars, 40, tries to open the appointments of a colleague.
ACCOUNT-STOPPED = This is closed because your account is stopped at your own wish. You can ask to have it opened again.
    .example = Grete, 63, stopped her account when she lost her code device, and now asks to have it opened.
INACTIVE = This is closed because you have chosen not to use your account. Those you have made a proxy can still act for you. You can ask to use the account again.
    .example = Alf, 88, does not use his account, and his son acts for him as his proxy.
DECEASED = This is closed because the person is registered as dead. The next of kin can ask the health service for access.
    .example = Ellen, 59, wants to read the record of her mother who has died, and asks the hospital for access.
PROTECTED-ADDRESS = This is closed because it is not possible to act for this person online. You can contact the health service directly.
    .example = Marit, 38, wants to book an appointment for somebody else, and rings the GP's office instead.
NO-ADDRESS = This is closed because you are not registered with an address in Norway. You can contact the health service directly.
    .example = Petter, 41, has moved to Spain and rings the GP's office about the appointment of his son, 5.
ADDRESS-CHECK = This is closed because you are not registered at the same address as the child in the population register. You can contact the health service directly.
    .example = Roger, 37, is registered at another address than his daughter, 6, and rings the health station about her appointment.
NO-CARE-RELATION = This is closed because it is not registered that you give the patient health care. Register it first, or ask the patient.
    .example = Stian, 33, is a doctor and cannot open the record before it is registered that he treats the patient.
ACUTE-STOP = This is closed because the information is not shown online now. You can contact the health service directly.
    .example = Frode, 45, cannot open the page now, and rings the health service.
NO-CONSENT = This is closed because none of your parents has agreed yet that you may use the service.
    .example = Emma, 14, wants to see her appointments, and asks her father whether he will agree.
CONSENT-LEVEL = This is closed because you have not agreed to use this service. You can change your consent in the privacy settings.
    .example = Geir, 49, has agreed to see his prescriptions, but not to see his record.
ASSURANCE = This is closed because the service needs a sign-in with higher security. Sign in again with for example BankID.
    .example = Maja, 15, has signed in with MinID and must use BankID to book an appointment.
AREA = This is closed because the proxy or permission you were given does not cover this. The one who gave it can change it.
    .example = Anne, 54, can see the prescriptions of her father, 81, but her proxy does not cover messages.
NOT-SHARED = This is closed because it is only shown when it is marked as for both the young person and the parents. You can ask where you get health care.
    .example = Line, 44, asks the GP's office whether they can send messages that both she and her son, 13, can read.
NOT-OPENED = This is closed because health personnel must open it first. You can ask where you get health care.
    .example = Noah, 15, asks the doctor at the hospital whether he may see his appointments online.
OWN-ACCESS-REMOVED = This is closed because the person it is about has chosen not to have it online. The choice can be changed in the privacy settings.
    .example = Marte, 33, has chosen not to see her record online, and can change the choice when she likes.
RESERVED = This is closed because the person it is about has chosen that the information is not to be stored in the register. The choice can be changed in the privacy settings.
    .example = Knut, 69, has chosen that his test results are not to be stored in the register.
BLOCKED = This is closed because the patient has blocked it for health personnel. Ask the patient for leave. If life or health is in danger, you can open it with a reason.
    .example = Anita, 44, is a GP and asks the patient whether she may see the record.
BLOCKED-BY-NAME = This is closed to you because the patient has decided so. It holds in an emergency too. Ask a colleague to take over.
    .example = Jonny, 36, is a nurse and asks a colleague to take over the patient.
ITEM-HIDDEN = This is closed because health personnel have decided who can see this particular item.
    .example = Lise, 36, cannot open a document, and asks where she gets her health care.
SHIELDED = This is closed because it is shielded from other health personnel at the patient's wish. You can ask the patient.
    .example = Stian, 33, is a doctor and asks the patient about what he needs to know.
DELAYED = This is closed because it is shown later, so that health personnel can look at it first. You do not need to do anything.
    .example = Erik, 45, had a blood test yesterday, and the result is shown to him in a few days.
GIVER-HAS-NOT = This is closed because you can never see or do more than the one who made you a proxy or gave you permission. You can talk to that person.
    .example = Anne, 54, does not see the record of her father, 81, because he does not have it online himself.
