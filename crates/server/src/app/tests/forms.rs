//! That nobody is given a form they may not send: not when they open it, and not when they send it with something wrong in it.

use super::asks::{Ask, form};
use super::lives::{health, people};
use super::world::{Asker, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_with_something_wrong_is_not_given_back_to_one_who_may_not_send_it() {
    let world = World::new();
    world.put_all(&people()).await;
    for of in ["tor", "eva"] {
        world.put_all(&health(of)).await;
    }
    // The young person sees the appointments and changes none of them; the proxy has insight in registers alone, and does not know of them.
    for (who, of, known) in [("tor", "tor", "403"), ("nina", "eva", "404")] {
        let asker = Asker::Citizen { who, of: (who != of).then_some(of) };
        let too_long = "x".repeat(600);
        for (path, fields, answer) in [
            ("book", "slot=", "403"),
            ("book", "slot=free-1", "403"),
            ("book", "slot=nowhere", "403"),
            ("GP/change", "slot=", known),
            ("GP/change", "slot=nowhere", known),
            ("GP/cancel", &format!("comment={too_long}"), known),
            ("GP/comment", &format!("comment={too_long}"), known),
            ("GP/earlier", "notice=", known),
            ("GP/earlier/stop", "", known),
            ("GP/offer", "slot=", known),
        ] {
            let path = path.replace("GP", &format!("{of}-gp"));
            let given = world.ask(&asker, &form(format!("/appointments/{path}"), fields)).await;
            assert!(given.starts_with(answer), "{who} for {of}: {path} {fields}: {given}");
            assert!(!given.contains(&format!("action=\"/appointments/{path}\"")), "{who} is given the form of {path}");
        }
        let seen = world.ask(&asker, &Ask::get(format!("/appointments/{of}-gp"))).await;
        assert_eq!(seen.starts_with("200"), known == "403", "{who} for {of}");
    }
}
