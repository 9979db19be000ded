/// The few kinds of failure the product knows. Every error enum maps each of its variants to one of these; the `web` room
/// alone turns a category into an HTTP status, an OperationOutcome or a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Category {
    /// What was sent cannot be understood or breaks a rule of form; sending it again unchanged will not help.
    Invalid,
    /// There is no proof of who asks.
    Unauthenticated,
    /// It is not there, or the one who asks may not know that it is.
    NotFound,
    /// The one who asks may know that it is there, and may not have it.
    Forbidden,
    /// It was there and has been deleted.
    Gone,
    /// Somebody else changed it first, or it collides with something that exists.
    Conflict,
    /// A condition set by the sender (`If-Match`, `If-None-Exist`) does not hold.
    PreconditionFailed,
    /// The body is larger than the limit.
    TooLarge,
    /// The body is of a kind this place does not take.
    UnsupportedMedia,
    /// The interaction exists in the specification and is not offered here.
    NotSupported,
    /// Too much at once; the sender may try again after a while.
    Busy,
    /// Something this depends on is away; the sender may try again after a while.
    Unavailable,
    /// Our own mistake. The log has the detail; the sender gets none of it.
    Fault,
}
