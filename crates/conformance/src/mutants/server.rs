//! Mutants of the server: the simulator's faults, each with the clauses that it breaks.

use bvnk_simulator::Fault;

use super::{Family, Mutant, Way};

/// Faults that break no clause, so that no check may fail for them: the answer is legal, the
/// connection may be closed, and nobody has promised what a refusal looks like.
pub const LEGAL: [Fault; 5] = [
    Fault::ExtraMembers,
    Fault::CloseAfterAnswer,
    Fault::ErrorList,
    Fault::ErrorArray,
    Fault::ErrorText,
];

/// Faults of a server that never answers. A run would wait for every limit of every call;
/// the limits have tests of their own, in a time that is not real.
const ENDLESS: [Fault; 2] = [Fault::Stall, Fault::CommitThenStall];

pub(super) fn mutants() -> Vec<Mutant> {
    Fault::ALL
        .iter()
        .filter(|fault| !LEGAL.contains(fault) && !ENDLESS.contains(fault))
        .map(|fault| mutant(*fault))
        .collect()
}

pub(super) fn mutant(fault: Fault) -> Mutant {
    Mutant {
        family: Family::Server,
        name: fault.to_string(),
        place: format!("the server, by its fault {fault}"),
        clauses: clauses(fault).iter().map(|id| (*id).to_owned()).collect(),
        equivalent: None,
        way: Way::Server(fault),
    }
}

/// The clauses that a fault breaks; none for a fault that nobody has thought about yet,
/// which [`all`](super::all) refuses.
fn clauses(fault: Fault) -> &'static [&'static str] {
    match fault {
        Fault::TooManyRequests
        | Fault::InternalError
        | Fault::BadGateway
        | Fault::Unavailable
        | Fault::UnavailableUntil
        | Fault::GatewayTimeout
        | Fault::HtmlError
        | Fault::EmptyError
        | Fault::Redirect
        | Fault::MalformedHttp
        | Fault::ResetBeforeCommit
        | Fault::CommitThenReset
        | Fault::CommitThenError
        | Fault::TruncateBody
        | Fault::OkOnCreate
        | Fault::RejectValid
        | Fault::RejectSigned => &["answer.accepted"],
        Fault::StatusTypo => &[
            "status.pending-agreements",
            "status.pending-verification",
            "status.verified",
        ],
        Fault::DropStatusField | Fault::NullStatus => &["answer.status"],
        Fault::DropReferenceField
        | Fault::EmptyReference
        | Fault::RenameReference
        | Fault::NumericReference => &["answer.reference"],
        Fault::SharedReference => &["answer.reference-unique"],
        Fault::WrongReference => &["answer.get-reference", "answer.reference-unique"],
        Fault::NestBody | Fault::GarbageBody | Fault::EmptyBody | Fault::WrongContentType => {
            &["answer.media", "answer.reference"]
        }
        Fault::ForgetCustomer => &["answer.found"],
        Fault::InventCustomer => &["refused.unknown-customer"],
        Fault::FreezeStatus => &["flow.end"],
        Fault::NewCustomerOnReplay => &["idempotency.once", "idempotency.replay"],
        Fault::AcceptOtherBody => &["idempotency.other-body"],
        Fault::RememberFailures => &["idempotency.once"],
        Fault::SkipValidation => &["request.individual.first-name"],
        Fault::SkipHeaderValidation => &["refused.key"],
        Fault::SkipMediaType => &["refused.media"],
        Fault::AcceptUnsigned | Fault::AcceptUnknownId | Fault::AcceptBadMac => &["auth.refused"],
        Fault::AcceptBadPayloadHash => &["auth.payload"],
        Fault::AcceptReplayedNonce | Fault::AcceptStale => &["auth.fresh"],
        Fault::WrongTsm => &["auth.clock"],
        Fault::DropChallenge => &["auth.refused"],
        _ => &[],
    }
}
