//! What all services have to say of a person.

use futures_util::future;
use varde_store::Gate;

use crate::shared::Ctx;
use crate::slice::{Card, Slice};

/// A card, and the service it is of.
pub(super) struct OfService {
    pub(super) service: &'static Slice,
    pub(super) card: Card,
}

/// The cards of a person.
pub(super) struct Gathered {
    /// In the order of the services.
    pub(super) cards: Vec<OfService>,
    /// At least one could not be made. The others are there all the same.
    pub(super) is_missing: bool,
}

/// Asks every service at once.
pub(super) async fn gather(ctx: &Ctx, gate: &Gate) -> Gathered {
    // How the two stand to each other is asked once and known to all. A failure is met again by each card, and told there.
    drop(future::join(gate.facts(Some(ctx.subject())), gate.facts(None)).await);
    let asked = crate::all().iter().filter_map(|slice| slice.front.map(|front| (slice, front)));
    let asked = asked.map(|(slice, front)| async move { (slice, front(ctx, gate).await) });
    let mut gathered = Gathered { cards: Vec::new(), is_missing: false };
    for (service, card) in future::join_all(asked).await {
        match card {
            Ok(Some(card)) => gathered.cards.push(OfService { service, card }),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, service = service.path, "a card could not be made");
                gathered.is_missing = true;
            }
        }
    }
    gathered
}
