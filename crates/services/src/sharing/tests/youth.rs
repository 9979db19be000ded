use crate::shared::testing::{Portal, acting_for, parent_of, patient, visitor};

/// Nora who is 14, her parents Kari and Per, her little sister Emma, and Ola who is nobody to them.
async fn family(noras_birth: &str) -> Portal {
    let portal = Portal::new();
    let people = [
        patient("kari", 1, "1980-03-04"),
        patient("per", 2, "1970-01-01"),
        patient("nora", 3, noras_birth),
        patient("ola", 4, "1990-01-01"),
        patient("emma", 5, "2020-01-01"),
    ];
    let parents = [parent_of("nora", 1), parent_of("nora", 2), parent_of("emma", 1)];
    portal.given(people.into_iter().chain(parents)).await;
    portal
}

const GIVE: &str = "/sharing/youth/nora/give";
const WITHDRAW: &str = "/sharing/youth/nora/withdraw";

#[tokio::test]
async fn one_parent_consents_the_youth_sees_by_whom_and_the_other_may_withdraw() {
    let portal = family("2012-09-07").await;
    let (kari, per, nora) = (visitor("kari", 1), visitor("per", 2), visitor("nora", 3));
    assert!(!portal.get(&nora, "/appointments").await.1.contains("AP-2"));
    assert!(portal.get(&kari, "/sharing").await.1.contains("href=\"/sharing/youth\""), "the way from the first page");
    let (_, page) = portal.get(&kari, "/sharing/youth").await;
    assert!(page.contains("Ja, jeg samtykker for nora Nordmann") && page.contains("CS-3"), "{page}");
    assert!(!page.contains("emma"), "a child of six needs none: {page}");
    assert_eq!(portal.post(&kari, GIVE, &[("form_key", "k1")]).await.1, "/sharing/youth?done=given");
    assert!(portal.get(&nora, "/appointments").await.1.contains("AP-2"), "with the very next page");
    let (_, page) = portal.get(&nora, "/sharing/youth").await;
    assert!(page.contains("Samtykke fra kari") && page.contains("CS-2") && !page.contains("/withdraw"), "{page}");
    assert!(portal.get(&nora, "/sharing").await.1.contains("/sharing/youth"));
    assert!(portal.get(&nora, "/events").await.1.contains("har samtykket til at du bruker tjenesten"));
    assert_eq!(portal.post(&per, WITHDRAW, &[]).await.1, "/sharing/youth?done=withdrawn");
    assert!(!portal.get(&nora, "/appointments").await.1.contains("AP-2"));
    let (_, page) = portal.get(&nora, "/sharing/youth").await;
    assert!(page.contains("Avsluttet eller opphevet: 1") && !page.contains("Gjelder nå"), "{page}");
    let (_, page) = portal.get(&kari, "/sharing/youth").await;
    assert!(page.contains("Avsluttet eller opphevet: 1") && page.contains("Samtykke fra kari"), "{page}");
}

#[tokio::test]
async fn a_consent_given_twice_stands_once_and_is_of_use_until_sixteen() {
    let portal = family("2012-09-07").await;
    let (kari, per, nora) = (visitor("kari", 1), visitor("per", 2), visitor("nora", 3));
    for (who, key) in [(&kari, "k1"), (&kari, "k1"), (&kari, "k2"), (&per, "k3")] {
        assert_eq!(portal.post(who, GIVE, &[("form_key", key)]).await.0, 303);
    }
    let (_, page) = portal.get(&nora, "/sharing/youth").await;
    assert_eq!(page.matches("Gjelder nå").count(), 1, "{page}");
    portal.clock.set("2028-09-07T00:00:00Z".parse().unwrap());
    let (_, page) = portal.get(&nora, "/sharing/youth").await;
    assert!(page.contains("CS-1") && !page.contains("Gjelder nå") && page.contains("Samtykke fra kari"), "{page}");
    let (_, page) = portal.get(&kari, "/sharing/youth").await;
    assert!(!page.contains("nora"), "from sixteen on it is not the parents' matter: {page}");
    assert_eq!(portal.post(&kari, WITHDRAW, &[]).await.0, 404);
}

#[tokio::test]
async fn nobody_but_a_parent_consents_and_a_parent_sets_nothing_else() {
    let portal = family("2012-09-07").await;
    for who in [visitor("ola", 4), visitor("nora", 3), acting_for(visitor("ola", 4), "nora")] {
        assert_eq!(portal.post(&who, GIVE, &[("form_key", "k1")]).await.0, 404);
        assert_eq!(portal.post(&who, WITHDRAW, &[]).await.0, 404);
    }
    assert_eq!(portal.post(&visitor("kari", 1), "/sharing/youth/emma/give", &[]).await.0, 404, "a child of six");
    assert_eq!(portal.post(&visitor("kari", 1), "/sharing/youth/ola/give", &[]).await.0, 404, "a stranger");
    let mother = acting_for(visitor("kari", 1), "nora");
    for path in ["/sharing/privacy", "/sharing/blocks", "/sharing/own-access", "/sharing/give"] {
        assert_eq!(portal.get(&mother, path).await.0, 403, "{path}");
    }
    let (status, page) = portal.get(&mother, "/sharing").await;
    assert!(status == 200 && page.contains("/sharing/youth") && !page.contains("/sharing/blocks"), "{page}");
    assert_eq!(portal.post(&mother, GIVE, &[("form_key", "k1")]).await.0, 303, "acting for the child or not");
}

#[tokio::test]
async fn for_a_child_of_twelve_the_consent_is_given_beforehand() {
    let portal = family("2014-09-07").await;
    let kari = visitor("kari", 1);
    let (_, page) = portal.get(&kari, "/sharing/youth").await;
    assert!(page.contains("Barnet kan logge inn fra det fyller 13 år"), "{page}");
    portal.post(&kari, GIVE, &[("form_key", "k1")]).await;
    let nora = visitor("nora", 3);
    assert!(!portal.get(&nora, "/appointments").await.1.contains("AP-2"));
    portal.clock.set("2027-09-07T09:00:00Z".parse().unwrap());
    assert!(portal.get(&nora, "/appointments").await.1.contains("AP-2"));
}
